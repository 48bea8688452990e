//! What became of codes and setup tokens that did not leave, or that something ended: told as it was.

use serde_json::{Value, json};

use super::codes::{ALICE, OPEN, newest, site_with};
use crate::site::{Ended, Site, later};

/// A mail server that never takes anything for now.
const DOWN: &str = "[delivery.email]\ntransport = \"command\"\nargv = [\"/bin/sh\", \"-c\", \"echo disk full >&2; exit 75\"]\n";
/// One that refuses everything.
const NO: &str = "[delivery.email]\ntransport = \"command\"\nargv = [\"/bin/sh\", \"-c\", \"echo no such user >&2; exit 67\"]\n";

fn asked(site: &Site) {
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
}

fn answer_in(explained: Ended, site: &Site) -> String {
    let found = explained.succeeded().json();
    let lines =
        ["cause", "told", "next"].map(|key| found["answer"][key].as_str().unwrap_or("nothing").to_owned());
    site.normalised(&lines.join("\n"))
}

const EXPLAIN: [&str; 5] = ["codes", "explain", "acme/alice", "-o", "json"];

fn answer(site: &Site) -> String {
    answer_in(site.run(&EXPLAIN), site)
}

/// What happened, in words.
fn told(explained: Ended, site: &Site) -> String {
    let found = explained.succeeded().json();
    let lines: Vec<&str> =
        found["timeline"].as_array().unwrap().iter().map(|line| line["told"].as_str().unwrap()).collect();
    counted(&site.normalised(&lines.join("\n")))
}

/// How often a worker tries in a while hangs on how fast it is.
fn counted(told: &str) -> String {
    regex::Regex::new(r"(?m)^\d+ tries").unwrap().replace_all(told, "N tries").into_owned()
}

