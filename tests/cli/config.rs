//! `regain config …`: what is set, where it comes from, and every mistake at once.

use std::os::unix::fs::PermissionsExt;

use crate::site::{Site, ended};

fn check(site: &Site, text: &str) -> String {
    let file = site.path().join("new.toml");
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    site.shown(&site.run(&["config", "check", "new.toml"]))
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let site = Site::new();
    let text = "[codes]\nlenght = 6\nlifetime = \"2d\"\nlength = \"six\"\ntries = 0\n\n[capcha]\nmode = \"off\"\n\n\
                [hash]\nmemory_kib = 1024\n\n[captcha]\nmode = \"sound\"\n\n[budgets]\ncontact_per_hour = -1\n";
    insta::assert_snapshot!(check(&site, text), @r#"
    exit 6
    --- stdout
    LINE  KEY                       PROBLEM
    ────────────────────────────────────────────────────────────────────────────────
    2     codes.lenght              is not a setting; did you mean `codes.length`?
    3     codes.lifetime            must be from "1s" (1 second) to "24h" (24 hours)
    4     codes.length              must be a whole number, not a text
    5     codes.tries               must be a whole number from 1 to 10
    7     capcha                    is not a setting; did you mean `captcha`?
    11    hash.memory_kib           must be a whole number from 19456 to 1048576
    14    captcha.mode              must be "picture", "work" or "off"
    17    budgets.contact_per_hour  must be a whole number from 1 to 1000000
    "#);
    let found = site.run(&["config", "check", "new.toml", "-o", "json"]);
    assert_eq!(found.code, 6);
    let lines: Vec<i64> =
        found.json().as_array().unwrap().iter().map(|problem| problem["line"].as_i64().unwrap()).collect();
    assert_eq!(lines, [2, 3, 4, 5, 7, 11, 14, 17]);
}

#[test]
fn a_command_tells_the_mistakes_and_does_nothing() {
    let site = Site::new();
    site.configure("[codes]\nlenght = 6\ntries = 0\n");
    insta::assert_snapshot!(site.shown(&site.run(&["account", "create", "acme", "-y"])), @"
    exit 6
    --- stderr
    error: failed to use SITE/config/regain/config.toml: line 2: `codes.lenght` is not a setting; did you mean `codes.length`?; line 3: `codes.tries` must be a whole number from 1 to 10
    hint: see `regain config check`; config.example.toml documents every key
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["account", "create", "acme", "-y", "-o", "json"])), @r#"
    exit 6
    --- stderr
    {"error":{"kind":"config","message":"failed to use SITE/config/regain/config.toml: line 2: `codes.lenght` is not a setting; did you mean `codes.length`?; line 3: `codes.tries` must be a whole number from 1 to 10","reason":"config","causes":[],"hints":["see `regain config check`; config.example.toml documents every key"]}}
    "#);
}

#[test]
fn what_is_no_toml_is_told_with_the_place() {
    let site = Site::new();
    insta::assert_snapshot!(check(&site, "[codes\nlength = 6\n"), @"
    exit 6
    --- stdout
    LINE  KEY  PROBLEM
    ───────────────────────────────────────
    1          unclosed table, expected `]`
    ");
    insta::assert_snapshot!(check(&site, "[codes]\nlength = 6\nlength = 7\n"), @"
    exit 6
    --- stdout
    LINE  KEY  PROBLEM
    ────────────────────────
    3          duplicate key
    ");
    insta::assert_snapshot!(check(&site, "[store]\nurl = \"mysql://x\"\n"), @"
    exit 6
    --- stdout
    LINE  KEY        PROBLEM
    ─────────────────────────────────────────────────────────────────────────────────────────────────────
    2     store.url  is not a store: the store is a path or sqlite:PATH; this version has no other engine
    ");
    insta::assert_snapshot!(check(&site, "[store]\nurl = \"relative.db\"\n"), @"
    exit 6
    --- stdout
    LINE  KEY        PROBLEM
    ─────────────────────────────────────────
    2     store.url  must be an absolute path
    ");
    insta::assert_snapshot!(check(&site, "[codes]\nlength = 8\n"), @"
    exit 0
    --- stderr
    SITE/new.toml is in order.
    ");
    let bytes = site.path().join("bytes.toml");
    std::fs::write(&bytes, b"[codes]\n# \xff\n").unwrap();
    std::fs::set_permissions(&bytes, std::fs::Permissions::from_mode(0o600)).unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&["config", "check", "bytes.toml"])), @"
    exit 6
    --- stderr
    error: failed to read SITE/bytes.toml: it is not valid UTF-8
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["config", "check", "none.toml"])), @"
    exit 6
    --- stderr
    error: failed to find a config: there is none at SITE/none.toml
    hint: run `regain init`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["config", "check", "."])), @"
    exit 6
    --- stderr
    error: failed to trust SITE: it is not a regular file
    ");
}

/// Value and origin of a setting.
fn setting(site: &Site, key: &str, more: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = site.command(&[&["config", "show", "-o", "json"][..], more].concat());
    command.envs(environment.iter().copied());
    let all = ended(command.spawn().unwrap(), "").succeeded().json();
    let found = all.as_array().unwrap().iter().find(|setting| setting["key"] == key).unwrap().clone();
    site.normalised(&format!("{} ({})", found["value"].as_str().unwrap(), found["origin"].as_str().unwrap()))
}

