//! `regain login` and `regain verify`: one judgement, for people and for programs.

use crate::site::{Ended, Site, later};

pub(super) const RIGHT: &str = "correct horse battery staple";
const NEXT: &str = "four other words altogether";

pub(super) fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", RIGHT);
    site
}

pub(super) fn verify(site: &Site, user: &str, password: &str) -> Ended {
    site.pipe(&["verify", user, "--password-stdin"], &format!("{password}\n"))
}

fn login(site: &Site, user: &str, password: &str) -> Ended {
    site.pipe(&["login", user, "--password-stdin"], &format!("{password}\n"))
}

/// What the newest record says of a sign-in.
fn recorded(site: &Site) -> String {
    site.event("").line(&["action", "outcome", "code"])
}

/// An exit code and nothing else.
pub(super) fn silent(code: i32) -> Ended {
    Ended { code, stdout: String::new(), stderr: String::new() }
}

#[test]
fn verify_says_its_exit_code_and_nothing_else() {
    let site = site();
    let make = |user: &str, more: &[&str]| {
        let arguments = [&["user", "create", user, "-y", "-q"][..], more].concat();
        site.pipe(&arguments, &format!("{RIGHT}\n")).succeeded();
    };
    make("acme/temporary", &["--password-stdin"]);
    make("acme/late", &["--password-stdin"]);
    make("acme/empty", &[]);
    site.user("acme/gone", RIGHT);
    site.run(&["user", "disable", "acme/gone", "-y"]).succeeded();
    site.user("acme/robot", RIGHT);
    site.run(&["user", "update", "acme/robot", "--access-mode", "programmatic", "-y"]).succeeded();
    site.user("acme/locked", RIGHT);
    site.user("acme/old", RIGHT);
    site.account("closed");
    site.user("closed/alice", RIGHT);
    site.run(&["account", "disable", "closed", "-y"]).succeeded();
    site.edit_user("late", |user| user["password_expires_at"] = 1.into());
    site.lock("locked");
    site.edit_user("old", |user| user["password_changed_at"] = 1.into());

    let cases = [
        ("acme/alice", RIGHT, 0, "login success -"),
        ("ACME/Alice", RIGHT, 0, "login success -"),
        ("acme/alice@example.com", RIGHT, 0, "login success -"),
        ("alice@example.com", RIGHT, 0, "login success -"),
        ("acme/alice", "correct horse battery stapler", 11, "loginFailed failure wrong_password"),
        ("acme/alice", "", 11, "loginFailed failure wrong_password"),
        ("acme/alice", "a control \u{7} character", 11, "loginFailed failure wrong_password"),
        ("acme/nobody", RIGHT, 11, "loginFailed failure unknown_user"),
        ("nowhere/alice", RIGHT, 11, "loginFailed failure unknown_user"),
        ("nobody@example.com", RIGHT, 11, "loginFailed failure unknown_user"),
        ("+4915199999999", RIGHT, 11, "loginFailed failure unknown_user"),
        ("acme/locked", RIGHT, 11, "loginFailed failure locked"),
        ("acme/gone", RIGHT, 11, "loginFailed failure disabled"),
        ("closed/alice", RIGHT, 11, "loginFailed failure disabled"),
        ("acme/robot", RIGHT, 11, "loginFailed failure programmatic_access_only"),
        ("acme/empty", RIGHT, 11, "loginFailed failure no_password"),
        ("acme", RIGHT, 11, "loginFailed failure no_password"),
        ("acme/late", RIGHT, 11, "loginFailed failure temporary_password_expired"),
        ("acme/temporary", RIGHT, 12, "loginFailed refused must_change"),
        ("acme/temporary", NEXT, 11, "loginFailed failure wrong_password"),
    ];
    for (user, password, code, event) in cases {
        let before = site.counts()["audit"];
        assert_eq!(verify(&site, user, password), silent(code), "{user} {password:?}");
        assert_eq!((recorded(&site).as_str(), site.counts()["audit"]), (event, before + 2), "{user}");
    }
    // An old one is good until the policy says for how long.
    assert_eq!(verify(&site, "acme/old", RIGHT), silent(0));
    site.run(&["policy", "set", "acme", "password", "password_validity_period=30", "-y"]).succeeded();
    assert_eq!(verify(&site, "acme/old", RIGHT), silent(12));
    assert_eq!(recorded(&site), "loginFailed refused password_expired");
    // One format or another: nothing is nothing.
    let json = ["verify", "acme/alice", "--password-stdin", "-o", "json"];
    assert_eq!(site.pipe(&json, "wrong\n"), silent(11));
    assert_eq!(site.pipe(&json, &format!("{RIGHT}\n")), silent(0));
}

