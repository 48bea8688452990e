//! `regain password setup`: a one-time token from an administrator, redeemed by the person.

use crate::site::{Ended, Site};

const NEW: &str = "an entirely fresh passphrase";
const OTHER: &str = "quite another long sentence";

/// An account, and alice, who has an email address and no password.
fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.run(&["user", "create", "acme/alice", "--email", "alice@example.com", "-y"]).succeeded();
    site
}

/// The token for alice that goes into this file.
fn token(site: &Site, file: &str) -> String {
    site.json(&["admin-reset", "acme/alice", "--setup", "--secrets-to", file]);
    let [[user, kind, token]] = &site.secrets(file)[..] else { panic!("one secret") };
    assert_eq!((user.as_str(), kind.as_str()), ("acme/alice", "setup_token"));
    token.clone()
}

/// The token that was mailed to this address.
fn mailed(site: &Site, address: &str) -> String {
    let mails = site.mails_to(address);
    mails.iter().flat_map(|mail| mail.lines()).find(|line| line.starts_with("rgn_setup_")).unwrap().to_owned()
}

fn redeem(site: &Site, token: &str, password: &str) -> Ended {
    redeem_with(site, token, password, &[])
}

fn redeem_with(site: &Site, token: &str, password: &str, options: &[&str]) -> Ended {
    let setup = [&["password", "setup", "--token-stdin", "--password-stdin"], options].concat();
    site.pipe(&setup, &format!("{token}\n{password}\n"))
}

fn events(site: &Site, outcome: &str, code: &str) -> usize {
    let events = site.events("updateUserPwdByEmail").into_iter();
    events.filter(|event| event["outcome"] == outcome && event["code"] == code).count()
}

