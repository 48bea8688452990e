//! `regain request disown`: "this was not me" blocks until an operator has looked.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use crate::site::{Ended, Site, later};

pub(super) const ALICE: &str = "alice@example.com";
const MOBILE: &str = "+4915112345678";
const PASSWORD: &str = "correct horse battery staple 9";
const NEW: &str = "vivid anchor 42 mellow tundra";
const HELPER: u32 = 61_236;

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site.unprotected("acme");
    site.run(&["contact", "bind", "acme/alice", "--mobile", MOBILE, "--verified", "-y", "-q"]).succeeded();
    site.deliver();
    site
}

/// The reference in the newest message to an address.
pub(super) fn reference(site: &Site, to: &str) -> String {
    static REFERENCE: LazyLock<Regex> = LazyLock::new(|| Regex::new("[a-z]{5}-[a-z]{5}-[a-z]{5}").unwrap());
    let mail = site.mails_to(to).pop().unwrap();
    REFERENCE.find(&mail).unwrap_or_else(|| panic!("{mail}")).as_str().to_owned()
}

fn disown(site: &Site, reference: &str) -> Ended {
    site.run(&["request", "disown", reference])
}

/// Somebody changed the password.
fn changed(site: &Site) {
    let change = ["password", "change", "acme/alice", "--password-stdin", "-q"];
    site.pipe(&change, &format!("{PASSWORD}\n{NEW}\n")).succeeded();
}

#[test]
fn whoever_says_it_was_not_them_is_blocked_until_somebody_looks() {
    let site = site();
    let request = site.sent("acme/alice", ALICE);
    changed(&site);
    let reference = reference(&site, MOBILE);
    insta::assert_snapshot!(site.shown(&disown(&site, &reference.replace('-', " ").to_uppercase())), @"
    exit 0
    --- stderr
    Received. If the reference is right and not too old, the code or change that it stands for has been stopped. After a change, nobody can sign in or reset the password until an administrator has looked into it.
    Talk to your administrator (the owner of an account: customer service) now, even if it was a mistake: only they can end the block.
    ");
    let show = site.run(&["user", "show", "acme/alice", "-o", "json"]).succeeded().json();
    assert_eq!((&show["password_set"], show["disowned_at"].is_string()), (&json!(false), true), "{show}");
    for password in [PASSWORD, NEW] {
        assert_eq!(site.judged("acme/alice", password), 11);
    }
    assert_eq!(site.run(&["request", "show", &request, "-o", "json"]).json()["state"], "cancelled");
    // A reset by code is withheld, with its own reason.
    let request = site.sent("acme/alice", ALICE);
    assert_eq!(site.row("codes", "request_id", &request)["state_reason"], "disowned");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "diagnose", "acme/alice"])), @r#"
    exit 0
    --- stdout
    acme/alice (IAM user), usr_ID
    Can sign in: no (blocked until an administrator looks, no password is set).
    Can reset the password alone: no (blocked until an operator looks).

    What to do next
    - It has been blocked since TIME: somebody said that "password changed" was not theirs. Find out who they are and what happened; then an administrator ends it: `regain user enable acme/alice --unlock`.

    password      none, 2 wrong ones since the last right one
    contacts      a***@e***.com receives none: blocked until an operator looks; +49***78 receives none: blocked until an operator looks
    sign-ins      TIME failed: disowned, from SOMEBODY
                  TIME failed: disowned, from SOMEBODY
    latest code   TIME to nobody, failed: they reported a change that was not theirs, and are blocked; look into it, then `regain user enable acme/alice --unlock`
    live request  waits to enter the code, until TIME; no code goes out
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "readiness", "acme"])), @"
    exit 0
    --- stdout
    USER        CAN RECOVER  WHY                              BESIDES
    ─────────────────────────────────────────────────────────────────────────
    acme/alice  no           blocked until an operator looks  never signed in
    --- stderr
    1 of 2 could not recover today.
      blocked until an operator looks  1
    Besides, of these: 1 never signed in.
    ");
    // An administrator's reset works, and leaves the block.
    insta::assert_snapshot!(site.shown(&site.pipe(&["admin-reset", "acme/alice", "--password-stdin", "--no-must-change", "-y"], "some other passphrase")), @r#"
    exit 0
    --- stderr
    Reset the password of acme/alice.
    Note: acme/alice stays blocked, because of "password changed"; --unlock ends the block.
    "#);
    assert_eq!(site.judged("acme/alice", "some other passphrase"), 11);
    let setup = ["admin-reset", "acme/alice", "--setup", "--secrets-to", "token", "-y", "-q"];
    site.run(&setup).succeeded();
    let [_, _, token] = site.secrets("token").remove(0);
    let redeem = ["password", "setup", "--token-stdin", "--password-stdin"];
    assert_eq!(site.pipe(&redeem, &format!("{token}\nsome more passphrase\n")).code, 11);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "enable", "acme/alice", "--unlock", "--dry-run"])), @r#"
    exit 0
    --- stdout
    would happen  acme/alice is no longer blocked; it was since TIME, because of "password changed"; acme/alice is unlocked, and its failed sign-ins are forgotten
    "#);
    site.run(&["user", "enable", "acme/alice", "--unlock", "-y"]).succeeded();
    assert_eq!(site.judged("acme/alice", "some other passphrase"), 0);
    // The password that was taken away is a former one.
    assert_eq!(site.rows("password_history").len(), 3);
    let kept = ["disowned_at", "disowned_notice", "disowned_about", "disowned_key", "disowned_sealed"];
    assert_eq!(site.count("users", |user| kept.iter().any(|column| user.has(column))), 0);
}

