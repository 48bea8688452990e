//! `regain audit …`: an event for everything, and none of them can be changed unseen.

use std::path::Path;

use crate::site::{Row, Site, not};

const PASSWORD: &str = "correct horse battery staple";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site
}

/// Actions and outcomes, the oldest first.
fn records(site: &Site) -> Vec<String> {
    let line = |event: &Row| event.line(&["action", "outcome", "code"]).trim_end_matches(" -").to_owned();
    site.events("").iter().map(line).collect()
}

#[test]
fn u1_every_success_failure_refusal_and_look_up_has_its_event() {
    let site = site();
    let events = |what: &dyn Fn()| {
        let before = records(&site).len();
        what();
        records(&site).split_off(before).join(", ")
    };
    let run = |arguments: &[&str]| {
        events(&|| {
            site.run(arguments);
        })
    };
    let pipe = |arguments: &[&str], input: &str| {
        events(&|| {
            site.pipe(arguments, input);
        })
    };
    assert_eq!(records(&site), ["createStore success", "createAccount success"]);
    let create = ["user", "create", "acme/alice", "--email", "alice@example.com", "--password-stdin", "-y"];
    assert_eq!(pipe(&create, "short\n"), "createUser refused weak_password");
    assert_eq!(pipe(&create, PASSWORD), "createUser success, setPasswordByAdmin success");
    assert_eq!(pipe(&create, PASSWORD), "createUser refused exists");
    assert_eq!(run(&["user", "update", "acme/alice", "--description", "a", "-y"]), "updateUser success");
    assert_eq!(run(&["user", "delete", "acme/alice", "-y"]), "deleteUser refused not_disabled");
    assert_eq!(run(&["contact", "list", "acme", "--unmask"]), "lookupContact success");
    assert_eq!(run(&["user", "find", "alice@example.com"]), "lookupContact success");
    let verify = ["verify", "acme/alice", "--password-stdin"];
    assert_eq!(pipe(&verify, "wrong\n"), "loginAttempted attempted, loginFailed failure wrong_password");
    assert_eq!(pipe(&verify, PASSWORD), "loginAttempted attempted, loginFailed refused must_change");
    let change = ["password", "change", "acme/alice", "--password-stdin"];
    assert_eq!(
        pipe(&change, &format!("{PASSWORD}\nshort\n")),
        "loginAttempted attempted, changePassword refused weak_password"
    );
    assert_eq!(
        pipe(&change, &format!("{PASSWORD}\nfour other words altogether\n")),
        "loginAttempted attempted, noticeQueued success, changePassword success"
    );
    assert_eq!(
        pipe(&change, "wrong\nfour other words altogether\n"),
        "loginAttempted attempted, changePassword failure wrong_password"
    );
    assert_eq!(pipe(&verify, "four other words altogether\n"), "loginAttempted attempted, login success");
    assert_eq!(run(&["codes", "explain", "acme/alice"]), "explainCodes success");
    let mut id = String::new();
    let started = records(&site).len();
    id.push_str(&site.request("acme/alice"));
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    let code = site.code_to("alice@example.com");
    site.verify(&id, &not(&code));
    site.verify(&id, &code).succeeded();
    site.set_password(&id, "short");
    site.set_password(&id, "an entirely fresh passphrase").succeeded();
    insta::assert_snapshot!(records(&site).split_off(started).join("\n"), @"
    fpwdResetRequested success
    verifyCodeSent success
    verifyCodeAttempted attempted
    verifyCodeFailed failure wrong_code
    verifyCodeAttempted attempted
    verifyCodePassed success
    fpwdResetFailed refused weak_password
    noticeQueued success
    fpwdResetSuccess success
    ");
    assert_eq!(
        run(&["policy", "set", "acme", "login", "login_failed_times=4", "-y"]),
        "modifySecurityPolicy success"
    );
    let reset = ["admin-reset", "acme/alice", "--password-stdin", "-y"];
    assert_eq!(pipe(&reset, "short\n"), "setPasswordByAdmin refused weak_password");
    assert_eq!(pipe(&reset, PASSWORD), "noticeQueued success, setPasswordByAdmin success");
    assert_eq!(run(&["user", "revoke", "acme/alice", "-y"]), "noticeQueued success, revokeUser success");
    assert_eq!(run(&["store", "purge", "-y"]), "purgeStore success");
    assert_eq!(run(&["store", "rotate-key", "-y"]), "rotateKey success");
    // What only looks, or is tried only, changes nothing and leaves nothing.
    assert_eq!(run(&["user", "show", "acme/alice"]), "");
    assert_eq!(run(&["user", "disable", "acme/alice", "--dry-run"]), "");
    assert_eq!(run(&["audit", "verify"]), "");
}

#[test]
fn records_are_listed_by_person_and_by_action() {
    let site = site();
    site.user("acme/alice", PASSWORD);
    let list = |more: &[&str]| {
        let events = site.run(&[&["audit", "list", "-o", "json"][..], more].concat()).succeeded().json();
        let of = |event: &serde_json::Value| event["action"].as_str().unwrap().to_owned();
        events.as_array().unwrap().iter().map(of).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(list(&["--user", "acme/alice"]), "changePassword noticeQueued setPasswordByAdmin createUser");
    assert_eq!(list(&["--action", "CREATEUSER"]), "createUser");
    assert_eq!(list(&["--limit", "1"]), "changePassword");
    let event = site.run(&["audit", "list", "--limit", "1", "-o", "jsonl"]).succeeded().json();
    for key in [
        "seq", "at", "action", "outcome", "reason", "actor", "operator", "host", "target", "detail",
        "ticket", "hash",
    ] {
        assert!(event.as_object().unwrap().contains_key(key), "{key}: {event}");
    }
    insta::assert_snapshot!(site.shown(&site.run(&["audit", "list", "--action", "nothing"])).lines().take(3)
        .collect::<Vec<_>>().join("\n"), @"
    exit 2
    --- stderr
    error: there is no such trace name
    ");
    // A name of the cloud's that nothing here is recorded by.
    insta::assert_snapshot!(site.shown(&site.run(&["audit", "list", "--action", "logout"])), @"
    exit 0
    --- stderr
    There is no such record.
    Note: other systems keep the sessions and record who signs out. What ends sessions raises the epoch in `regain user show`: `--action revokeUser`, `changePassword`, `fpwdResetSuccess` and others.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["audit", "list", "--user", "acme/nobody"])), @"
    exit 0
    --- stderr
    There is no such record.
    ");
}

#[test]
fn u2_an_untouched_chain_is_in_order() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["audit", "verify"])), @"
    exit 0
    --- stdout
    records in order  2
    result            Every record is in order, 2 so far.
    ");
    let verified = site.run(&["audit", "verify", "-o", "json"]).succeeded().json();
    assert_eq!(
        verified,
        serde_json::json!({"ok": true, "events": 2, "anchored": null, "first_bad": null, "reason": null, "message": "Every record is in order, 2 so far."})
    );
}

