//! `regain user …`

use crate::site::{Ended, REGAIN, Site, ended};

pub(super) const GIVEN: &str = "an entirely fresh passphrase";

pub(super) fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site
}

pub(super) fn make(site: &Site, users: &[&str]) {
    for user in users {
        site.run(&["user", "create", user, "-y", "-q"]).succeeded();
    }
}

pub(super) fn reason(ended: &Ended) -> (i32, String) {
    (ended.code, ended.error()["reason"].as_str().unwrap().to_owned())
}

#[test]
fn lists_mark_the_root_user_and_go_on_after_an_id() {
    let site = site();
    make(&site, &["acme/bob", "acme/alice"]);
    site.account("other");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "list"])), @"
    exit 0
    --- stdout
    USER        KIND                      STATUS   PASSWORD  CONTACTS       LAST SIGN-IN
    ────────────────────────────────────────────────────────────────────────────────────
    acme        Enterprise administrator  enabled  none      a***@e***.com  never
    acme/alice  IAM user                  enabled  none      none           never
    acme/bob    IAM user                  enabled  none      none           never
    other       Enterprise administrator  enabled  none      o***@e***.com  never
    ");
    let names = |arguments: &[&str]| {
        let list = [&["user", "list", "-o", "jsonl"], arguments].concat();
        let ended = site.run(&list).succeeded();
        let user = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        let users: Vec<_> = ended.stdout.lines().map(user).collect();
        let seen = users.last().map(|user| user["id"].as_str().unwrap().to_owned()).unwrap_or_default();
        let text = |user: &serde_json::Value| {
            format!("{}/{}", user["account"].as_str().unwrap(), user["name"].as_str().unwrap())
        };
        (users.iter().map(text).collect::<Vec<_>>(), seen)
    };
    let all = ["acme/acme", "acme/alice", "acme/bob", "other/other"];
    assert_eq!(names(&[]).0, all);
    let (first, last) = names(&["--limit", "2"]);
    assert_eq!(first, all[..2]);
    assert_eq!(names(&["--limit", "9", "--after", &last]).0, all[2..]);
    assert_eq!(names(&["acme", "--after", &last]).0, ["acme/bob"]);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "list", "--after", "usr_x"])), @"
    exit 3
    --- stderr
    error: there is no user with the id usr_x
    hint: `regain user list -o json` shows the ids
    ");
    assert_eq!(site.run(&["user", "list", "nobody"]).code, 3);
    assert_eq!(site.run(&["user", "list", "--limit", "x"]).code, 2);
}

#[test]
fn a_long_list_is_whole_and_may_be_left_early() {
    let site = site();
    make(&site, &["acme/alice"]);
    // More than are read at once.
    site.many_like("alice", 1200);
    let list = site.run(&["user", "list", "acme", "-o", "jsonl"]).succeeded().stdout;
    assert_eq!(list.lines().collect::<std::collections::BTreeSet<_>>().len(), 1202);
    let json = site.run(&["user", "list", "-o", "json", "--limit", "1001"]).succeeded().json();
    assert_eq!(json.as_array().unwrap().len(), 1001);
    let script = format!("{REGAIN} user list -o jsonl | head -n 1; exit ${{PIPESTATUS[0]}}");
    let left = ended(site.program("/bin/bash", &["-c", &script]).spawn().unwrap(), "");
    assert_eq!((left.code, left.stdout.lines().count(), left.stderr.as_str()), (0, 1, ""));
}