#[test]
fn the_event_names_the_change_and_every_contact_is_told() {
    let site = site();
    changed(&site);
    let reference = reference(&site, ALICE);
    disown(&site, &reference).succeeded();
    let event = site.event("disownChange");
    assert_eq!(event["detail"]["about"], "password_changed");
    assert_eq!(event.line(&["outcome", "rating", "target"]), "success incident acme/alice");
    for to in [ALICE, MOBILE] {
        let told = site.mails_to(to).pop().unwrap();
        assert!(told.contains("\nSubject: Your identity was blocked\n"), "{told}");
    }
    assert_eq!(site.run(&["audit", "verify"]).code, 0);
    assert_eq!(site.run(&["store", "check"]).code, 0);
}

#[test]
fn a_reference_is_good_for_a_week() {
    let site = site();
    changed(&site);
    let reference = reference(&site, ALICE);
    if let Some(late) = later(&site, "+7d", &["request", "disown", &reference, "-o", "json"], "") {
        assert_eq!((late.code, site.blocked()), (0, 0));
    }
}

#[test]
fn s7_of_two_live_references_disowning_one_ends_the_other() {
    for older_first in [true, false] {
        let site = site();
        let of_bind = reference(&site, ALICE);
        changed(&site);
        let of_change = reference(&site, ALICE);
        assert_ne!(of_bind, of_change);
        let (used, other) = if older_first { (of_bind, of_change) } else { (of_change, of_bind) };
        disown(&site, &used).succeeded();
        assert_eq!(site.blocked(), 1);
        site.run(&["user", "enable", "acme/alice", "--unlock", "-y", "-q"]).succeeded();
        // The one that was used is good once, and the other one ended with it: neither blocks her again.
        for reference in [used, other] {
            disown(&site, &reference).succeeded();
            assert_eq!(site.blocked(), 0);
            assert_eq!(site.event("disownChange")["code"], "reference_spent");
        }
    }
}

#[test]
fn k6_whoever_has_tried_too_often_disowns_nothing_with_the_right_reference_either() {
    let site = site();
    changed(&site);
    let right = reference(&site, ALICE);
    site.configure("[budgets]\nsource_per_hour = 1\n");
    disown(&site, "bdfgh-jkmnp-qrstv").succeeded();
    disown(&site, &right).succeeded();
    assert_eq!(site.blocked(), 0);
    site.configure("[budgets]\nsource_per_hour = 100\n");
    disown(&site, &right).succeeded();
    assert_eq!(site.blocked(), 1, "it was not used up");
}

