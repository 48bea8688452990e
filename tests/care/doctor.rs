//! What the doctor and `config` say of broken things.

use std::fs;

use super::{Care, acme, set_mode};

#[test]
fn the_doctor_names_what_is_broken_and_goes_on() {
    let site = acme();
    let findings = site.findings(0);
    for check in
        ["config", "key", "store", "modes", "integrity", "records", "clock", "queue", "batches", "purge"]
    {
        assert!(findings.iter().any(|(of, level, _)| of == check && level == "ok"), "{check}");
    }
    assert!(
        findings.iter().any(|(of, level, text)| of == "transports"
            && level == "note"
            && text.contains("only for testing"))
    );
    assert_eq!(site.complaints(0, "captcha").len(), 1);

    set_mode(&site.key(), 0o644);
    assert!(site.complaints(6, "key")[0].contains("others may read it (mode 0644)"));
    set_mode(&site.key(), 0o600);
    set_mode(&site.store(), 0o640);
    assert!(site.complaints(7, "modes")[0].contains("others may read it (mode 0640)"));
    set_mode(&site.store(), 0o600);

    let config = fs::read_to_string(site.config()).unwrap();
    fs::write(site.config(), format!("{config}[codes]\nlenght = 6\ntries = 99\n")).unwrap();
    let complaints = site.complaints(6, "config");
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].contains("line 6: `codes.lenght` is not a setting; did you mean `codes.length`?"));
    assert!(site.findings(6).iter().any(|(of, level, _)| of == "records" && level == "ok"), "it goes on");
    let wished = "[operators]\nadmin = [\"nobody-like-this\", \"%no-such-group\"]\n";
    fs::write(site.config(), format!("{config}{wished}")).unwrap();
    assert_eq!(site.complaints(0, "operators").len(), 2);
    fs::write(
        site.config(),
        format!("{config}[password]\nextra_list = \"/no/list\"\nbreached_list = \"/no/list\"\n"),
    )
    .unwrap();
    assert!(site.complaints(6, "extra_list")[0].contains("cannot be read, so no password can be set"));
    assert!(site.complaints(6, "breached_list")[0].starts_with("No password can be set: regain cannot read"));
    fs::write(site.config(), config).unwrap();

    site.request_with_code();
    site.edit("outbox", |message| message.shift("created_at", -400_000));
    assert!(site.complaints(0, "queue")[0].starts_with("1 message by email waits"));
    let latest: i64 = site.row("meta", "key", "latest_moment").text("value").parse().unwrap();
    site.set_note("latest_moment", &(latest + 86_400_000).to_string());
    assert_eq!(site.complaints(0, "clock").len(), 1);

    fs::create_dir(site.at("data/regain/.regain-restore-x")).unwrap();
    assert!(site.complaints(0, "leftovers")[0].starts_with("A restore was killed and left "));

    fs::remove_dir(site.at("data/regain/.regain-restore-x")).unwrap();
    for (left, said) in [
        ("config/regain/regain.key.unfinished", "A command was killed and left "),
        ("config/regain/.regain-aBcDeF", "A command was killed and left "),
        ("data/regain/regain.db.unfinished", "A command was killed and left "),
        ("data/regain/outbox/email/tmp/1.msg.host.7", "A worker was killed and left "),
    ] {
        let left = site.at(left);
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(&left, "").unwrap();
        let complaints = site.complaints(0, "leftovers");
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].starts_with(&format!("{said}{}, ", left.display())), "{complaints:?}");
        fs::remove_file(&left).unwrap();
    }

    fs::remove_file(site.store()).unwrap();
    assert!(site.complaints(7, "store")[0].contains("find the store"));
    fs::remove_dir_all(site.at("config")).unwrap();
    assert!(site.complaints(6, "config")[0].contains("there is none at"));
}

#[test]
fn the_doctor_writes_nothing() {
    let site = acme();
    let before = site.bytes();
    site.ok(&["doctor"]);
    assert!(site.bytes() == before);
}

#[test]
fn settings_are_shown_with_their_origin_and_mistakes_with_their_line() {
    let site = acme();
    let settings = site.json(&["config", "show"]);
    let origin = |key: &str| {
        let setting = settings.as_array().unwrap().iter().find(|setting| setting["key"] == key).unwrap();
        setting["origin"].as_str().unwrap().to_owned()
    };
    assert_eq!(origin("captcha.mode"), format!("{}:2", site.config().display()));
    assert_eq!(origin("codes.length"), "default");
    site.ok(&["config", "check"]);
    let draft = site.at("draft.toml");
    fs::write(&draft, "[codes]\nlength = 12\n[nothing]\nx = 1\n").unwrap();
    let output = site.fails(6, &["config", "check", draft.to_str().unwrap(), "-o", "json"]);
    let problems = output.json();
    assert_eq!((&problems[0]["line"], &problems[0]["key"]), (&2.into(), &"codes.length".into()));
    assert_eq!(problems.as_array().unwrap().len(), 2);
}