fn next(site: &Site) -> String {
    let shown = site.run(&["user", "diagnose", "acme/alice", "-o", "json"]).succeeded().json();
    let lines: Vec<&str> =
        shown["next"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    site.normalised(&lines.join("\n"))
}

#[test]
fn a_code_that_never_left_failed_and_was_not_left_to_lie() {
    let site = site_with(&format!("{OPEN}{DOWN}"));
    asked(&site);
    site.run(&["delivery", "run"]);
    // Looked at before the worker comes back: nothing was handed over, whoever may have waited for it.
    let Some(early) = later(&site, "+12m", &EXPLAIN, "") else { return };
    insta::assert_snapshot!(answer_in(early, &site), @"
    expired_before_sending
    The latest code expired before it could be handed over: the last try failed to hand the message over: the program ended with 75: disk full.
    `regain doctor` shows why; then have them ask for a new code.
    ");
    assert_eq!(newest(&site)[..2], [json!("failed"), json!("not_sent_in_time")]);
    assert_eq!(later(&site, "+12m", &["delivery", "run"], "").unwrap().code, 8);
    insta::assert_snapshot!(answer_in(later(&site, "+12m", &EXPLAIN, "").unwrap(), &site), @"
    undeliverable
    The latest code was given up: it expired before it could be sent; the last try failed to hand the message over: the program ended with 75: disk full.
    An administrator finds the step that fails: `regain delivery test --email ADDRESS`.
    ");
    insta::assert_snapshot!(told(later(&site, "+12m", &EXPLAIN, "").unwrap(), &site), @"
    Started to reset the password
    A code was made for a***@e***.com
    N tries failed to hand the message over: the program ended with 75: disk full; the last was on TIME
    It was given up: it expired before it could be sent; the last try failed to hand the message over: the program ended with 75: disk full
    ");
    let fate = ["codes", "list", "acme/alice", "-o", "json"];
    let list = later(&site, "+12m", &fate, "").unwrap().succeeded().json();
    assert_eq!(list[0]["state"], "failed");
    insta::assert_snapshot!(list[0]["state_reason"].as_str().unwrap(), @"it expired before it could be sent; the last \
        try failed to hand the message over: the program ended with 75: disk full");
    insta::assert_snapshot!(site.normalised(&next_at(&site, "+12m")), @"
    They can reset the password by themselves: `regain password reset acme/alice`.
    The latest code has not been sent yet: on TIME it expired before it could be sent; the last try failed to hand the message over: the program ended with 75: disk full; an administrator finds the step that fails: `regain delivery test --email ADDRESS`.
    ");
}

fn next_at(site: &Site, span: &str) -> String {
    let shown = later(site, span, &["user", "diagnose", "acme/alice", "-o", "json"], "").unwrap();
    let shown = shown.succeeded().json();
    shown["next"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_code_that_an_operator_ended_is_told_as_one() {
    let site = site_with(OPEN);
    site.sent("acme/alice", ALICE);
    site.deliver();
    site.run(&["codes", "revoke", "acme/alice", "-y"]).succeeded();
    insta::assert_snapshot!(answer(&site), @"
    operator
    The code was ended: by an operator.
    Have them ask for a new code.
    ");
    asked(&site);
    site.deliver();
    site.run(&["codes", "revoke", "--all", "-y"]).succeeded();
    insta::assert_snapshot!(answer(&site), @"
    operator
    The code was ended: by an operator.
    Have them ask for a new code.
    ");
    insta::assert_snapshot!(told(site.run(&EXPLAIN), &site), @"
    Started to reset the password
    A code was made for a***@e***.com
    Handed over for a***@e***.com
    The code was ended: by an operator
    Started to reset the password
    A code was made for a***@e***.com
    Handed over for a***@e***.com
    The code was ended: by an operator
    ");
    let other = site_with(OPEN);
    other.run(&["codes", "revoke", "acme/alice", "-y"]).succeeded();
    assert_eq!(told(other.run(&EXPLAIN), &other), "", "nothing ended");
    // What else ends codes.
    asked(&other);
    other.deliver();
    other
        .pipe(&["admin-reset", "acme/alice", "--password-stdin", "-y"], "an entirely fresh passphrase")
        .succeeded();
    insta::assert_snapshot!(answer(&other), @"
    password_changed
    The code was ended: the password was changed.
    Have them ask for a new code.
    ");
}

#[test]
fn revoking_what_is_on_its_way_keeps_it_here() {
    let site = site_with(OPEN);
    site.run(&["admin-reset", "acme/alice", "--setup", "-y"]).succeeded();
    asked(&site);
    assert_eq!(site.json(&["codes", "revoke", "acme/alice"]), json!({"revoked": 2, "changed": true}));
    site.deliver();
    assert_eq!(site.mails_to(ALICE).len(), 0);
}

#[test]
fn a_setup_token_that_did_not_leave_is_told() {
    let site = site_with(&format!("{OPEN}{DOWN}"));
    site.run(&["admin-reset", "acme/alice", "--setup", "-y"]).succeeded();
    insta::assert_snapshot!(answer(&site), @"
    setup_token_waiting
    A setup token for a***@e***.com has been waiting to be handed over since TIME.
    `regain delivery status` shows whether messages are handed over.
    ");
    site.run(&["delivery", "run"]);
    insta::assert_snapshot!(answer(&site), @"
    setup_token_being_retried
    A setup token for a***@e***.com is still on its way: the last try failed to hand the message over: the program ended with 75: disk full.
    It is retried automatically until it expires; an administrator finds the cause with `regain delivery test --email ADDRESS`.
    ");
    site.configure(&format!("{OPEN}{NO}"));
    site.run(&["admin-reset", "acme/alice", "--setup", "-y"]).succeeded();
    insta::assert_snapshot!(site.shown(&site.run(&["delivery", "run"])), @"
    exit 8
    --- stderr
    Handed over 0 messages; gave up 1 message.
    error: failed to hand over the waiting messages: some messages were given up
    hint: `regain delivery status` shows what the last failure was; `regain codes list` shows which codes failed, and why
    ");
    insta::assert_snapshot!(answer(&site), @"
    setup_token_undeliverable
    A setup token for a***@e***.com was given up: the last try failed to hand the message over: the program ended with 67: no such user.
    An administrator finds the step that fails: `regain delivery test --email ADDRESS`; then `regain admin-reset acme/alice --setup` sends another.
    ");
    insta::assert_snapshot!(next(&site), @"
    They can reset the password by themselves: `regain password reset acme/alice`.
    A setup token is good until TIME, but has not been sent yet: on TIME the last try failed to hand the message over: the program ended with 67: no such user; an administrator finds the step that fails: `regain delivery test --email ADDRESS`; then `regain admin-reset acme/alice --setup` sends another.
    ");
    site.configure(OPEN);
    site.run(&["admin-reset", "acme/alice", "--setup", "-y"]).succeeded();
    site.deliver();
    insta::assert_snapshot!(answer(&site), @"
    setup_token_handed_over
    A setup token was handed over for a***@e***.com at TIME. Nothing more is known.
    Have them check the junk folder; `regain admin-reset acme/alice --setup` sends another.
    ");
    assert!(next(&site).contains("`regain password setup` accepts it"), "{}", next(&site));
    // A code that was asked for since counts more.
    asked(&site);
    assert!(answer(&site).starts_with("waiting\n"), "{}", answer(&site));
}

#[test]
fn whoever_is_locked_is_told_so_first() {
    let site = site_with(OPEN);
    site.pipe(&["admin-reset", "acme/alice", "--password-stdin", "-y"], "an entirely fresh passphrase")
        .succeeded();
    for _ in 0..5 {
        assert_eq!(site.judged("acme/alice", "wrong"), 11);
    }
    insta::assert_snapshot!(answer(&site), @"
    locked
    acme/alice is locked until TIME: too many wrong passwords were entered.
    Wait, or reset with a code, or `regain user enable acme/alice --unlock`.
    ");
    asked(&site);
    insta::assert_snapshot!(answer(&site), @"
    waiting
    The latest code has been waiting to be handed over since TIME. acme/alice is locked until TIME: too many wrong passwords were entered.
    `regain delivery status` shows whether messages are handed over.
    ");
}

#[test]
fn a_captcha_that_was_answered_wrongly_is_told_as_that() {
    let site = site_with("[captcha]\nmode = \"work\"\n");
    let begun = site.run(&["request", "start", "acme/alice", "-o", "json"]).succeeded().json();
    let id = begun["id"].as_str().unwrap();
    assert_eq!(site.pipe(&["request", "captcha", id, "--answer-stdin"], "1\n").code, 11);
    insta::assert_snapshot!(answer(&site), @"
    captcha
    A reset was started, and its CAPTCHA was answered wrongly: no code was asked for.
    Have them type the characters of the picture, or `work` if they cannot see it.
    ");
}

#[test]
fn k5_a_clock_that_was_set_back_is_named() {
    let site = site_with(OPEN);
    asked(&site);
    let Some(ran) = later(&site, "-3m", &["delivery", "run"], "") else { return };
    insta::assert_snapshot!(site.shown(&ran), @"
    exit 0
    --- stderr
    Handed over 0 messages; dropped 1 message whose codes had ended.
    ");
    let list = later(&site, "-3m", &["codes", "list", "acme/alice"], "").unwrap();
    insta::assert_snapshot!(site.shown(&list), @"
    exit 0
    --- stdout
    ID                            USER        FOR    TO             STATE    WHY                                                                         TRIES LEFT  ASKED FOR             EXPIRES
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    cod_ID  acme/alice  reset  a***@e***.com  expired  the clock was set back, which ends every code; have them ask for a new one  5           TIME  TIME
    ");
    insta::assert_snapshot!(answer_in(later(&site, "-3m", &EXPLAIN, "").unwrap(), &site), @"
    clock_went_back
    The clock was set back, which ends every code.
    Have them ask for a new code.
    ");
    insta::assert_snapshot!(told(later(&site, "-3m", &EXPLAIN, "").unwrap(), &site), @"
    The clock was set back, which ends every code
    Started to reset the password
    A code was made for a***@e***.com
    ");
    assert_eq!(site.mails_to(ALICE).len(), 0, "a code that is worth nothing stays here");
}

#[test]
fn tries_that_fail_alike_are_one_line_with_who_can_mend_it() {
    let site = site_with(&format!("{OPEN}{DOWN}"));
    asked(&site);
    for span in ["+1s", "+20s", "+60s", "+120s"] {
        if later(&site, span, &["delivery", "run"], "").is_none() {
            return;
        }
    }
    let found: Value = later(&site, "+120s", &EXPLAIN, "").unwrap().succeeded().json();
    let lines = found["timeline"].as_array().unwrap();
    assert_eq!(lines.len(), 3, "{found:#}");
    insta::assert_snapshot!(counted(&site.normalised(lines[2]["told"].as_str().unwrap())), @"N tries failed to hand the message over: the program ended with 75: disk full; the last was on TIME");
    insta::assert_snapshot!(lines[2]["next"].as_str().unwrap(), @"it is retried automatically until it expires; an \
        administrator finds the cause with `regain delivery test --email ADDRESS`");
    insta::assert_snapshot!(next_at(&site, "+120s").lines().nth(1).map(|line| site.normalised(line)).unwrap(), @"The \
        latest code has not been sent yet: on TIME the last try failed to hand the message over: the program ended \
        with 75: disk full; it is retried automatically until it expires; an administrator finds the cause with \
        `regain delivery test --email ADDRESS`.");
}