#[test]
fn a_code_that_nobody_asked_for_ends_with_its_request_and_blocks_nobody() {
    let site = site();
    let request = site.sent("acme/alice", ALICE);
    let code = site.code_to(ALICE);
    disown(&site, &reference(&site, ALICE)).succeeded();
    assert_eq!(site.verify(&request, &code).code, 4);
    assert_eq!(site.run(&["request", "show", &request, "-o", "json"]).json()["state"], "cancelled");
    assert_eq!(site.judged("acme/alice", PASSWORD), 0);
    assert_eq!(site.event("disownCode")["outcome"], "success");
}

#[test]
fn whoever_has_the_password_and_wants_another_contact_is_stopped() {
    let site = site();
    let change = [
        "contact",
        "change",
        "acme/alice",
        "--email",
        "thief@example.com",
        "--password-stdin",
        "--code-stdin",
    ];
    assert_ne!(site.pipe(&change, &format!("{PASSWORD}\n000000\n000000\n")).code, 0);
    disown(&site, &reference(&site, ALICE)).succeeded();
    assert_eq!(site.judged("acme/alice", PASSWORD), 11);
    assert_eq!(site.row("users", "name", "alice")["disowned_about"], "contact_change_asked_for");
}

#[test]
fn a_root_user_is_blocked_and_unlocked_alike() {
    let site = Site::new();
    site.account("acme");
    let policy = ["policy", "set", "acme", "password", "number_of_recent_passwords_disallowed=2", "-y"];
    site.run(&policy).succeeded();
    let id = site.sent("acme", "acme@example.com");
    site.verify(&id, &site.code_to("acme@example.com")).succeeded();
    site.set_password(&id, PASSWORD).succeeded();
    disown(&site, &reference(&site, "acme@example.com")).succeeded();
    assert_eq!(site.judged("acme", PASSWORD), 11);
    site.run(&["user", "enable", "acme", "--unlock", "-y"]).succeeded();
    assert_eq!(site.blocked(), 0);
    let id = site.sent("acme", "acme@example.com");
    site.verify(&id, &site.code_to("acme@example.com")).succeeded();
    // The password that was taken away is a former one.
    assert_eq!(site.set_password(&id, PASSWORD).code, 4);
}

#[test]
fn enabling_ends_no_block_and_says_so() {
    let site = site();
    changed(&site);
    disown(&site, &reference(&site, ALICE)).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&["user", "enable", "acme/alice", "--dry-run"])), @r#"
    exit 0
    --- stdout
    would happen  acme/alice has no password, and cannot sign in until one is set: `regain admin-reset acme/alice`; acme/alice stays blocked, because "password changed" was not theirs; `regain user enable acme/alice --unlock` ends the block
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "enable", "acme/alice", "-y"])), @r#"
    exit 0
    --- stderr
    Nothing to change: acme/alice has no password, and cannot sign in until one is set: `regain admin-reset acme/alice`; acme/alice stays blocked, because "password changed" was not theirs; `regain user enable acme/alice --unlock` ends the block.
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "enable", "acme/alice", "acme", "-y"])), @r#"
    exit 10
    --- stdout
    ROW  USER        OUTCOME    REMARKS
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    1    acme/alice  unchanged  acme/alice has no password, and cannot sign in until one is set: `regain admin-reset acme/alice`; acme/alice stays blocked, because "password changed" was not theirs; `regain user enable acme/alice --unlock` ends the block
    2    acme        failed     acme is a root user: it is managed with its account
    --- stderr
    error: 1 of 2 was not done
    "#);
    assert_eq!(site.blocked(), 1);
}

