//! `regain user update USER… --must-change`: the current password stays, and is changed at the next sign-in.

use serde_json::{Value, json};

use super::user::{GIVEN, reason, site};
use crate::site::Site;

const OWN: &str = "correct horse battery staple 9";

fn flag(site: &Site, user: &str) -> Value {
    site.json(&["user", "show", user])["must_change"].clone()
}

#[test]
fn the_present_password_stays_and_must_be_changed() {
    let site = site();
    site.user("acme/alice", OWN);
    let dry = site.run(&["user", "update", "acme/alice", "--must-change", "--dry-run"]);
    insta::assert_snapshot!(site.shown(&dry), @"
    exit 0
    --- stdout
    would happen  the current password of acme/alice stays, and must be changed at the next sign-in; anyone who knows the current password can choose the next one; if it may be stolen, block the person instead: `regain user revoke USER`
    ");
    assert_eq!((flag(&site, "acme/alice"), site.judged("acme/alice", OWN)), (json!(false), 0));
    let epoch = || site.json(&["user", "show", "acme/alice"])["epoch"].clone();
    let before = epoch();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "update", "acme/alice", "--must-change", "-y"])), @"
    exit 0
    --- stderr
    Updated acme/alice.
    ");
    // Nothing ends before the next sign-in, at which the old password is still asked for.
    assert_eq!((flag(&site, "acme/alice"), epoch()), (json!(true), before));
    assert_eq!(site.judged("acme/alice", OWN), 12);
    assert_eq!(site.judged("acme/alice", GIVEN), 11);
    let detail = site.event("updateUser")["detail"].clone();
    assert_eq!((&detail["changed"], &detail["must_change"]), (&json!(["must_change"]), &json!(true)));
    let change = ["password", "change", "acme/alice", "--password-stdin", "-q"];
    site.pipe(&change, &format!("{OWN}\n{OWN}\n")).with_code(4);
    site.pipe(&change, &format!("{OWN}\n{GIVEN}\n")).succeeded();
    assert_eq!((flag(&site, "acme/alice"), site.judged("acme/alice", GIVEN)), (json!(false), 0));
}

#[test]
fn it_can_be_taken_back_and_a_temporary_password_ends_all_the_same() {
    let site = site();
    site.pipe(&["user", "create", "acme/alice", "--password-stdin", "-y", "-q"], GIVEN).succeeded();
    let back = ["user", "update", "acme/alice", "--no-must-change"];
    insta::assert_snapshot!(site.shown(&site.run(&[&back[..], &["--dry-run"]].concat())), @"
    exit 0
    --- stdout
    would happen  the current password of acme/alice need not be changed at the next sign-in; it works until TIME all the same
    ");
    site.run(&[&back[..], &["-y"]].concat()).succeeded();
    assert_eq!(site.judged("acme/alice", GIVEN), 0);
    assert_ne!(site.json(&["user", "show", "acme/alice"])["password_expires_at"], Value::Null);
    let both = ["user", "update", "acme/alice", "--must-change", "--no-must-change", "-y"];
    assert_eq!(site.run(&both).code, 2);
}

#[test]
fn what_is_so_already_is_unchanged() {
    let site = site();
    site.user("acme/alice", OWN);
    let update = ["user", "update", "acme/alice", "--must-change"];
    let first = site.json(&update);
    let events = site.recorded("updateUser", "success");
    let second = site.json(&update);
    assert_eq!((&first["changed"], &second["changed"]), (&json!(true), &json!(false)));
    assert_eq!(site.recorded("updateUser", "success"), events);
}

#[test]
fn many_are_reported_row_by_row() {
    let site = site();
    site.user("acme/alice", OWN);
    site.user("acme/carol", OWN);
    site.run(&["user", "create", "acme/bob", "-y", "-q"]).succeeded();
    site.run(&["user", "update", "acme/carol", "--must-change", "-y", "-q"]).succeeded();
    let people = "acme/alice\nacme/bob\n# the night shift\nacme/carol\nacme/nobody\n";
    let update = ["user", "update", "--from", "-", "--must-change", "-y", "-o", "json"];
    let rows = site.pipe(&update, people).with_code(10).json();
    let seen: Vec<Value> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["row"], row["user"], row["outcome"], row["reason"]]))
        .collect();
    assert_eq!(
        seen,
        [
            json!([1, "acme/alice", "done", null]),
            json!([2, "acme/bob", "failed", "no_password"]),
            json!([4, "acme/carol", "unchanged", null]),
            json!([5, "acme/nobody", "failed", "no_such_user"]),
        ]
    );
    assert_eq!(flag(&site, "acme/alice"), json!(true));
    // What is the same for everybody is said once.
    let several = ["user", "update", "acme/alice", "acme/carol", "--no-must-change", "-y", "-q"];
    site.run(&several).succeeded();
    assert_eq!((flag(&site, "acme/alice"), flag(&site, "acme/carol")), (json!(false), json!(false)));
    let named = site.run(&["user", "update", "acme/alice", "acme/carol", "--name", "x", "-y"]);
    insta::assert_snapshot!(site.shown(&named), @"
    exit 2
    --- stderr
    error: --name is for one USER
    hint: rename users one at a time; the other options take several
    ");
}

