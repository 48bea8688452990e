//! `config set`: a value in one's own config, and nothing else of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::site::Site;

const BEFORE: &str = "# mine\n[codes]   # of reset\nlength = 6 # digits\n";

fn site() -> Site {
    let site = Site::bare();
    site.run(&["init"]).succeeded();
    fs::write(site.config(), BEFORE).unwrap();
    site
}

#[test]
fn a_value_is_set_and_the_rest_stays() {
    let site = site();
    fs::set_permissions(site.config(), fs::Permissions::from_mode(0o640)).unwrap();
    let done = site.run(&["config", "set", "codes.length", "8"]).succeeded();
    assert_eq!(done.stderr, format!("Set codes.length to 8 in {}.\n", site.config().display()));
    assert_eq!(fs::read_to_string(site.config()).unwrap(), BEFORE.replace("= 6 ", "= 8 "));
    assert_eq!(site.config().metadata().unwrap().permissions().mode() & 0o777, 0o640);
    let again = site.run(&["config", "set", "codes.length", "8"]).succeeded();
    assert_eq!(again.stderr, "codes.length is 8 already.\n");
    let seen = site.json(&["config", "set", "captcha.mode", "off"]);
    assert_eq!((&seen["key"], &seen["value"]), (&"captcha.mode".into(), &"\"off\"".into()));
    assert!(site.ok(&["config", "show", "-o", "csv"]).contains("captcha.mode,\"\"\"off\"\"\","));
}

#[test]
fn what_would_be_a_mistake_is_not_written() {
    let site = site();
    let refused = site.fails(2, &["config", "set", "codes.length", "hunter2"]);
    assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
    assert_eq!(
        refused.stderr,
        "error: codes.length must be a whole number, not a text\n\
         hint: `regain config show` lists the settings; config.example.toml documents each\n"
    );
    let refused = site.fails(2, &["config", "set", "codes.length", "99"]);
    assert!(
        refused.stderr.starts_with("error: codes.length must be a whole number from 6 to 8\n"),
        "{refused:?}"
    );
    let refused = site.fails(2, &["config", "set", "codes.lenght", "8"]);
    assert!(
        refused.stderr.starts_with("error: there is no setting of this name; did you mean codes.length?\n")
    );
    let tried = site.run(&["-n", "config", "set", "codes.length", "8"]).succeeded();
    assert_eq!(
        tried.stdout,
        format!("would happen  codes.length becomes 8 in {}\n", site.config().display())
    );
    assert_eq!(fs::read_to_string(site.config()).unwrap(), BEFORE);
}

#[test]
fn o0_a_config_of_somebody_else_is_left_alone_and_the_lines_are_printed() {
    const PORTAL: u32 = 61_240;
    let site = site();
    if !site.let_in(PORTAL) {
        return;
    }
    std::os::unix::fs::chown(site.config(), Some(0), None).unwrap();
    let refused = site.run_as(PORTAL, &["config", "set", "codes.length", "8"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (4, "[codes]\nlength = 8\n"), "{refused:?}");
    let config = site.config();
    assert_eq!(
        refused.stderr,
        format!(
            "error: you cannot write to the config {0}; nothing was changed\n\
             hint: its owner can add the lines above to {0}, for example with `sudoedit {0}`\n",
            config.display()
        )
    );
    assert_eq!(fs::read_to_string(config).unwrap(), BEFORE);
}

#[test]
fn the_version_is_told_without_a_store() {
    let site = Site::bare();
    let about: serde_json::Value = site.run(&["version", "-o", "json"]).succeeded().json();
    assert_eq!(about["version"], env!("CARGO_PKG_VERSION"));
    assert!(about["schema"].as_u64().unwrap() >= 11);
    assert!(about["sqlite"].as_str().unwrap().starts_with("3."), "{about}");
    let shown = site.ok(&["version"]);
    assert!(shown.starts_with(concat!("regain  ", env!("CARGO_PKG_VERSION"), "\n")), "{shown}");
}

#[test]
fn the_manual_pages_have_nothing_that_a_linter_complains_of() {
    let site = Site::bare();
    site.run(&["man", "man1", "-q"]).succeeded();
    if std::process::Command::new("mandoc")
        .arg("-T")
        .arg("locale")
        .stdin(std::process::Stdio::null())
        .output()
        .is_err()
    {
        crate::site::skipped("mandoc is not here: the manual pages are not linted");
        return;
    }
    let pages = fs::read_dir(site.at("man1")).unwrap().map(|entry| entry.unwrap().path());
    let mut lint = std::process::Command::new("mandoc");
    let told = lint.args(["-T", "lint", "-W", "warning"]).args(pages).output().unwrap();
    assert_eq!(String::from_utf8(told.stdout).unwrap() + &String::from_utf8(told.stderr).unwrap(), "");
}