#[test]
fn o5_a_search_is_literal_and_one_by_address_is_recorded() {
    let site = site();
    make(&site, &["acme/alice", "acme/al.ce"]);
    let found = |text: &str| {
        let list = site.run(&["user", "find", "-o", "json", "--", text]).succeeded().json();
        list.as_array()
            .unwrap()
            .iter()
            .map(|user| user["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("LIC"), ["alice"]);
    assert_eq!(found("al.ce"), ["al.ce"]);
    for wild in ["%", "_", "al_ce", "*", "' OR 1=1 --"] {
        assert_eq!(found(wild), Vec::<String>::new(), "{wild}");
    }
    let recorded = || site.recorded("lookupContact", "");
    assert_eq!(recorded(), 0);
    assert_eq!(found("acme@example"), ["acme"]);
    assert_eq!(recorded(), 1);
    assert_eq!(found("nobody@example.com"), Vec::<String>::new());
    assert_eq!(recorded(), 2);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "find", "nobody"])), @"
    exit 0
    --- stderr
    Nobody was found.
    Searched: parts of names, accounts, descriptions, email addresses and mobile numbers; whole ids.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "find", " "])), @"
    exit 2
    --- stderr
    error: there is no text to look for
    hint: `regain user list` lists everybody
    ");
}