#[test]
fn without_a_password_there_is_none_to_change() {
    let site = site();
    site.run(&["user", "create", "acme/bob", "-y", "-q"]).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "update", "acme/bob", "--must-change", "-y"])), @"
    exit 4
    --- stderr
    error: acme/bob has no password that could be changed at the next sign-in
    hint: let them set one: `regain admin-reset acme/bob --setup`
    ");
    let json = site.run(&["user", "update", "acme/bob", "--must-change", "-y", "-o", "json"]);
    assert_eq!(reason(&json), (4, "no_password".to_owned()));
    assert_eq!(site.recorded("updateUser", "refused"), 2);
}

#[test]
fn the_other_changes_of_users_read_a_list_too() {
    let site = site();
    super::user::make(&site, &["acme/alice", "acme/bob"]);
    for change in ["disable", "enable", "revoke"] {
        let rows = site.pipe(&["user", change, "--from", "-", "-y", "-o", "json"], "acme/alice\nacme/bob\n");
        assert_eq!(rows.succeeded().json().as_array().map(Vec::len), Some(2), "{change}");
    }
    let both = site.run(&["user", "disable", "acme/alice", "--from", "list", "-y"]);
    insta::assert_snapshot!(site.shown(&both), @"
    exit 2
    --- stderr
    error: `regain user disable`: these cannot be combined: <USER> and --from <FILE>
    hint: `regain user disable --help` lists what it takes
    ");
}

#[test]
fn who_is_enabled_and_still_cannot_sign_in_is_told() {
    let site = site();
    super::user::make(&site, &["acme/bob"]);
    site.user("acme/alice", OWN);
    let dry = |user: &str| {
        let ended = site.run(&["user", "enable", user, "--dry-run", "-o", "json"]).succeeded().json();
        ended["effects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| of.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    site.run(&["user", "disable", "acme/alice", "acme/bob", "-y", "-q"]).succeeded();
    let no_password =
        "acme/bob has no password, and cannot sign in until one is set: `regain admin-reset acme/bob`";
    assert_eq!(dry("acme/alice"), ["acme/alice is enabled and can sign in again"]);
    assert_eq!(dry("acme/bob"), ["acme/bob is enabled", no_password]);
    site.run(&["account", "disable", "acme", "-y", "-q"]).succeeded();
    let account = "the account acme stays disabled; `regain account enable acme` enables it";
    assert_eq!(dry("acme/alice"), ["acme/alice is enabled", account]);
    let root = site.run(&["user", "disable", "acme", "-y"]);
    insta::assert_snapshot!(site.shown(&root), @"
    exit 4
    --- stderr
    error: acme is a root user: it is managed with its account
    hint: manage its account instead: `regain account disable acme` and others, which `regain account --help` lists
    ");
}

#[test]
fn a_root_user_without_a_password_is_led_to_their_own_reset() {
    let site = Site::new();
    site.account("acme");
    let refused = |arguments: &[&str]| site.shown(&site.run(arguments));
    insta::assert_snapshot!(refused(&["user", "update", "acme", "--must-change", "-y"]), @"
    exit 4
    --- stderr
    error: acme has no password that could be changed at the next sign-in
    hint: let them set one: `regain password reset acme`
    ");
    // A user gets a setup token.
    site.run(&["user", "create", "acme/bob", "-y", "-q"]).succeeded();
    insta::assert_snapshot!(refused(&["user", "update", "acme/bob", "--must-change", "-y"]), @"
    exit 4
    --- stderr
    error: acme/bob has no password that could be changed at the next sign-in
    hint: let them set one: `regain admin-reset acme/bob --setup`
    ");
}
