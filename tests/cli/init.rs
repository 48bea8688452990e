//! `regain init`

use std::os::unix::fs::PermissionsExt;

use crate::site::Site;

#[test]
fn makes_config_key_and_store() {
    let site = Site::bare();
    insta::assert_snapshot!(site.shown(&site.run(&["init"])), @"
    exit 0
    --- stdout
    config  SITE/config/regain/config.toml
    key     SITE/config/regain/regain.key
    store   SITE/data/regain/regain.db
    --- stderr
    Made the config, the key and an empty store.
    hint: keep a copy of the key apart from the backups: no backup holds it
    hint: next: `regain account create NAME`
    ");
    site.run(&["account", "list"]).succeeded();
}

#[test]
fn t4_everything_it_makes_is_private_under_any_umask() {
    let site = Site::bare();
    let script = format!("umask 000; exec {} init", crate::site::REGAIN);
    crate::site::ended(site.program("/bin/sh", &["-c", &script]).spawn().unwrap(), "").succeeded();
    let mode = |path: &str| site.path().join(path).metadata().unwrap().permissions().mode() & 0o7777;
    for folder in ["config/regain", "data/regain"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
    assert_eq!(mode("data/regain/regain.db"), 0o600);
    for entry in std::fs::read_dir(site.path().join("config/regain")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600, "{}", path.display());
    }
}

#[test]
fn touches_nothing_that_exists() {
    let site = Site::new();
    let before = std::fs::read(site.config()).unwrap();
    let again = site.run(&["init"]);
    insta::assert_snapshot!(site.shown(&again), @"
    exit 4
    --- stderr
    error: SITE/config/regain/config.toml exists already, and is left unchanged
    hint: look at it: `regain doctor`; or name other places with --config and --store
    ");
    assert_eq!(std::fs::read(site.config()).unwrap(), before);
}

#[test]
fn without_it_every_command_says_so() {
    let site = Site::bare();
    insta::assert_snapshot!(site.shown(&site.run(&["account", "list"])), @"
    exit 6
    --- stderr
    error: failed to find a config: there is none at SITE/config/regain/config.toml
    hint: run `regain init`
    ");
}

#[test]
fn tells_programs_where_everything_is() {
    let site = Site::bare();
    let made = site.run(&["init", "-o", "json"]).succeeded().json();
    for key in ["config", "key", "store"] {
        assert!(std::path::Path::new(made[key].as_str().unwrap()).is_file(), "{key}: {made}");
    }
}

#[test]
fn an_unknown_setting_is_named_with_its_line() {
    let site = Site::new();
    site.configure("[codes]\nlenght = 6\n");
    insta::assert_snapshot!(site.shown(&site.run(&["account", "list"])), @"
    exit 6
    --- stderr
    error: failed to use SITE/config/regain/config.toml: line 2: `codes.lenght` is not a setting; did you mean `codes.length`?
    hint: see `regain config check`; config.example.toml documents every key
    ");
}

#[test]
fn t4_a_key_that_others_may_read_is_refused() {
    let site = Site::new();
    let key = site.path().join("config/regain/regain.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&["account", "list"])), @"
    exit 6
    --- stderr
    error: failed to trust SITE/config/regain/regain.key: others may read it (mode 0644)
    hint: chmod 600 SITE/config/regain/regain.key
    ");
}

#[test]
fn of_many_at_once_one_makes_it_and_the_others_find_it_made() {
    for _ in 0..4 {
        let site = Site::bare();
        let all: Vec<_> = (0..6).map(|_| site.command(&["init", "-o", "json"]).spawn().unwrap()).collect();
        let mut ends: Vec<i32> = all.into_iter().map(|child| crate::site::ended(child, "").code).collect();
        ends.sort_unstable();
        assert_eq!(ends, [0, 4, 4, 4, 4, 4]);
        site.run(&["store", "check"]).succeeded();
    }
}

#[test]
fn a_dry_run_says_that_nothing_was_made() {
    let site = Site::bare();
    insta::assert_snapshot!(site.shown(&site.run(&["init", "--dry-run"])), @"
    exit 0
    --- stdout
    config  SITE/config/regain/config.toml
    key     SITE/config/regain/regain.key
    store   SITE/data/regain/regain.db
    --- stderr
    Nothing was created; without --dry-run it would be the config, the key and an empty store.
    ");
    assert!(!site.config().exists() && !site.store().exists());
}

#[test]
fn where_no_folder_can_be_made_it_is_the_settings_that_are_wrong() {
    let site = Site::bare();
    std::fs::write(site.path().join("file"), "").unwrap();
    let config = site.path().join("file/sub/config.toml");
    assert_eq!(site.run(&["init", "--config", config.to_str().unwrap()]).code, 6);
}