#[test]
fn a_user_is_changed_field_by_field() {
    let site = site();
    make(&site, &["acme/alice", "acme/bob"]);
    let update = |arguments: &[&str]| site.run(&[&["user", "update"], arguments, &["-y"]].concat());
    insta::assert_snapshot!(site.shown(&update(&["acme/alice", "--name", "alice.smith"])), @"
    exit 0
    --- stderr
    Updated acme/alice.smith.
    ");
    let rest = ["--description", "x", "--access-mode", "console", "--login-protection", "vmfa", "-o", "json"];
    let user = update(&[&["acme/alice.smith"], &rest[..]].concat()).succeeded().json();
    assert_eq!(
        ["description", "access_mode", "login_protection"].map(|key| user[key].as_str().unwrap()),
        ["x", "console", "vmfa"]
    );
    let bare = update(&["acme/alice.smith", "--no-description", "-o", "json"]).succeeded().json();
    assert_eq!(bare["description"], serde_json::Value::Null);
    for (name, expected) in [("BOB", "exists"), ("b0b", "looks_alike"), ("acme", "named_like_account")] {
        let renamed = update(&["acme/alice.smith", "--name", name, "-o", "json"]);
        assert_eq!(reason(&renamed), (4, expected.to_owned()), "{name}");
    }
    insta::assert_snapshot!(site.shown(&update(&["acme/bob"])), @"
    exit 2
    --- stderr
    error: there is nothing to change
    hint: give --name, --description, --external-id, --access-mode, --login-protection or --must-change
    ");
    insta::assert_snapshot!(site.shown(&update(&["acme/alice", "--name", "x"])), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no user acme/alice
    hint: check the name (`regain user find TEXT` searches), or create one: `regain user create acme/alice`
    ");
    insta::assert_snapshot!(site.shown(&update(&["acme", "--name", "x"])), @"
    exit 4
    --- stderr
    error: acme is a root user: it is managed with its account
    hint: manage its account instead: `regain account disable acme` and others, which `regain account --help` lists
    ");
    assert_eq!(site.recorded("updateUser", "success"), 3);
    assert_eq!(site.recorded("updateUser", "refused"), 4);
    assert_eq!(site.recorded("modifyLoginProtect", "success"), 1);
}

#[test]
fn several_are_changed_one_by_one() {
    let site = site();
    site.run(&["user", "create", "acme/alice", "--email", "alice@example.com", "-y"]).succeeded();
    make(&site, &["acme/bob"]);
    let disable =
        ["user", "disable", "acme/alice", "alice@example.com", "acme/nobody", "acme", "acme/bob", "-y"];
    insta::assert_snapshot!(site.shown(&site.run(&disable)), @"
    exit 10
    --- stdout
    ROW  USER               OUTCOME    REMARKS
    ──────────────────────────────────────────
    1    acme/alice         done
    2    alice@example.com  skipped    the same person as in row 1
    3    acme/nobody        failed     the account is invalid or not supported: there is no user acme/nobody
    4    acme               failed     acme is a root user: it is managed with its account
    5    acme/bob           done
    --- stderr
    error: 2 of 5 were not done
    ");
    assert_eq!(site.count("users", |user| user["status"] == "disabled"), 2);
    let rows = site.run(&["user", "delete", "acme/alice", "acme/bob", "-y", "-o", "json"]).succeeded().json();
    assert_eq!(rows.as_array().unwrap().iter().filter(|row| row["outcome"] == "done").count(), 2);
    assert_eq!(site.rows("users").len(), 1);
}

#[test]
fn a_life_ends_in_the_right_order() {
    let site = site();
    make(&site, &["acme/alice"]);
    let run =
        |arguments: &[&str]| site.shown(&site.run(&[&["user"], arguments, &["acme/alice", "-y"]].concat()));
    insta::assert_snapshot!(run(&["delete"]), @"
    exit 4
    --- stderr
    error: acme/alice must be disabled before it can be deleted
    hint: disable it first: `regain user disable acme/alice`
    ");
    insta::assert_snapshot!(run(&["disable"]), @"
    exit 0
    --- stderr
    Disabled acme/alice.
    ");
    insta::assert_snapshot!(run(&["enable"]), @"
    exit 0
    --- stderr
    Enabled acme/alice.
    ");
    insta::assert_snapshot!(run(&["disable"]), @"
    exit 0
    --- stderr
    Disabled acme/alice.
    ");
    insta::assert_snapshot!(run(&["delete"]), @"
    exit 0
    --- stderr
    Deleted acme/alice.
    ");
    insta::assert_snapshot!(run(&["delete"]), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no user acme/alice
    hint: check the name (`regain user find TEXT` searches), or create one: `regain user create acme/alice`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "delete", "acme", "-y"])), @"
    exit 4
    --- stderr
    error: acme is a root user: it is managed with its account
    hint: manage its account instead: `regain account disable acme` and others, which `regain account --help` lists
    ");
}

#[test]
fn a_lock_ends_by_waiting_or_when_told_to() {
    let site = site();
    site.pipe(&["user", "create", "acme/alice", "--password-stdin", "-y"], GIVEN).succeeded();
    for _ in 0..5 {
        assert_eq!(site.judged("acme/alice", "wrong"), 11);
    }
    assert_eq!(site.judged("acme/alice", GIVEN), 11, "locked");
    let locked = || site.run(&["user", "show", "acme/alice", "-o", "json"]).json()["locked_until"].clone();
    assert!(locked().is_string());
    let told = site.run(&["user", "enable", "acme/alice", "--dry-run"]).succeeded();
    insta::assert_snapshot!(site.shown(&told), @"
    exit 0
    --- stdout
    would happen  acme/alice stays locked until TIME; --unlock ends the lock
    ");
    site.json(&["user", "enable", "acme/alice"]);
    assert_eq!(site.judged("acme/alice", GIVEN), 11, "still locked");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "enable", "acme/alice", "--unlock", "-y"])), @"
    exit 0
    --- stderr
    Enabled and unlocked acme/alice.
    ");
    assert_eq!((locked(), site.judged("acme/alice", GIVEN)), (serde_json::Value::Null, 12));
    assert_eq!(site.recorded("unlockUser", ""), 1);
}

#[test]
fn k8_a_name_made_again_inherits_nothing() {
    let site = site();
    let create = ["user", "create", "acme/alice", "--email", "alice@example.com", "--password-stdin", "-y"];
    site.pipe(&create, GIVEN).succeeded();
    site.json(&["admin-reset", "acme/alice", "--setup", "--secrets-to", "token"]);
    let (sent, proved) =
        (site.sent("acme/alice", "alice@example.com"), site.sent("acme/alice", "alice@example.com"));
    let code = site.code_to("alice@example.com");
    site.verify(&proved, &code).succeeded();
    for _ in 0..5 {
        site.judged("acme/alice", "wrong");
    }
    site.json(&["user", "disable", "acme/alice"]);
    let old = site.json(&["user", "delete", "acme/alice"])["id"].clone();
    for table in ["codes", "setup_tokens", "contacts", "password_history", "requests", "outbox"] {
        assert_eq!(site.count(table, |row| row["user_id"] == old), 0, "{table}");
    }
    let again = ["user", "create", "acme/alice", "--email", "alice@example.com", "-y", "-o", "json"];
    let new = site.run(&again).succeeded().json();
    assert_ne!(new["id"], old);
    assert_eq!(
        ["password_set", "epoch", "locked_until", "last_login_at"].map(|key| new[key].clone()),
        [false.into(), 0.into(), serde_json::Value::Null, serde_json::Value::Null]
    );
    assert_eq!(site.judged("acme/alice", GIVEN), 11);
    assert_eq!(site.set_password(&proved, "quite another passphrase").code, 4);
    let resent = site.run(&["request", "send", &sent, "--method", "account", "-o", "json"]);
    assert_eq!(
        site.run(&["codes", "list", "acme/alice", "-o", "json"]).json(),
        serde_json::json!([]),
        "{resent:?}"
    );
    let token = &site.secrets("token")[0][2];
    let redeem = ["password", "setup", "--token-stdin", "--password-stdin"];
    assert_eq!(site.pipe(&redeem, &format!("{token}\nquite another passphrase\n")).code, 11);
    // The old password is free again: it is nobody's history.
    let given = ["admin-reset", "acme/alice", "--password-stdin", "-y"];
    site.pipe(&given, &format!("{GIVEN}\n")).succeeded();
}

#[test]
fn o3_a_dry_run_changes_nothing_and_says_what_would_happen() {
    let site = site();
    make(&site, &["acme/alice", "acme/bob"]);
    site.json(&["user", "disable", "acme/bob"]);
    for arguments in [
        &["create", "acme/carol", "--email", "c@example.com", "--setup"][..],
        &["create", "acme/carol", "--generate", "--secrets-to", "f"],
        &["update", "acme/alice", "--name", "carol"],
        &["enable", "acme/bob"],
        &["disable", "acme/alice", "acme/bob"],
        &["revoke", "acme/alice"],
        &["delete", "acme/bob"],
    ] {
        let before = site.digest();
        let ended = site.run(&[&["user"], arguments, &["--dry-run"]].concat()).succeeded();
        assert!(ended.stdout.contains("would "), "{ended:?}");
        assert_eq!(site.digest(), before, "{arguments:?}");
        assert!(!site.path().join("f").exists());
    }
    insta::assert_snapshot!(site.shown(&site.run(&["user", "delete", "acme/bob", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  acme/bob is permanently deleted; its contacts, codes, tokens and requests end; the operation records stay
    ");
    // The dry run ends as the run would.
    for (arguments, code) in [
        (&["delete", "acme/alice"][..], 4),
        (&["create", "acme/ALICE"], 4),
        (&["create", "acme/carol", "--generate"], 2),
        (&["disable", "acme/nobody"], 3),
        (&["disable", "acme/alice", "acme/nobody"], 10),
    ] {
        assert_eq!(site.run(&[&["user"], arguments, &["--dry-run"]].concat()).code, code, "{arguments:?}");
    }
}

#[test]
fn without_a_yes_nothing_happens() {
    let site = site();
    site.pipe(&["user", "create", "acme/alice", "--password-stdin", "-y"], GIVEN).succeeded();
    for arguments in [&["create", "acme/bob"][..], &["disable", "acme/alice"], &["revoke", "acme/alice"]] {
        let before = site.digest();
        assert_eq!(site.run(&[&["user"], arguments].concat()).code, 9, "{arguments:?}");
        assert_eq!(site.digest(), before, "{arguments:?}");
    }
}

#[test]
fn u1_reason_and_ticket_are_recorded() {
    let site = site();
    let why = ["-y", "--reason", "new colleague", "--ticket", "T-7"];
    site.pipe(&[&["user", "create", "acme/alice", "--password-stdin"], &why[..]].concat(), GIVEN).succeeded();
    site.run(&[&["user", "revoke", "acme/alice"], &why[..]].concat()).succeeded();
    let mut events = site.events("");
    events.retain(|event| event["reason"] == "new colleague" && event["ticket"] == "T-7");
    let actions: Vec<&str> = events.iter().map(|event| event.text("action")).collect();
    assert_eq!(actions, ["createUser", "setPasswordByAdmin", "revokeUser"]);
}