#[test]
fn u2_the_first_bad_record_is_named_to_people() {
    let site = site();
    site.tamper(|store| store.set_event(2, "actor", "x"));
    insta::assert_snapshot!(site.shown(&site.run(&["audit", "verify"])), @"
    exit 7
    --- stdout
    records in order  1
    result            Record 2 is the first bad one: it was changed.
    --- stderr
    error: the operation records are broken at number 2: it was changed
    hint: somebody wrote to the store without regain: keep it as evidence, and compare it with a backup
    ");
}

/// Whether any file under the folder holds the bytes, whatever their case.
fn holds(folder: &Path, text: &str) -> bool {
    let text = text.to_lowercase().into_bytes();
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, &String::from_utf8(text.clone()).unwrap());
        }
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        bytes.windows(text.len()).any(|window| window == text)
    })
}

#[test]
fn u3_a_password_typed_as_a_name_is_kept_nowhere() {
    const TYPED: &str = "Tr0ub4dor-and-three";
    let site = site();
    site.user("acme/alice", PASSWORD);
    let pipe = |arguments: &[&str]| {
        let lines = if arguments.len() == 3 { 1 } else { 2 };
        site.pipe(arguments, &format!("{PASSWORD}\n").repeat(lines))
    };
    for user in [TYPED, &format!("acme/{TYPED}"), &format!("{TYPED}/alice"), &format!("{TYPED}@example.com")]
    {
        for secrets in [
            &["verify", user, "--password-stdin"][..],
            &["login", user, "--password-stdin"],
            &["password", "change", user, "--password-stdin"],
            &["contact", "change", user, "--email", "x@y.example", "--password-stdin", "--code-stdin"],
        ] {
            assert_eq!(pipe(secrets).code, 11, "{secrets:?}");
        }
        let id = site.request(user);
        site.run(&["request", "send", &id, "--method", "account"]).succeeded();
        site.verify(&id, "000000");
        site.run(&["user", "show", user]);
        site.run(&["user", "find", user]);
        site.run(&["user", "disable", user, "-y"]);
        site.run(&["codes", "explain", user]);
        site.run(&["audit", "list", "--user", user]);
        pipe(&["admin-reset", user, "--password-stdin", "-y"]);
    }
    site.deliver();
    assert!(!holds(site.path(), TYPED), "a name that nobody has is kept as a keyed hash only");
    // The control: the name of somebody who exists is found the same way.
    assert!(holds(site.path(), "acme/alice"));
    let unknown = site.events("").into_iter().find(|event| event["code"] == "unknown_user").unwrap();
    assert!(unknown.text("target").starts_with("unknown:"));
    // One who exists typed the password as the password: that is nowhere, too.
    assert!(!holds(site.path(), PASSWORD));
    // Whoever knows what was typed finds its records.
    let listed = site.run(&["audit", "list", "--user", &format!("acme/{TYPED}"), "-o", "jsonl"]).succeeded();
    assert!(listed.stdout.lines().count() >= 4, "{listed:?}");
}