#[test]
fn verify_takes_the_password_from_stdin_a_file_or_a_descriptor_and_never_asks() {
    use std::os::unix::fs::PermissionsExt;
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["verify", "acme/alice"])), @"
    exit 9
    --- stderr
    error: `regain verify` never asks for the password
    hint: say where it comes from: --password-stdin, --password-file or --password-fd
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["verify", "acme/alice", "--password-stdin"])), @"
    exit 2
    --- stderr
    error: --password-stdin: the input ended before the secret
    hint: give one secret a line on standard input
    ");
    insta::assert_snapshot!(
        site.shown(&site.run(&["verify", "acme/alice", "--password-stdin", "--dry-run"])), @"
    exit 2
    --- stderr
    error: this cannot be tried without being done; leave --dry-run out
    ");
    let file = site.path().join("password");
    std::fs::write(&file, format!("{RIGHT}\n")).unwrap();
    let from_file = ["verify", "acme/alice", "--password-file", "password"];
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&from_file)), @"
    exit 2
    --- stderr
    error: --password-file: password can be read by others than its owner
    hint: chmod 600 password
    ");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(site.run(&from_file), silent(0));
    let script = format!("{} verify acme/alice --password-fd 7 7<password", crate::site::REGAIN);
    let ended = crate::site::ended(site.program("/bin/sh", &["-c", &script]).spawn().unwrap(), "");
    assert_eq!(ended, silent(0));
}