#[test]
fn flags_win_over_the_environment_over_the_file_over_the_defaults() {
    let site = Site::new();
    let of = |more: &[&str], environment: &[(&str, &str)]| setting(&site, "store.url", more, environment);
    let path = |name: &str| site.path().join(name).to_string_lossy().into_owned();
    insta::assert_snapshot!(of(&[], &[]), @r#"
    "SITE/data/regain/regain.db" (default)
    "#);
    site.configure(&format!("[store]\nurl = \"{}\"\n", path("file.db")));
    insta::assert_snapshot!(of(&[], &[]), @r#"
    "SITE/file.db" (SITE/config/regain/config.toml:2)
    "#);
    let environment = path("environment.db");
    insta::assert_snapshot!(of(&[], &[("REGAIN_STORE", &environment)]), @r#"
    "SITE/environment.db" (environment REGAIN_STORE)
    "#);
    let flag = path("flag.db");
    insta::assert_snapshot!(of(&["--store", &flag], &[("REGAIN_STORE", &environment)]), @r#"
    "SITE/flag.db" (flag --store)
    "#);
    insta::assert_snapshot!(of(&["--store", &format!("sqlite:{flag}")], &[]), @r#"
    "SITE/flag.db" (flag --store)
    "#);
    insta::assert_snapshot!(setting(&site, "codes.length", &[], &[]), @"
    6 (default)
    ");
    site.configure("[codes]\nlength = 8\n");
    insta::assert_snapshot!(setting(&site, "codes.length", &[], &[]), @"
    8 (SITE/config/regain/config.toml:2)
    ");
}

#[test]
fn the_config_itself_is_named_by_flag_before_environment_before_xdg() {
    let site = Site::new();
    let write = |name: &str, length: u32| {
        let path = site.path().join("config/regain").join(name);
        std::fs::write(&path, format!("[codes]\nlength = {length}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path.to_string_lossy().into_owned()
    };
    site.configure("[codes]\nlength = 6\n");
    let (seven, eight) = (write("seven.toml", 7), write("eight.toml", 8));
    let of = |more: &[&str], environment: &[(&str, &str)]| {
        setting(&site, "codes.length", more, environment).chars().next().unwrap()
    };
    assert_eq!(of(&[], &[]), '6');
    assert_eq!(of(&[], &[("REGAIN_CONFIG", &seven)]), '7');
    assert_eq!(of(&["--config", &eight], &[("REGAIN_CONFIG", &seven)]), '8');
}

#[test]
fn a_store_works_wherever_a_flag_or_variable_puts_it() {
    let site = Site::new();
    let elsewhere = site.path().join("elsewhere.db").to_string_lossy().into_owned();
    std::fs::copy(site.store(), &elsewhere).unwrap();
    site.run(&["--store", &elsewhere, "account", "create", "there", "-y"]).succeeded();
    assert_eq!(site.rows("accounts").len(), 0);
    let mut command = site.command(&["account", "list", "-o", "json"]);
    command.env("REGAIN_STORE", &elsewhere);
    assert_eq!(ended(command.spawn().unwrap(), "").succeeded().json()[0]["name"], "there");
    insta::assert_snapshot!(
        site.shown(&site.run(&["--store", "postgres://localhost/x", "account", "list"])), @"
    exit 2
    --- stderr
    error: failed to find the store that --store names
    caused by: the store is a path or sqlite:PATH; this version has no other engine
    ");
}

#[test]
fn t4_what_others_can_write_is_not_trusted() {
    let site = Site::new();
    let list = || site.shown(&site.run(&["account", "list"]));
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&site.config(), 0o666);
    insta::assert_snapshot!(list(), @"
    exit 6
    --- stderr
    error: failed to trust SITE/config/regain/config.toml: others may write to it (mode 0666)
    hint: chmod go-w SITE/config/regain/config.toml
    ");
    mode(&site.config(), 0o600);
    let folder = site.config().parent().unwrap().to_owned();
    mode(&folder, 0o777);
    insta::assert_snapshot!(list(), @"
    exit 6
    --- stderr
    error: failed to trust SITE/config/regain: others may write to it (mode 0777)
    hint: chmod go-w SITE/config/regain
    ");
    mode(&folder, 0o700);
    let key = folder.join("regain.key");
    mode(&key, 0o640);
    insta::assert_snapshot!(list(), @"
    exit 6
    --- stderr
    error: failed to trust SITE/config/regain/regain.key: others may read it (mode 0640)
    hint: chmod 600 SITE/config/regain/regain.key
    ");
    mode(&key, 0o600);
    site.run(&["account", "list"]).succeeded();
    std::fs::write(&key, "not a key\n").unwrap();
    insta::assert_snapshot!(list(), @"
    exit 6
    --- stderr
    error: failed to read the key file: its first line is not `regain-key 1`
    hint: restore the key file from your own copy of it; a backup of the store never holds it
    ");
    std::fs::remove_file(&key).unwrap();
    insta::assert_snapshot!(list(), @"
    exit 6
    --- stderr
    error: failed to find the key file: there is none at SITE/config/regain/regain.key
    hint: put your copy of the key file back there: no store can be used without its key; where there is no store yet, `regain init` makes both
    ");
}
