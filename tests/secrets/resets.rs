//! Of resets and registrations: codes, new passwords, numbers.

use super::traces::{PASSWORD, REFUSED, SETTINGS, Traces, WRONG_PLACE, code_in, contains};
use crate::site::Site;

#[test]
fn no_secret_is_said_or_stored() {
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let pipe = |arguments: &[&str], input: &str| traces.pipe(&site, arguments, input);
    let run = |arguments: &[&str]| pipe(arguments, "");
    site.account("acme");
    for format in ["table", "json", "jsonl", "csv"] {
        let all = ["-vv", "-o", format];
        let with = |arguments: &[&'static str]| [arguments, &all].concat();
        let id = site.request("acme");
        let of = |step: &'static str, rest: &[&'static str]| {
            [&["request", step, id.as_str()], rest, all.as_slice()].concat()
        };
        run(&of("send", &["--method", "account"])).succeeded();
        traces.files(&site, "with a message that waits");
        run(&with(&["delivery", "status"])).succeeded();
        run(&with(&["delivery", "run"])).succeeded();
        traces.files(&site, "with a code that was sent");
        let mail = site
            .mails_to("acme@example.com")
            .into_iter()
            .rfind(|mail| mail.contains("\nSubject: Your verification code\n"))
            .unwrap();
        let code = code_in(&mail);
        assert!(contains(mail.as_bytes(), code.as_bytes()), "the search finds what is there");
        let wrong = format!("{}{}", if code.starts_with('9') { '0' } else { '9' }, &code[1..]);
        assert_eq!(pipe(&of("verify", &["--code-stdin"]), &wrong).code, 11);
        pipe(&of("verify", &["--code-stdin"]), &code).succeeded();
        assert_eq!(pipe(&of("set-password", &["--password-stdin"]), REFUSED).code, 4);
        let password = format!("{PASSWORD}-{format}");
        pipe(&of("set-password", &["--password-stdin"]), &password).succeeded();
        for arguments in [
            &["request", "list", "acme"][..],
            &["account", "show", "acme"],
            &["contact", "list", "acme", "--unmask"],
        ] {
            run(&with(arguments)).succeeded();
        }
        // A password where a name belongs, as people do.
        run(&of("show", &[]));
        run(&with(&["request", "start", WRONG_PLACE])).succeeded();
        run(&with(&["account", "show", "acme", WRONG_PLACE]));
        run(&with(&["request", "show", WRONG_PLACE]));
        traces.files(&site, "after a new password");
        for secret in [code.as_str(), wrong.as_str(), PASSWORD, REFUSED, WRONG_PLACE] {
            assert_eq!(traces.holding(secret), Vec::<String>::new(), "{secret}");
        }
    }
    // The positive control: what is stored in the clear is found by the same search.
    assert!(traces.holding("acme@example.com").iter().any(|place| place.contains("regain.db")));
    assert!(!traces.holding("createAccount").is_empty());
}

#[test]
fn a_number_that_is_being_registered_and_the_machines_own_stand_nowhere_in_the_clear() {
    const NUMBER: &str = "+4915155501234";
    let (site, traces) = (Site::with(SETTINGS), Traces::default());
    let started = site.run(&["request", "register", "dora", "--mobile", NUMBER, "-vv", "-o", "json"]);
    traces.said(&["register"], &started);
    let id = started.json()["id"].as_str().unwrap().to_owned();
    site.run(&["request", "captcha", &id, "--work"]).succeeded();
    let sent = site.run(&["request", "send", &id, "-vv", "-o", "json"]).succeeded();
    traces.said(&["send"], &sent);
    traces.files(&site, "while it is being registered");
    assert_eq!(traces.holding(NUMBER), Vec::<String>::new());
    assert_eq!(traces.holding("dora"), Vec::<String>::new());
    let mail = site.mails_to(NUMBER).remove(0);
    site.verify(&id, &code_in(&mail)).succeeded();
    site.set_password(&id, PASSWORD).succeeded();
    // A control: now that it is theirs, it is found.
    traces.files(&site, "registered");
    assert_ne!(traces.holding(NUMBER), Vec::<String>::new());
    site.pipe(&["login", "dora", "--password-stdin"], PASSWORD).succeeded();
    traces.files(&site, "signed in");
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    if !machine.trim().is_empty() {
        assert_eq!(traces.holding(machine.trim()), Vec::<String>::new());
    }
}