#[test]
fn an_approval_tells_that_a_block_outlasts_it() {
    let site = Site::new();
    let owner = "owner@acme.example";
    site.run(&["account", "create", "acme", "--kind", "unified", "--email", owner, "-y", "-q"]).succeeded();
    let form = format!("who = \"acme\"\nnew_mobile = \"{MOBILE}\"\n[history]\nlast_login = \"in May\"\n");
    let submitted = site.pipe(&["appeal", "submit", "--from", "-", "-o", "json"], &form).succeeded();
    let serial = submitted.json()["serial"].as_str().unwrap().to_owned();
    let bind = ["contact", "bind", "acme", "--email", "other@acme.example", "--verified", "-y", "-q"];
    site.run(&bind).succeeded();
    disown(&site, &reference(&site, owner)).succeeded();
    let stays = site.json(&["appeal", "show", &serial])["remarks"][0].clone();
    assert_eq!(
        stays,
        "acme stays blocked, because \"email replaced\" was not theirs; `regain user enable acme --unlock` ends the \
         block, and no code for a reset goes out before"
    );
    let effects = site.json(&["appeal", "approve", &serial, "--dry-run"])["effects"].clone();
    assert!(effects.as_array().unwrap().contains(&stays), "{effects}");
    insta::assert_snapshot!(site.shown(&site.run(&["appeal", "approve", &serial, "-y", "--reason", "seen"])), @r#"
    exit 0
    --- stderr
    Approved apl-SERIAL. The password can be reset before TIME, with the new mobile number.
    hint: the SMS tells them how: `regain password reset --appeal apl-SERIAL`, then `regain login`
    Note: acme stays blocked, because "email replaced" was not theirs; `regain user enable acme --unlock` ends the block, and no code for a reset goes out before.
    "#);
    assert_eq!(site.json(&["appeal", "show", &serial])["remarks"][0], stays);
}

#[test]
fn e6_the_help_desk_is_told_plainly() {
    let site = site();
    changed(&site);
    let right = reference(&site, ALICE);
    let wrong = "bdfgh-jkmnp-qrstv";
    let by = |reference: &str, rest: &[&str]| {
        site.run(&[&["request", "disown", reference, "--for-caller"], rest].concat())
    };
    insta::assert_snapshot!(site.shown(&by(wrong, &["-y"])), @"
    exit 3
    --- stderr
    error: there is no such reference
    hint: have it read out again, letter by letter
    ");
    insta::assert_snapshot!(site.shown(&by(&right, &["--dry-run"])), @r#"
    exit 0
    --- stdout
    would happen  acme/alice is blocked, because of "password changed": nobody can sign in or reset the password until `user enable --unlock`; the password of acme/alice is gone; sessions elsewhere can end; every live code, setup token and request of acme/alice ends; every verified contact is told
    "#);
    assert_eq!(site.judged("acme/alice", NEW), 0, "a dry run does nothing");
    insta::assert_snapshot!(site.shown(&by(&right, &["-y", "--ticket", "T-1"])), @r#"
    exit 0
    --- stderr
    Blocked acme/alice, because of "password changed".
    hint: when it is clear what happened, an administrator ends it: `regain user enable acme/alice --unlock`
    "#);
    assert_eq!(site.judged("acme/alice", NEW), 11);
    let mut events = site.events("disownChange");
    events.retain(|event| event["outcome"] == "success");
    assert_eq!(events[0]["ticket"], "T-1");
    insta::assert_snapshot!(site.shown(&by(&right, &["-y"])), @"
    exit 4
    --- stderr
    error: this reference was used already, is too old, or another one of the same person was used
    hint: look at the person: `regain user diagnose USER`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "disown", "hunter2"])), @"
    exit 2
    --- stderr
    error: a reference is three groups of five letters, such as bdfgh-jkmnp-qrstv
    hint: copy it from the message
    ");
}

#[test]
fn o2_support_disowns_for_a_caller_and_lifts_no_block() {
    let site = site();
    site.configure(&format!("[operators]\nsupport = [\"uid:{HELPER}\"]\n"));
    changed(&site);
    let right = reference(&site, ALICE);
    if !site.let_in(HELPER) {
        return;
    }
    let by = |arguments: &[&str]| site.run_as(HELPER, &[arguments, &["-y", "-o", "json"]].concat());
    assert_eq!(by(&["request", "disown", "bdfgh-jkmnp-qrstv"]).code, 3);
    let done = by(&["request", "disown", &right]).succeeded().json();
    assert_eq!((&done["about"], &done["blocked"]), (&json!("password_changed"), &json!(true)));
    assert!(!done.to_string().contains(ALICE), "{done}");
    assert_eq!(by(&["user", "enable", "acme/alice", "--unlock"]).code, 4);
}