#[test]
fn u4_control_characters_forge_no_second_line() {
    let site = site();
    let reason = "ok\n2026-01-01 00:00 UTC  login  success\r\u{1b}[2K";
    let run = |option: &str, text: &str| site.run(&["account", "disable", "acme", "-y", option, text]);
    insta::assert_snapshot!(site.shown(&run("--reason", reason)), @"
    exit 2
    --- stderr
    error: --reason takes one line, without control characters
    ");
    insta::assert_snapshot!(site.shown(&run("--ticket", &"7".repeat(501))), @"
    exit 2
    --- stderr
    error: --ticket takes at most 500 characters
    ");
    for text in ["a\nb", "a\rb", "\u{1b}[2K", "\u{85}", "\u{2028}", "\u{2029}", "\t"] {
        assert_eq!((run("--reason", text).code, run("--ticket", text).code), (2, 2), "{text:?}");
    }
    assert_eq!(site.counts()["audit"], 2);
    // One that got in some other way is one row all the same.
    site.tamper(|store| ["reason", "ticket"].iter().for_each(|column| store.set_event(2, column, reason)));
    for (format, lines) in [("table", 4), ("jsonl", 2)] {
        let shown = site.run(&["audit", "list", "-o", format]).succeeded().stdout;
        assert_eq!(shown.lines().count(), lines, "{format}: {shown}");
        assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{format}: {shown:?}");
    }
}

#[test]
fn u1_a_name_that_nobody_has_is_recorded_whoever_asked() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "-y"]).succeeded();
    for (arguments, reason) in [
        (&["user", "show", "acme/nobody"][..], "no_such_user"),
        (&["user", "disable", "acme/nobody", "-y"], "no_such_user"),
        (&["admin-reset", "acme/nobody", "--setup", "-y"], "no_such_user"),
        (&["account", "show", "nowhere"], "no_such_account"),
    ] {
        let before = site.events("").len();
        assert_eq!(site.run(arguments).code, 3, "{arguments:?}");
        let event = &site.events("")[before];
        assert_eq!(event.line(&["action", "outcome", "reason"]), format!("lookupUser failure {reason}"));
        assert!(event.text("target").starts_with("unknown:"), "{arguments:?}");
    }
}