#[test]
fn a_token_sets_the_password_once() {
    let site = site();
    let token = token(&site, "t");
    insta::assert_snapshot!(site.shown(&redeem(&site, &token, NEW)), @"
    exit 0
    --- stderr
    The password of acme/alice is set.
    hint: log in with the new password: `regain login acme/alice`
    ");
    assert_eq!(site.judged("acme/alice", NEW), 0, "it need not be changed: nobody else knows it");
    let again = redeem(&site, &token, OTHER);
    insta::assert_snapshot!(site.shown(&again), @"
    exit 11
    --- stderr
    error: the setup token is wrong, used, or too old
    hint: ask your administrator or the help desk for a new one
    ");
    assert_eq!((site.judged("acme/alice", NEW), site.judged("acme/alice", OTHER)), (0, 11));
    assert_eq!(events(&site, "failure", "token_spent"), 1);
    let told = site.mails_to("alice@example.com").pop().unwrap();
    assert!(told.contains("The password of acme/alice was set with a setup token, at "), "{told}");
}

#[test]
fn the_object_that_changed_is_shown() {
    let site = site();
    let token = token(&site, "t");
    let user = redeem_with(&site, &token, NEW, &["-o", "json"]).succeeded().json();
    assert_eq!(
        ["name", "password_set", "must_change", "password_expires_at"].map(|key| user[key].clone()),
        ["alice".into(), true.into(), false.into(), serde_json::Value::Null]
    );
}

#[test]
fn k9_a_slip_is_told_from_a_token_that_is_wrong() {
    let site = site();
    let real = token(&site, "t");
    let last = if real.ends_with('A') { "B" } else { "A" };
    let slip = format!("{}{last}", &real[..real.len() - 1]);
    for malformed in
        [slip.as_str(), "", "rgn_setup_", "rgn_setup_é", &real[1..], &real[..real.len() - 1], NEW]
    {
        let before = site.digest();
        let ended = redeem(&site, malformed, NEW);
        assert_eq!(ended.code, 2, "{malformed:?}: {ended:?}");
        assert!(!ended.stderr.contains("rgn_setup_é") && !ended.stderr.contains(NEW), "{ended:?}");
        assert_eq!(site.digest(), before, "{malformed:?}");
    }
    insta::assert_snapshot!(site.shown(&redeem(&site, &slip, NEW)), @"
    exit 2
    --- stderr
    error: this is no setup token: a character of it is wrong or missing
    hint: copy the whole line, from rgn_setup_ on
    ");
    // Well made, and nobody's.
    let strange = token(&self::site(), "t");
    insta::assert_snapshot!(site.shown(&redeem_with(&site, &strange, NEW, &["-o", "json"])), @r#"
    exit 11
    --- stderr
    {"error":{"kind":"denied","message":"the setup token is wrong, used, or too old","reason":"wrong_token","causes":[],"hints":["ask your administrator or the help desk for a new one"]}}
    "#);
    assert_eq!(events(&site, "failure", "unknown_token"), 1);
    // The spaces that copying brings are no part of it.
    redeem(&site, &format!("  {real} \r"), NEW).succeeded();
}

#[test]
fn an_expired_token_opens_nothing() {
    let site = site();
    let reset = ["admin-reset", "acme/alice", "--setup", "--expires", "1s", "--secrets-to", "t"];
    site.json(&reset);
    let token = site.secrets("t")[0][2].clone();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(redeem(&site, &token, NEW).code, 11);
    assert_eq!(site.judged("acme/alice", NEW), 11);
    assert_eq!(site.only("setup_tokens")["state"], "expired");
}

#[test]
fn a_newer_token_ends_the_one_before() {
    let site = site();
    let (old, new) = (token(&site, "old"), token(&site, "new"));
    assert_eq!(redeem(&site, &old, NEW).code, 11);
    assert_eq!(site.judged("acme/alice", NEW), 11);
    redeem(&site, &new, NEW).succeeded();
    let tokens = site.rows("setup_tokens");
    let states: Vec<&str> = tokens.iter().map(|token| token.text("state")).collect();
    assert_eq!(states, ["superseded", "used"]);
}

#[test]
fn a_password_set_otherwise_ends_the_token() {
    let site = site();
    let token = token(&site, "t");
    site.pipe(&["admin-reset", "acme/alice", "--password-stdin", "-y"], NEW).succeeded();
    assert_eq!(redeem(&site, &token, OTHER).code, 11);
    assert_eq!((site.judged("acme/alice", NEW), site.judged("acme/alice", OTHER)), (12, 11));
}

#[test]
fn k7_a_refused_password_does_not_use_the_token_up() {
    let site = site();
    site.pipe(&["admin-reset", "acme/alice", "--password-stdin", "-y"], NEW).succeeded();
    let token = token(&site, "t");
    // Weak, empty, without the last line, the present one: P6, P9.
    for (refused, code) in [("alice", 4), ("", 4), (NEW, 4), ("control\u{1}and more than fifteen", 2)] {
        let ended = redeem(&site, &token, refused);
        assert_eq!(ended.code, code, "{refused:?}: {ended:?}");
    }
    assert_eq!(site.pipe(&["password", "setup", "--token-stdin", "--password-stdin"], &token).code, 2);
    insta::assert_snapshot!(site.shown(&redeem(&site, &token, NEW)), @"
    exit 4
    --- stderr
    error: this password was used before
    hint: choose one that you have not had here
    ");
    assert_eq!(events(&site, "refused", "weak_password"), 1);
    assert_eq!(events(&site, "refused", "unusable_password"), 1);
    assert_eq!(events(&site, "refused", "reused_password"), 2);
    assert_eq!(site.count("setup_tokens", |token| token["state"] == "live"), 1);
    redeem(&site, &token, OTHER).succeeded();
    assert_eq!(site.judged("acme/alice", OTHER), 0);
}

#[test]
fn until_it_is_redeemed_the_old_password_works() {
    let site = site();
    site.pipe(&["admin-reset", "acme/alice", "--no-must-change", "--password-stdin", "-y"], NEW).succeeded();
    let token = token(&site, "t");
    assert_eq!(site.judged("acme/alice", NEW), 0);
    redeem(&site, &token, OTHER).succeeded();
    assert_eq!((site.judged("acme/alice", NEW), site.judged("acme/alice", OTHER)), (11, 0));
}

#[test]
fn a_mailed_token_verifies_the_address_it_went_to() {
    let site = site();
    site.run(&["user", "create", "acme/bob", "-y"]).succeeded();
    site.run(&["contact", "bind", "acme/bob", "--email", "bob@example.com", "-y"]).succeeded();
    let verified =
        || site.run(&["contact", "list", "acme/bob", "-o", "json"]).succeeded().json()[0]["verified"].clone();
    assert_eq!(verified(), false);
    insta::assert_snapshot!(site.shown(&site.run(&["admin-reset", "acme/bob", "--setup", "--dry-run"])), @"
    exit 0
    --- stdout
    user         acme/bob
    outcome      would do
    must change
    remarks
    --- stderr
      - a setup token for acme/bob, good for 24 hours, goes to b***@e***.com, which is not verified: using it verifies it
    ");
    site.json(&["admin-reset", "acme/bob", "--setup"]);
    assert_eq!(verified(), false, "sending proves nothing");
    redeem(&site, &mailed(&site, "bob@example.com"), NEW).succeeded();
    assert_eq!(verified(), true);
    site.sent("acme/bob", "bob@example.com");
    site.code_to("bob@example.com");
}

#[test]
fn a_token_that_was_handed_over_verifies_nothing() {
    let site = site();
    site.run(&["user", "create", "acme/bob", "-y"]).succeeded();
    site.run(&["contact", "bind", "acme/bob", "--email", "bob@example.com", "-y"]).succeeded();
    site.json(&["admin-reset", "acme/bob", "--setup", "--secrets-to", "t"]);
    redeem(&site, &site.secrets("t")[0][2], NEW).succeeded();
    let contacts = site.run(&["contact", "list", "acme/bob", "-o", "json"]).succeeded().json();
    assert_eq!(contacts[0]["verified"], false);
}

#[test]
fn s5_a_token_mailed_to_a_contact_that_was_changed_is_worth_nothing() {
    let site = site();
    site.json(&["admin-reset", "acme/alice", "--setup"]);
    let token = mailed(&site, "alice@example.com");
    let bind = ["contact", "bind", "acme/alice", "--email", "new@example.com", "--verified", "-y"];
    site.run(&bind).succeeded();
    assert_eq!(redeem(&site, &token, NEW).code, 11);
    assert_eq!(site.judged("acme/alice", NEW), 11);
}

#[test]
fn nobody_who_is_disabled_sets_a_password() {
    let site = site();
    let token = token(&site, "t");
    site.json(&["user", "disable", "acme/alice"]);
    assert_eq!(redeem(&site, &token, NEW).code, 11);
    assert_eq!(events(&site, "failure", "disabled"), 1);
    site.json(&["user", "enable", "acme/alice"]);
    redeem(&site, &token, NEW).succeeded();
}

#[test]
fn s7_success_ends_codes_and_requests_and_moves_the_epoch() {
    let site = site();
    let token = token(&site, "t");
    let (waiting, proved) =
        (site.sent("acme/alice", "alice@example.com"), site.sent("acme/alice", "alice@example.com"));
    site.verify(&proved, &site.code_to("alice@example.com")).succeeded();
    let epoch = || site.run(&["user", "show", "acme/alice", "-o", "json"]).json()["epoch"].as_u64().unwrap();
    let before = epoch();
    redeem(&site, &token, NEW).succeeded();
    assert_eq!(epoch(), before + 1);
    assert_eq!(
        site.count("codes", |code| code["open"] == 1 || ["queued", "sent"].contains(&code.text("state"))),
        0
    );
    assert_eq!(site.set_password(&proved, OTHER).code, 4);
    assert_eq!(site.run(&["request", "send", &waiting, "--method", "account"]).code, 4);
    assert_eq!(site.judged("acme/alice", NEW), 0);
}

#[test]
fn a_lock_outlives_a_setup_token() {
    let site = site();
    site.pipe(&["admin-reset", "acme/alice", "--no-must-change", "--password-stdin", "-y"], NEW).succeeded();
    for _ in 0..5 {
        site.judged("acme/alice", "wrong");
    }
    redeem(&site, &token(&site, "t"), OTHER).succeeded();
    assert_eq!(site.judged("acme/alice", OTHER), 11, "still locked");
    site.json(&["user", "enable", "acme/alice", "--unlock"]);
    assert_eq!(site.judged("acme/alice", OTHER), 0);
}

#[test]
fn without_a_terminal_it_says_what_it_needs() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["password", "setup"])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --token-stdin to answer
    ");
    let token = token(&site, "t");
    insta::assert_snapshot!(site.shown(&site.pipe(&["password", "setup", "--token-stdin"], &token)), @"
    exit 9
    --- stderr
    This sets the password of acme/alice.
    error: this needs an answer, and there is no terminal to ask at
    hint: give --password-stdin to answer
    ");
    redeem(&site, &token, NEW).succeeded();
}

#[test]
fn k4_many_at_once_redeem_it_once() {
    let site = site();
    let token = token(&site, "t");
    let start = |at: usize| {
        let mut setup = site.command(&["password", "setup", "--token-stdin", "--password-stdin"]);
        let child = setup.stdin(std::process::Stdio::piped()).spawn().unwrap();
        (child, format!("{token}\n{NEW} of number {at}\n"))
    };
    let running: Vec<_> = (0..6).map(start).collect();
    let threads: Vec<_> = running
        .into_iter()
        .map(|(child, input)| std::thread::spawn(move || crate::site::ended(child, &input).code))
        .collect();
    let mut codes: Vec<i32> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 11, 11, 11, 11, 11]);
}
