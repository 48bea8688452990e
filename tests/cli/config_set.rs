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

/// One wrong value, as an error in JSON: what it says, of what, and the first hint.
fn refused(site: &Site, pairs: &[&str]) -> (String, String, String) {
    let error = site.fails(2, &[&["config", "set"], pairs, &["-o", "json"]].concat()).error();
    let text = |of: &serde_json::Value| of.as_str().unwrap_or_default().to_owned();
    (text(&error["message"]), text(&error["option"]), text(&error["hints"][0]))
}

#[test]
fn a_time_zone_that_this_machine_does_not_know_is_not_written() {
    let site = site();
    for zone in ["Mars/Base", "Nonsense"] {
        let told = (
            "texts.time_zone must be a time zone that this machine knows, such as \"Europe/Berlin\""
                .to_owned(),
            "<VALUE>".to_owned(),
            "correct the name, or install the package tzdata".to_owned(),
        );
        assert_eq!(refused(&site, &["texts.time_zone", zone]), told);
    }
    assert_eq!(fs::read_to_string(site.config()).unwrap(), BEFORE);
    site.run(&["config", "set", "texts.time_zone", "Europe/Berlin"]).succeeded();
    site.run(&["config", "check"]).succeeded();
}

#[test]
fn a_folder_of_texts_that_cannot_be_used_is_not_written() {
    let site = site();
    let folder = site.at("mine/en");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("code.txt"), "{% block subject %}{% endblock %}").unwrap();
    for path in [&folder, site.at("mine").as_path()] {
        for of in [path, path.parent().unwrap()] {
            fs::set_permissions(of, fs::Permissions::from_mode(0o700)).unwrap();
        }
    }
    let (message, option, hint) = refused(&site, &["texts.folder", site.at("mine").to_str().unwrap()]);
    assert!(message.starts_with("texts.folder cannot have this value: "), "{message}");
    assert_eq!(
        (option.as_str(), hint.as_str()),
        ("<VALUE>", "correct the text first, or name another folder or language")
    );
    assert_eq!(fs::read_to_string(site.config()).unwrap(), BEFORE);
}

#[test]
fn settings_that_need_each_other_are_set_in_one_command() {
    let site = site();
    let together = "give what belongs together in one command: `regain config set";
    let expected = |message: &str, hint: &str| (message.to_owned(), "<VALUE>".to_owned(), hint.to_owned());
    assert_eq!(
        refused(&site, &["delivery.email.host", "127.0.0.1"]),
        expected(
            "delivery.email.host is for transport = \"smtp\" only",
            &format!("{together} delivery.email.host HOST delivery.email.transport smtp`"),
        )
    );
    assert_eq!(
        refused(&site, &["delivery.email.transport", "smtp"]),
        expected(
            "delivery.email.transport cannot have this value: delivery.email.host must be set for transport = \"smtp\"",
            &format!("{together} delivery.email.transport smtp delivery.email.host HOST`"),
        )
    );
    assert_eq!(
        refused(&site, &["delivery.sms.transport", "http"]),
        expected(
            "delivery.sms.transport cannot have this value: delivery.sms.url must be set for transport = \"http\"",
            &format!("{together} delivery.sms.transport http delivery.sms.url URL`"),
        )
    );
    assert_eq!(fs::read_to_string(site.config()).unwrap(), BEFORE);

    let pairs = [
        ["delivery.email.transport", "smtp"],
        ["delivery.email.host", "127.0.0.1"],
        ["delivery.email.port", "25"],
        ["delivery.email.tls", "none"],
    ]
    .concat();
    let set = [&["config", "set"], &pairs[..]].concat();
    let tried = site.run(&[&["-n"], &set[..]].concat()).succeeded();
    let config = site.config().display().to_string();
    assert!(
        tried.stdout.replace('\n', " ").contains(&format!("delivery.email.port becomes 25 in {config}; ")),
        "{tried:?}"
    );
    let done = site.run(&[&set[..], &["-o", "json"]].concat()).succeeded();
    let rows: serde_json::Value = done.json();
    let told = |row: &serde_json::Value| format!("{} {} {}", row["key"], row["value"], row["changed"]);
    assert_eq!(
        rows.as_array().unwrap().iter().map(told).collect::<Vec<_>>(),
        [
            r#""delivery.email.transport" "\"smtp\"" true"#,
            r#""delivery.email.host" "\"127.0.0.1\"" true"#,
            r#""delivery.email.port" "25" true"#,
            r#""delivery.email.tls" "\"none\"" true"#,
        ]
    );
    site.run(&["config", "check"]).succeeded();
    let again = site.run(&set).succeeded();
    assert_eq!(
        again.stderr,
        "delivery.email.transport is \"smtp\" already.\ndelivery.email.host is \"127.0.0.1\" already.\n\
         delivery.email.port is 25 already.\ndelivery.email.tls is \"none\" already.\n"
    );
    assert_eq!(
        refused(&site, &["delivery.email.transport", "maildir"]),
        expected(
            "delivery.email.transport cannot have this value: delivery.email.host is for transport = \"smtp\" only; \
             delivery.email.port is for transport = \"smtp\" only; delivery.email.tls is for transport = \"smtp\" only",
            &format!(
                "{together} delivery.email.transport maildir delivery.email.host '' delivery.email.port 0 \
                 delivery.email.tls starttls`"
            ),
        )
    );
}

#[test]
fn a_table_is_no_setting_and_each_key_has_one_value() {
    let site = site();
    let (message, option, _) = refused(&site, &["delivery.email", "{ transport = \"smtp\" }"]);
    assert_eq!(
        message,
        "delivery.email is a table: name one of its settings, such as delivery.email.transport"
    );
    assert_eq!(option, "<KEY>");
    let (message, option, _) = refused(&site, &["codes.length", "8", "codes.tries"]);
    assert_eq!(
        (message.as_str(), option.as_str()),
        ("setting number 2 has no value: codes.tries", "<VALUE>")
    );
    let (message, option, _) = refused(&site, &["codes.length", "8", "codes.length", "7"]);
    assert_eq!((message.as_str(), option.as_str()), ("codes.length is given twice; give it once", "<KEY>"));
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
fn manual_pages_go_into_no_folder_whose_parent_is_not_there() {
    let site = Site::bare();
    for rest in [&[][..], &["--dry-run"]] {
        let ended = site.run(&[&["man", "typo/man1", "-o", "json"], rest].concat()).with_code(2);
        let error = ended.error();
        assert_eq!(
            (&error["message"], &error["option"]),
            (&"there is no folder typo".into(), &"<DIR>".into())
        );
        assert!(!site.at("typo").exists());
    }
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
