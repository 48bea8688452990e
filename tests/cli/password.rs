//! `regain password change`: as a wish, or because it must be.

use crate::site::{Ended, Site, later};

const OLD: &str = "correct horse battery staple";
const NEW: &str = "four other words altogether";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", OLD);
    // What is asked besides stands in protection.rs.
    site.unprotected("acme");
    site
}

fn change(site: &Site, user: &str, old: &str, new: &str) -> Ended {
    site.pipe(&["password", "change", user, "--password-stdin"], &format!("{old}\n{new}\n"))
}

fn verify(site: &Site, password: &str) -> i32 {
    site.pipe(&["verify", "acme/alice", "--password-stdin"], password).code
}

fn reset(site: &Site, password: &str) {
    let arguments = ["admin-reset", "acme/alice", "--password-stdin", "-y", "-q"];
    site.pipe(&arguments, password).succeeded();
}

#[test]
fn a_wish_is_granted_and_everybody_bound_is_told() {
    let site = site();
    let before = site.mails_to("alice@example.com").len();
    let id = site.sent("acme/alice", "alice@example.com");
    let code = site.code_to("alice@example.com");
    insta::assert_snapshot!(site.shown(&change(&site, "acme/alice", OLD, NEW)), @"
    exit 0
    --- stderr
    Changed the password of acme/alice.
    ");
    assert_eq!((verify(&site, OLD), verify(&site, NEW)), (11, 0));
    let mails = site.mails_to("alice@example.com");
    assert_eq!(mails.len(), before + 2, "the code, and the notice");
    assert!(mails[before + 1].contains("Subject: Your password was changed"), "{mails:?}");
    // S7: what was under way ends.
    assert_eq!(site.verify(&id, &code).code, 4);
    let event = site.event("changePassword");
    assert_eq!(event.line(&["outcome", "detail"]), r#"success {"forced":false}"#);
}

#[test]
fn programs_get_the_user_that_was_changed() {
    let site = site();
    let arguments = ["password", "change", "acme/alice", "--password-stdin", "-o", "json"];
    let user = site.pipe(&arguments, &format!("{OLD}\n{NEW}\n")).succeeded().json();
    assert_eq!((&user["name"], &user["must_change"]), (&"alice".into(), &false.into()));
    assert_eq!((&user["password_expires_at"], &user["epoch"]), (&serde_json::Value::Null, &2.into()));
}

#[test]
fn a_forced_change_is_made_with_the_given_password() {
    let site = site();
    // Also where the policy remembers none: who must change it cannot keep it.
    let none = ["policy", "set", "acme", "password", "number_of_recent_passwords_disallowed=0", "-y"];
    site.run(&none).succeeded();
    change(&site, "acme/alice", OLD, OLD).succeeded();
    reset(&site, NEW);
    assert_eq!(verify(&site, NEW), 12);
    insta::assert_snapshot!(site.shown(&change(&site, "acme/alice", NEW, NEW)), @"
    exit 4
    --- stderr
    error: this password was used before
    hint: choose one that you have not had here
    ");
    assert_eq!(verify(&site, NEW), 12);
    insta::assert_snapshot!(
        site.shown(&change(&site, "acme/alice", NEW, "something else to remember")), @"
    exit 0
    --- stderr
    Changed the password of acme/alice.
    ");
    assert_eq!(verify(&site, "something else to remember"), 0);
    assert_eq!(site.event("changePassword").line(&["detail"]), r#"{"forced":true}"#);
}

#[test]
fn one_that_was_used_before_is_refused() {
    let site = site();
    insta::assert_snapshot!(site.shown(&change(&site, "acme/alice", OLD, OLD)), @"
    exit 4
    --- stderr
    error: this password was used before
    hint: choose one that you have not had here
    ");
    let policy = ["policy", "set", "acme", "password", "number_of_recent_passwords_disallowed=2", "-y"];
    site.run(&policy).succeeded();
    change(&site, "acme/alice", OLD, NEW).succeeded();
    let json = ["password", "change", "acme/alice", "--password-stdin", "-o", "json"];
    let again = site.pipe(&json, &format!("{NEW}\n{OLD}\n"));
    assert_eq!((again.code, &again.error()["reason"]), (4, &"reused_password".into()));
    change(&site, "acme/alice", NEW, "something else to remember").succeeded();
    change(&site, "acme/alice", "something else to remember", OLD).succeeded();
}

#[test]
fn a_weak_one_is_refused_with_every_reason() {
    let site = site();
    let run = |new: &str| site.shown(&change(&site, "acme/alice", OLD, new));
    insta::assert_snapshot!(run("short"), @"
    exit 4
    --- stderr
    error: the password is too weak
    caused by: the password is too short: use at least 15 characters; four or more random words are easy to type and hard to guess
    caused by: the password is a common word or pattern, or one that is repeated or has digits and signs around it, which attackers try first: use four or more random words
    ");
    insta::assert_snapshot!(run("passwordpassword"), @"
    exit 4
    --- stderr
    error: the password is a common word or pattern, or one that is repeated or has digits and signs around it, which attackers try first: use four or more random words
    ");
    insta::assert_snapshot!(run("alicealicealicealice"), @"
    exit 4
    --- stderr
    error: the password is made of names that belong to this account: use words that have nothing to do with the user, the account or their addresses
    ");
    insta::assert_snapshot!(run(""), @"
    exit 4
    --- stderr
    error: the password is empty
    ");
    insta::assert_snapshot!(run(&"long ".repeat(26)), @"
    exit 4
    --- stderr
    error: the password is too weak
    caused by: the password is too long: use at most 128 characters, because nothing is ever cut off
    caused by: the password is a common word or pattern, or one that is repeated or has digits and signs around it, which attackers try first: use four or more random words
    ");
    let json = ["password", "change", "acme/alice", "--password-stdin", "-o", "json"];
    insta::assert_snapshot!(site.shown(&site.pipe(&json, &format!("{OLD}\nshort\n"))), @r#"
    exit 4
    --- stderr
    {"error":{"kind":"refused","message":"the password is too weak","reason":"weak_password","causes":["the password is too short: use at least 15 characters; four or more random words are easy to type and hard to guess","the password is a common word or pattern, or one that is repeated or has digits and signs around it, which attackers try first: use four or more random words"],"hints":[]}}
    "#);
    assert_eq!(site.event("changePassword").line(&["outcome", "code"]), "refused weak_password");
    assert_eq!(verify(&site, OLD), 0);
}

#[test]
fn e1_a_wrong_old_password_and_an_unknown_person_look_the_same() {
    let site = site();
    for user in ["acme/alice", "acme/nobody", "nowhere/alice", "nobody@example.com", "acme"] {
        let ended = change(&site, user, "wrong", NEW);
        insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&ended), @"
        exit 11
        --- stderr
        error: the user name or password is wrong, or this user cannot sign in now
        hint: forgotten? `regain password reset`
        hint: sure that it is right? `regain faq locked` explains why it may not work now
        "); }
        assert_eq!(site.event("").line(&["action", "outcome"]), "changePassword failure");
    }
}

#[test]
fn guessing_the_old_password_locks() {
    let site = site();
    for _ in 0..5 {
        change(&site, "acme/alice", "wrong", NEW);
    }
    assert_eq!(change(&site, "acme/alice", OLD, NEW).code, 11);
    assert_eq!(verify(&site, OLD), 11);
}

#[test]
fn a_young_password_is_kept_for_its_minimum_age_unless_it_must_be_changed() {
    let site = site();
    site.run(&["policy", "set", "acme", "password", "minimum_password_age=60", "-y"]).succeeded();
    insta::assert_snapshot!(site.shown(&change(&site, "acme/alice", OLD, NEW)), @"
    exit 4
    --- stderr
    error: the password was changed recently and cannot be changed again before TIME
    ");
    assert_eq!(verify(&site, OLD), 0);
    // Neither a code nor an administrator is held up, and then the change is forced.
    reset(&site, NEW);
    change(&site, "acme/alice", NEW, "something else to remember").succeeded();
    let id = site.sent("acme/alice", "alice@example.com");
    site.verify(&id, &site.code_to("alice@example.com")).succeeded();
    site.set_password(&id, "by a code and not too young").succeeded();
    let arguments = ["password", "change", "acme/alice", "--password-stdin"];
    let input = format!("by a code and not too young\n{NEW}\n");
    let at = |span: &str| later(&site, span, &arguments, &input);
    let (Some(early), Some(late)) = (at("+59m"), at("+61m")) else { return };
    assert_eq!((early.code, late.code), (4, 0), "{early:?} {late:?}");
}

#[test]
fn both_passwords_are_needed_and_nothing_is_asked() {
    let site = site();
    let arguments = ["password", "change", "acme/alice", "--password-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&arguments, &format!("{OLD}\n"))), @"
    exit 2
    --- stderr
    error: --password-stdin: the input ended before the secret
    hint: give one secret a line on standard input
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["password", "change", "acme/alice"])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --password-stdin to answer
    ");
    assert_eq!(verify(&site, OLD), 0);
}

#[test]
fn a_dry_run_says_nothing_about_the_person() {
    let site = site();
    let run = |user: &str| {
        let shown = site.shown(&site.run(&["password", "change", user, "--dry-run"]));
        shown.replace(user, "USER")
    };
    let before = site.counts();
    insta::assert_snapshot!(run("acme/alice"), @"
    exit 0
    --- stdout
    would happen  if the old password is right, the new one takes its place for USER; every code, setup token and reset request of theirs ends, and every bound contact is told
    ");
    assert_eq!(run("acme/nobody"), run("acme/alice"));
    assert_eq!(site.counts(), before);
}