#[test]
fn verify_reads_password_and_totp_in_the_order_of_the_options() {
    let site = site();
    let lines = |options: [&str; 2], input: &str| {
        site.pipe(&[&["verify", "acme/alice"][..], &options].concat(), input)
    };
    let (password, totp) = ("--password-stdin", "--totp-stdin");
    assert_eq!(lines([password, totp], &format!("{RIGHT}\n123456\n")), silent(0));
    assert_eq!(lines([totp, password], &format!("123456\n{RIGHT}\n")), silent(0));
    assert_eq!(lines([password, totp], &format!("123456\n{RIGHT}\n")), silent(11));
    assert_eq!(lines([totp, password], &format!("{RIGHT}\n123456\n")), silent(11));
    insta::assert_snapshot!(site.shown(&lines([password, totp], &format!("{RIGHT}\n"))), @"
    exit 2
    --- stderr
    error: --totp-stdin: the input ended before the secret
    hint: give one secret a line on standard input
    ");
}

#[test]
fn login_says_who_they_are() {
    let site = site();
    insta::assert_snapshot!(site.shown(&login(&site, "acme/alice", RIGHT)), @"
    exit 0
    --- stdout
    Signed in as acme/alice (IAM user).
    ");
    // The policy shows nothing of it: not to programs either.
    let json = ["login", "acme/alice", "--password-stdin", "-o", "json"];
    insta::assert_snapshot!(site.shown(&site.pipe(&json, &format!("{RIGHT}\n"))), @r#"
    exit 0
    --- stdout
    {
      "user": "acme/alice",
      "account": "acme",
      "name": "alice",
      "root": false,
      "title": "IAM user",
      "last_login_at": null,
      "failures_before": null,
      "must_change": false,
      "password_expires_at": null,
      "epoch": 1,
      "session_timeout": 60,
      "info": null
    }
    "#);
    let id = site.sent("acme", "acme@example.com");
    site.verify(&id, &site.code_to("acme@example.com")).succeeded();
    site.set_password(&id, RIGHT).succeeded();
    insta::assert_snapshot!(site.shown(&login(&site, "acme", RIGHT)), @"
    exit 0
    --- stdout
    Signed in as acme (Enterprise administrator).
    ");
}

#[test]
fn login_tells_what_the_policy_wants_told() {
    let site = site();
    let set = |group: &str, field: &str| site.run(&["policy", "set", "acme", group, field, "-y"]).succeeded();
    set("login", "show_recent_login_info=true");
    set("login", "custom_info_for_login=Authorised use only.");
    set("password", "password_validity_period=10");
    verify(&site, "acme/alice", "wrong");
    verify(&site, "acme/alice", "wrong again");
    insta::assert_snapshot!(site.shown(&login(&site, "acme/alice", RIGHT)), @"
    exit 0
    --- stdout
    Signed in as acme/alice (IAM user).
    Last sign-in: never before.
    Wrong passwords just before this one: 2.
    Authorised use only.
    --- stderr
    warning: your password expires on TIME; change it: `regain password change acme/alice`
    ");
    insta::assert_snapshot!(site.shown(&login(&site, "alice@example.com", RIGHT)), @"
    exit 0
    --- stdout
    Signed in as acme/alice (IAM user).
    Last sign-in: TIME.
    Wrong passwords just before this one: 0.
    Authorised use only.
    --- stderr
    warning: your password expires on TIME; change it: `regain password change acme/alice`
    ");
    let json = ["login", "acme/alice", "--password-stdin", "-o", "json", "-q"];
    let shown = site.pipe(&json, &format!("{RIGHT}\n")).succeeded().json();
    assert!(shown["last_login_at"].is_string() && shown["failures_before"] == 0, "{shown}");
}

#[test]
fn e1_login_has_one_answer_for_whoever_is_not_let_in() {
    let site = site();
    site.user("acme/gone", RIGHT);
    site.run(&["user", "disable", "acme/gone", "-y"]).succeeded();
    for (user, password) in [
        ("acme/alice", "wrong"),
        ("acme/nobody", RIGHT),
        ("nowhere/alice", RIGHT),
        ("acme/gone", RIGHT),
        ("acme", RIGHT),
    ] {
        let ended = login(&site, user, password);
        insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&ended), @"
        exit 11
        --- stderr
        error: the user name or password is wrong, or this user cannot sign in now
        hint: forgotten? `regain password reset`
        hint: sure that it is right? `regain faq locked` explains why it may not work now
        "); }
    }
}

#[test]
fn login_stops_at_a_password_that_must_be_changed_and_nobody_to_ask() {
    let site = site();
    let create = ["user", "create", "acme/bob", "--password-stdin", "-y", "-q"];
    site.pipe(&create, &format!("{RIGHT}\n")).succeeded();
    insta::assert_snapshot!(site.shown(&login(&site, "acme/bob", RIGHT)), @"
    exit 12
    --- stderr
    error: the password is right, but it must be changed before it can be used
    hint: change it: `regain password change acme/bob`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["login", "acme/bob"])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --password-stdin to answer
    ");
}

/// Alice, locked by as many wrong passwords as the policy takes.
fn locked() -> Site {
    let site = site();
    for failures in 1..=5 {
        let locks = site.count("sign_in_failures", |one| one.has("locked_until"));
        assert_eq!(locks, 0, "before failure {failures}");
        assert_eq!(verify(&site, "acme/alice", "wrong"), silent(11));
    }
    assert_eq!(verify(&site, "acme/alice", RIGHT), silent(11), "locked");
    assert_eq!(recorded(&site), "loginFailed failure locked");
    let events = site.events("").into_iter();
    assert_eq!(events.filter(|event| !event["detail"]["locked_until"].is_null()).count(), 1);
    site
}

#[test]
fn five_wrong_passwords_lock_and_waiting_ends_it() {
    let site = locked();
    let show = site.run(&["user", "show", "acme/alice", "-o", "json"]).succeeded().json();
    assert!(show["locked_until"].is_string(), "{show}");
    // A wrong password during the lock does not make it longer.
    let until = || site.only("sign_in_failures").number("locked_until");
    let before = until();
    verify(&site, "acme/alice", "wrong");
    assert_eq!(until(), before);
    let at = |span: &str| later(&site, span, &["verify", "acme/alice", "--password-stdin"], RIGHT);
    let (Some(early), Some(late)) = (at("+14m"), at("+16m")) else { return };
    assert_eq!((early, late), (silent(11), silent(0)));
}

#[test]
fn a_right_password_in_between_begins_the_count_anew() {
    let site = site();
    for _ in 0..3 {
        for _ in 0..4 {
            verify(&site, "acme/alice", "wrong");
        }
        assert_eq!(verify(&site, "acme/alice", RIGHT), silent(0));
    }
}

#[test]
fn the_policy_says_how_many_wrong_passwords_lock() {
    let site = site();
    site.run(&["policy", "set", "acme", "login", "login_failed_times=3", "-y"]).succeeded();
    for _ in 0..3 {
        verify(&site, "acme/alice", "wrong");
    }
    assert_eq!(verify(&site, "acme/alice", RIGHT), silent(11));
}

#[test]
fn an_administrator_ends_a_lock_only_when_asked_to() {
    let site = locked();
    site.run(&["user", "enable", "acme/alice", "-y"]).succeeded();
    assert_eq!(verify(&site, "acme/alice", RIGHT), silent(11));
    let reset = ["admin-reset", "acme/alice", "--password-stdin", "--no-must-change", "-y"];
    site.pipe(&reset, &format!("{NEXT}\n")).succeeded();
    assert_eq!(verify(&site, "acme/alice", NEXT), silent(11), "O3: a reset leaves it");
    site.run(&["user", "enable", "acme/alice", "--unlock", "-y"]).succeeded();
    assert_eq!(site.recorded("unlockUser", ""), 1);
    assert_eq!(verify(&site, "acme/alice", NEXT), silent(0));
}

#[test]
fn a_reset_with_a_code_ends_a_lock() {
    let site = locked();
    let id = site.sent("acme/alice", "alice@example.com");
    site.verify(&id, &site.code_to("alice@example.com")).succeeded();
    assert_eq!(verify(&site, "acme/alice", RIGHT), silent(11), "a code alone ends nothing");
    site.set_password(&id, NEXT).succeeded();
    assert_eq!(verify(&site, "acme/alice", NEXT), silent(0));
}

#[test]
fn a_temporary_password_ends_by_itself() {
    let site = site();
    let reset = ["admin-reset", "acme/alice", "--password-stdin", "--expires", "1h", "-y"];
    site.pipe(&reset, &format!("{NEXT}\n")).succeeded();
    let at = |span: &str| later(&site, span, &["verify", "acme/alice", "--password-stdin"], NEXT);
    let (Some(early), Some(late)) = (at("+59m"), at("+61m")) else { return };
    assert_eq!((early, late), (silent(12), silent(11)));
    let change = ["password", "change", "acme/alice", "--password-stdin"];
    let changed = later(&site, "+61m", &change, &format!("{NEXT}\nquite another one it is")).unwrap();
    assert_eq!(changed.code, 11, "it cannot even be changed: {changed:?}");
}
