//! The words of messages: languages, texts of the site's own, and what is wrong with them.

use std::os::unix::fs::PermissionsExt;

use crate::site::{Site, code_in, text_of};

/// A site whose own texts are in a folder of its own, one file there.
fn site(language: &str, name: &str, source: &str) -> Site {
    let site = Site::new();
    let folder = site.path().join("texts");
    write(&folder.join(language).join(name), source);
    site.configure(&format!("[texts]\nfolder = \"{}\"\nlanguage = \"{language}\"\n", folder.display()));
    site
}

fn write(path: &std::path::Path, text: &str) {
    let folder = path.parent().unwrap();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(path, text).unwrap();
    for (path, mode) in [(folder, 0o700), (path, 0o600)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn mail(site: &Site) -> String {
    site.run(&["account", "create", "acme", "--email", "a@example.com", "-y"]).succeeded();
    site.sent("acme", "a@example.com");
    site.deliver();
    site.mails_to("a@example.com").pop().unwrap()
}

#[test]
fn the_language_of_the_store_is_that_of_its_messages() {
    let site = Site::with("[texts]\nlanguage = \"zh-CN\"\n");
    let mail = mail(&site);
    assert!(mail.contains("Subject: =?utf-8?b?5oKo55qE6aqM6K+B56CB?="), "{mail}");
    assert_eq!(code_in(&mail).len(), 6);
}

#[test]
fn a_text_of_the_sites_own_goes_out() {
    let source =
        "{% extends \"shipped/code_reset\" %}\n{% block email %}\nAcme Corp: {{ code }}\n{% endblock %}\n";
    let site = site("en", "code_reset.txt", source);
    let mail = mail(&site);
    assert_eq!(text_of(&mail), format!("Acme Corp: {}\n", code_in(&mail)));
    assert_eq!(site.run(&["config", "check"]).code, 0);
}

#[test]
fn a_broken_text_is_told_and_stops_no_code() {
    let source = "{% extends \"shipped/code_reset\" %}\n{% block email %}\n{{ god_for }}\n{% endblock %}\n";
    let site = site("en", "code_reset.txt", source);
    let mail = mail(&site);
    assert!(mail.contains(&format!("\n\nYour verification code is {}\n", code_in(&mail))), "{mail}");
    insta::assert_snapshot!(site.shown(&site.run(&["config", "check"])), @"
    exit 6
    --- stdout
    LINE  KEY           PROBLEM
    ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    2     texts.folder  SITE/texts/en/code_reset.txt line 3: `god_for` is not a field of it; did you mean `good_for`?; there are code, good_for, good_until, reference
    ");
    let findings = site.json(&["doctor"]);
    let texts: Vec<_> =
        findings.as_array().unwrap().iter().filter(|found| found["check"] == "texts").collect();
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0]["level"], "warning");
    assert_eq!(
        site.normalised(texts[0]["message"].as_str().unwrap()),
        "SITE/texts/en/code_reset.txt line 3: `god_for` is not a field of it; did you mean `good_for`?; there are \
         code, good_for, good_until, reference."
    );
    let listed = site.run(&["texts", "list"]);
    assert_eq!(
        listed.stderr,
        "warning: some of your own texts are not used; `regain config check` shows why\n"
    );
}

#[test]
fn a_language_that_is_not_there_is_told() {
    let site = Site::new();
    let folder = site.path().join("texts");
    write(&folder.join("de/span.txt"), "{{ count }} {{ unit }}\n");
    site.configure(&format!("[texts]\nfolder = \"{}\"\nlanguage = \"fr\"\n", folder.display()));
    insta::assert_snapshot!(site.shown(&site.run(&["config", "check"])), @r#"
    exit 6
    --- stdout
    LINE  KEY           PROBLEM
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────
    2     texts.folder  SITE/texts/fr: there is nothing for the language "fr", and regain brings none
    "#);
    site.configure(&format!("[texts]\nfolder = \"{}\"\nlanguage = \"../de\"\n", folder.display()));
    insta::assert_snapshot!(site.shown(&site.run(&["config", "check"])), @r#"
    exit 6
    --- stdout
    LINE  KEY             PROBLEM
    ────────────────────────────────────────────────────────────────────────────
    3     texts.language  must be the tag of a language, such as "en" or "zh-CN"
    "#);
    site.configure("[texts]\nsms_domain = \"https://example.com\"\n");
    insta::assert_snapshot!(site.shown(&site.run(&["config", "check"])), @r#"
    exit 6
    --- stdout
    LINE  KEY               PROBLEM
    ───────────────────────────────────────────────────────────────────────────────────
    2     texts.sms_domain  must be a domain in lower case, such as "login.example.com"
    "#);
}

#[test]
fn a_sample_shows_what_people_get() {
    let site = Site::with("[texts]\nsms_domain = \"example.com\"\n");
    insta::assert_snapshot!(site.shown(&site.run(&["texts", "show", "code_reset"])), @"
    exit 0
    --- stdout
    ── code_reset by email: Your verification code
       Your verification code is 012345

       It is for: setting a new password.
       It is good until CLOCK, 10 minutes after it was asked for, and can be used once.

       Nobody who works here will ever ask you for it. Do not pass it on.
       If you did not ask for it, do nothing: your password stays as it is.

       To say that it was not you, run this:

           regain request disown bdfgh-jkmnp-qrstv

    ── code_reset by SMS: 1 SMS, 154 characters of GSM-7
       The code after # is for setting a new password, good until CLOCK. Staff will not ask for it. Not you? Tell us: bdfgh-jkmnp-qrstv

       @example.com #012345
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["texts", "show", "code_leave_contact", "--source"])), @r#"
    exit 0
    --- stdout
    {% extends "code" %}
    {% block what %}replacing this contact by another{% endblock %}
    {% block unasked %}If you did not ask for it, somebody else knows your password: do not enter the code, and change the password.{% endblock %}
    {% block what_sms %}replacing this contact{% endblock %}
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["texts", "show", "code_rest"])), @"
    exit 2
    --- stderr
    error: there is no message of that name
    hint: `regain texts list` lists the names
    ");
    let all = site.json(&["texts", "show"]);
    let list = site.json(&["texts", "list"]);
    assert_eq!(all.as_array().unwrap().len(), 2 * list.as_array().unwrap().len());
    assert_eq!(list[0]["fields"], serde_json::json!(["code", "good_for", "good_until", "reference"]));
    assert_eq!((&list[0]["own_sms"], &list[0]["sms_count"]), (&false.into(), &1.into()));
}

#[test]
fn strangers_are_not_told() {
    let site = Site::new();
    if !site.let_in(12_345) {
        return;
    }
    let ended = site.run_as(12_345, &["texts", "list"]);
    assert_ne!(ended.code, 0);
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let site = Site::with("[texts]\nfolder = \"/nonexistent/texts\"\n");
    let shown = site.run(&["doctor", "-o", "json"]).json();
    let findings = shown.as_array().unwrap();
    let told = findings.iter().find(|finding| finding["check"] == "texts").unwrap();
    assert_eq!(told["level"], "warning");
    assert_eq!(told["message"], "/nonexistent/texts: it is not a folder, so none of your own texts is sent.");
    assert_eq!(site.run(&["config", "check"]).code, 6);
}

#[test]
fn another_language_begins_with_the_english_one() {
    let source = "{% extends \"shipped/code_reset\" %}\n{% block subject %}Ihr Code{% endblock %}\n";
    let site = site("de", "code_reset.txt", source);
    let mail = mail(&site);
    assert!(mail.contains("Subject: Ihr Code\n"), "{mail}");
    assert!(mail.contains(&format!("\nYour verification code is {}\n", code_in(&mail))), "{mail}");
    assert_eq!(site.run(&["config", "check"]).code, 0);
}

/// Times are told by the clock of the people here, beside UTC; where the machine knows no such zone, by UTC alone.
#[test]
fn times_are_told_in_the_zone_of_the_people_too() {
    let site = Site::with("[texts]\ntime_zone = \"Asia/Kathmandu\"\n");
    if !std::path::Path::new("/usr/share/zoneinfo/Asia/Kathmandu").exists() {
        return crate::site::skipped("tzdata is not installed: no zone is tested");
    }
    let zone = regex::Regex::new(r"It is good until (\d\d):(\d\d) UTC\+5:45 / (\d\d):(\d\d) UTC, 10 minutes")
        .unwrap();
    let mail = mail(&site);
    let told = zone.captures(&mail).unwrap_or_else(|| panic!("{mail}"));
    let minutes = |hour: usize, minute: usize| -> i64 {
        told[hour].parse::<i64>().unwrap() * 60 + told[minute].parse::<i64>().unwrap()
    };
    assert_eq!((minutes(1, 2) - minutes(3, 4)).rem_euclid(1_440), 345, "{mail}");
    let moment = regex::Regex::new(
        r"^Test message of \d{4}-\d\d-\d\d \d\d:\d\d UTC\+5:45 / (\d{4}-\d\d-\d\d )?\d\d:\d\d UTC from ",
    );
    let shown = site.json(&["texts", "show", "delivery_test"]);
    let sms = shown[1]["body"].as_str().unwrap();
    assert!(moment.unwrap().is_match(sms), "{sms}");
    assert_eq!(site.run(&["config", "check"]).code, 0);
}

#[test]
fn a_zone_that_is_not_there_is_told_and_stops_no_code() {
    let site = Site::with("[texts]\ntime_zone = \"Europe/Berln\"\n");
    let told = "[texts] time_zone: this machine does not know the time zone Europe/Berln, so messages say UTC alone; \
                install the package tzdata, or correct the name";
    let utc = regex::Regex::new(r"It is good until \d\d:\d\d UTC, 10 minutes").unwrap();
    let mail = mail(&site);
    assert!(utc.is_match(&mail), "{mail}");
    let checked = site.run(&["config", "check", "-o", "json"]).with_code(6);
    assert_eq!(checked.json(), serde_json::json!([{"line": 2, "key": "texts.time_zone", "message": told}]));
    let findings = site.json(&["doctor"]);
    let found: Vec<_> =
        findings.as_array().unwrap().iter().filter(|found| found["check"] == "texts").collect();
    assert_eq!((found.len(), &found[0]["level"]), (1, &"warning".into()));
    assert_eq!(found[0]["message"], format!("{told}."));
    assert_eq!(site.run(&["texts", "list"]).stderr, "", "no text is to blame");
    for name in ["/etc/passwd", "../../etc/passwd", "Europe/", "a b", "UTC;rm"] {
        site.configure(&format!("[texts]\ntime_zone = \"{name}\"\n"));
        let checked = site.run(&["config", "check", "-o", "json"]).with_code(6);
        assert_eq!(
            checked.json()[0]["message"],
            "must be the name of a time zone, such as \"Europe/Berlin\"",
            "{name}"
        );
    }
}

/// One typographic sign makes an SMS cost two: `texts` and `doctor` name it.
#[test]
fn what_makes_an_sms_long_is_told_with_its_character() {
    let source = "{% extends \"shipped/code_reset\" %}\n{% block sms %}{{ super() | trim }} Don\u{2019}t pass it on.{% endblock %}\n";
    let site = site("en", "code_reset.txt", source);
    let why = "\u{2019} (U+2019) is not in GSM-7; with it, one SMS has room for 70 characters, not 160";
    let listed = site.json(&["texts", "list"]);
    let of = |name: &str| listed.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    let reset = of("code_reset");
    assert_eq!(
        (&reset["sms_alphabet"], &reset["sms_count"], &reset["sms_foreign"], &reset["sms_why_long"]),
        (&"UCS-2".into(), &3.into(), &serde_json::json!(["\u{2019}"]), &why.into())
    );
    assert_eq!(
        of("code_approve")["sms_why_long"],
        "31 characters more than the 160 of one SMS",
        "of the texts that regain brings, too"
    );
    assert_eq!(of("code_login")["sms_why_long"], serde_json::Value::Null);
    let shown = site.run(&["texts", "show", "code_reset"]).succeeded().stdout;
    assert!(shown.contains(&format!("of UCS-2\n   ({why})\n")), "{shown}");
    let findings = site.json(&["doctor"]);
    let found: Vec<_> =
        findings.as_array().unwrap().iter().filter(|found| found["check"] == "texts").collect();
    assert_eq!((found.len(), &found[0]["level"]), (1, &"note".into()));
    assert_eq!(
        found[0]["message"],
        format!("The SMS of code_reset takes 3 parts, each of which is paid for: {why}.")
    );
    assert_eq!(
        found[0]["remedy"],
        "write a shorter text of your own, or one without these characters; `regain texts list` shows the size of each"
    );
}
