//! `regain codes explain`: why a code did not come, from the records.

use serde_json::Value;

use super::codes::{ALICE, OPEN, site, site_with};
use crate::site::{Site, later, not};

/// Somebody at the help desk.
const SUPPORT: u32 = 4242;

fn explained(site: &Site) -> Value {
    site.run(&["codes", "explain", "acme/alice", "-o", "json"]).succeeded().json()
}

/// The answer: its stable word, what is told, what helps.
fn answer(site: &Site) -> String {
    let found = explained(site);
    let lines =
        ["cause", "told", "next"].map(|key| found["answer"][key].as_str().unwrap_or("nothing").to_owned());
    site.normalised(&lines.join("\n"))
}

/// What happened, the oldest first.
fn steps(site: &Site) -> Vec<String> {
    let found = explained(site);
    let lines = found["timeline"].as_array().unwrap();
    lines.iter().map(|line| line["what"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn nobody_asked() {
    insta::assert_snapshot!(answer(&site()), @"
    nothing_asked
    Nobody asked for a code for acme/alice since TIME.
    Ask which account and which name they typed: they see the same for a name that does not exist. `--since 7d` looks further back.
    ");
}

#[test]
fn a_request_that_stopped_before_a_code_was_asked_for() {
    let site = site_with("[captcha]\nmode = \"work\"\n");
    let begun = site.run(&["request", "start", "acme/alice", "-o", "json"]).succeeded().json();
    insta::assert_snapshot!(answer(&site), @"
    captcha
    A reset was started, and its CAPTCHA was never answered: no code was asked for.
    Have them type the characters of the picture, or `work` if they cannot see it.
    ");
    let id = begun["id"].as_str().unwrap();
    assert_eq!(site.pipe(&["request", "captcha", id, "--answer-stdin"], "1\n").code, 11);
    assert_eq!(steps(&site), ["asked", "captcha_failed"]);
    let open = site_with(OPEN);
    open.request("acme/alice");
    insta::assert_snapshot!(answer(&open), @"
    no_method_chosen
    A reset was started, and no way to receive a code was chosen.
    Have them choose email, mobile or account name.
    ");
}

#[test]
fn e7_each_reason_why_nothing_was_sent() {
    let site = site_with(OPEN);
    let send = |arguments: &[&str]| {
        let id = site.request("acme/alice");
        site.run(&[&["request", "send", &id], arguments].concat()).succeeded();
    };
    send(&["--method", "email", "--address", "someone@else.example"]);
    insta::assert_snapshot!(answer(&site), @"
    address_mismatch
    No code was sent: the address typed is not the one that is bound.
    Ask for it again, in full.
    ");
    assert_eq!(steps(&site), ["asked", "not_sent"]);
    send(&["--method", "mobile", "--address", "+4915112345678"]);
    insta::assert_snapshot!(answer(&site), @"
    no_contact
    No code was sent: no contact of that kind is bound.
    An administrator can reset the password.
    ");
    site.json(&["user", "disable", "acme/alice"]);
    send(&["--method", "account"]);
    insta::assert_snapshot!(answer(&site), @"
    user_disabled
    No code was sent: the user or its account is disabled.
    A reset never enables it; an administrator can.
    ");
    site.json(&["user", "enable", "acme/alice"]);
    site.json(&["user", "update", "acme/alice", "--access-mode", "programmatic"]);
    send(&["--method", "account"]);
    insta::assert_snapshot!(answer(&site), @"
    programmatic_access_only
    No code was sent: the user has programmatic access only and no console password.
    An administrator can change that.
    ");
    site.json(&["user", "update", "acme/alice", "--access-mode", "default"]);
    site.cool_down("");
    send(&["--method", "account"]);
    insta::assert_snapshot!(answer(&site), @"
    contact_cooldown
    No code was sent: the contact was changed recently and receives no reset code yet.
    Wait until it ends, or have an administrator reset the password.
    ");
    site.edit("contacts", |contact| contact["verified_at"] = serde_json::Value::Null);
    let other = site_with(&format!("{OPEN}[budgets]\ncontact_per_hour = 1\n"));
    other.sent("acme/alice", ALICE);
    other.sent("acme/alice", ALICE);
    insta::assert_snapshot!(answer(&other), @"
    contact_throttled
    No code was sent: too many codes went to this contact.
    Wait an hour, or a day.
    ");
}

#[test]
fn a_code_on_its_way_handed_over_entered_wrongly_and_used() {
    let site = site_with(OPEN);
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    insta::assert_snapshot!(answer(&site), @"
    waiting
    The latest code has been waiting to be handed over since TIME.
    `regain delivery status` shows whether messages are handed over.
    ");
    site.deliver();
    insta::assert_snapshot!(answer(&site), @"
    handed_over
    The latest code was handed over for a***@e***.com at TIME. Nothing more is known.
    Have them check the junk folder.
    ");
    let code = site.code_to(ALICE);
    assert_eq!(site.verify(&id, &not(&code)).code, 11);
    insta::assert_snapshot!(answer(&site), @"
    wrong_code
    A code reached them, and they entered a wrong one; 4 tries are left.
    Have them read the newest message; older codes no longer count.
    ");
    site.verify(&id, &code).succeeded();
    insta::assert_snapshot!(answer(&site), @"
    used
    The latest code arrived and was entered.
    nothing
    ");
    assert_eq!(steps(&site), ["asked", "queued", "handed_over", "wrong_code", "right_code"]);
}

#[test]
fn a_code_with_no_tries_left_and_one_that_a_newer_replaced() {
    let site = site_with(&format!("{OPEN}tries = 1\n"));
    let id = site.sent("acme/alice", ALICE);
    let first = site.code_to(ALICE);
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    site.deliver();
    assert_eq!(site.verify(&id, &first).code, 11);
    insta::assert_snapshot!(answer(&site), @"
    wrong_code
    A code reached them, and they entered wrong ones until it ended.
    Have them ask for a new code.
    ");
    assert_eq!(site.verify(&id, &first).code, 4);
    assert_eq!(
        steps(&site),
        ["asked", "queued", "handed_over", "queued", "superseded", "handed_over", "wrong_code", "spent_code"]
    );
}

#[test]
fn a_code_that_nobody_entered_in_time() {
    let site = site_with(OPEN);
    site.sent("acme/alice", ALICE);
    site.deliver();
    let ask = ["codes", "explain", "acme/alice", "-o", "json"];
    let Some(found) = later(&site, "+11m", &ask, "") else { return };
    let found = found.succeeded().json();
    assert_eq!(found["answer"]["cause"], "handed_over");
    insta::assert_snapshot!(site.normalised(found["answer"]["told"].as_str().unwrap()), @"The latest code was handed over for a***@e***.com at TIME. Nothing more is known. It has expired since.");
    insta::assert_snapshot!(found["answer"]["next"].as_str().unwrap(), @"Have them check the junk folder, then have them ask for a new one.");
}

#[test]
fn a_code_that_expired_in_the_queue() {
    let site = site_with(OPEN);
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    let Some(found) = later(&site, "+11m", &["codes", "explain", "acme/alice", "-o", "json"], "") else {
        return;
    };
    let found = found.succeeded().json();
    assert_eq!(found["answer"]["cause"], "expired_before_sending");
}

/// A program in place of the mail server that says this and ends so.
fn with_program(site: &Site, words: &str, ends: i32) {
    let path = site.path().join("send");
    std::fs::write(&path, format!("#!/bin/sh\ncat >/dev/null\necho '{words}' >&2\nexit {ends}\n")).unwrap();
    let transport =
        format!("transport = \"command\"\nargv = [\"/bin/sh\", {:?}]\n", path.display().to_string());
    site.configure(&format!("{OPEN}[delivery.email]\n{transport}"));
}

#[test]
fn t9_the_providers_words_are_quoted_without_the_address() {
    let site = site_with(OPEN);
    with_program(&site, "mailbox alice@example.com is full", 75);
    site.sent("acme/alice", ALICE);
    let running = site.run(&["delivery", "run"]);
    assert_eq!(running.code, 8, "{running:?}");
    insta::assert_snapshot!(answer(&site), @"
    being_retried
    The latest code is still on its way: the last try failed to hand the message over: the program ended with 75: mailbox [...] is full.
    It is retried automatically until it expires; an administrator finds the cause with `regain delivery test --email ADDRESS`.
    ");
    assert!(steps(&site).contains(&"try_failed".to_owned()), "{:?}", steps(&site));
    let other = site_with(OPEN);
    with_program(&other, "no such user alice@example.com", 67);
    other.sent("acme/alice", ALICE);
    other.run(&["delivery", "run"]);
    insta::assert_snapshot!(answer(&other), @"
    undeliverable
    The latest code was given up: the last try failed to hand the message over: the program ended with 67: no such user [...].
    An administrator finds the step that fails: `regain delivery test --email ADDRESS`.
    ");
    assert_eq!(steps(&other), ["asked", "queued", "undeliverable"]);
}

#[test]
fn what_a_provider_says_became_of_it_is_told() {
    let site = site_with(OPEN);
    site.sent("acme/alice", ALICE);
    site.deliver();
    let message = site.row("outbox", "kind", "code");
    let told =
        ["delivery", "receipt", message.text("id"), "--state", "failed", "--words", "blocked as spam", "-q"];
    site.run(&told).succeeded();
    insta::assert_snapshot!(answer(&site), @"
    not_delivered
    The provider says that it did not reach a***@e***.com: blocked as spam.
    Have them check the junk folder.
    ");
    assert_eq!(steps(&site), ["asked", "queued", "handed_over", "not_delivered"]);
    site.run(&["delivery", "receipt", message.text("id"), "--state", "delivered", "-q"]).succeeded();
    insta::assert_snapshot!(answer(&site), @"
    delivered
    The provider says that it reached a***@e***.com.
    Have them check the junk folder.
    ");
}

#[test]
fn why_the_sign_in_is_locked() {
    let site = site_with(OPEN);
    site.sent("acme/alice", ALICE);
    let id = site.sent("acme/alice", ALICE);
    site.verify(&id, &site.code_to(ALICE)).succeeded();
    site.set_password(&id, "an entirely fresh passphrase").succeeded();
    for _ in 0..5 {
        assert_eq!(site.judged("acme/alice", "wrong"), 11);
    }
    assert_eq!(site.judged("acme/alice", "an entirely fresh passphrase"), 11);
    let found = explained(&site);
    let lines = found["timeline"].as_array().unwrap();
    let told = |line: &Value| ["told", "next"].map(|key| line[key].as_str().unwrap()).join(" | ");
    let last: Vec<String> = lines.iter().rev().take(2).map(|line| site.normalised(&told(line))).collect();
    insta::assert_snapshot!(last.join("\n"), @"
    Could not sign in: locked | wait, or reset with a code, or `regain user enable acme/alice --unlock`
    Could not sign in: wrong password; locked until TIME | wait, or reset with a code, or `regain user enable acme/alice --unlock`
    ");
}

#[test]
fn it_reads_at_a_glance() {
    let site = site_with(OPEN);
    let id = site.request("acme/alice");
    site.run(&["request", "send", &id, "--method", "email", "--address", "someone@else.example"]).succeeded();
    site.run(&["request", "send", &id, "--method", "email", "--address", ALICE]).succeeded();
    site.deliver();
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "explain", "acme/alice"])), @"
    exit 0
    --- stdout
    AT                    WHAT HAPPENED                                                                    WHAT HELPS
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    TIME  Started to reset the password
    TIME  Asked for a code; none was sent: the address typed is not the one that is bound  ask for it again, in full
    TIME  A code was made for a***@e***.com
    TIME  Handed over for a***@e***.com                                                    have them check the junk folder

    user        acme/alice
    answer      The latest code was handed over for a***@e***.com at TIME. Nothing more is known.
    what to do  Have them check the junk folder.
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "explain", "acme/alice", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "user": "acme/alice",
      "since": "TIME",
      "answer": {
        "cause": "handed_over",
        "told": "The latest code was handed over for a***@e***.com at TIME. Nothing more is known.",
        "next": "Have them check the junk folder."
      },
      "timeline": [
        {
          "at": "TIME",
          "what": "asked",
          "cause": null,
          "provider": null,
          "about": null,
          "code": null,
          "purpose": null,
          "destination": null,
          "from": null,
          "told": "Started to reset the password",
          "next": null
        },
        {
          "at": "TIME",
          "what": "not_sent",
          "cause": "address_mismatch",
          "provider": null,
          "about": null,
          "code": "cod_ID",
          "purpose": "reset",
          "destination": null,
          "from": null,
          "told": "Asked for a code; none was sent: the address typed is not the one that is bound",
          "next": "ask for it again, in full"
        },
        {
          "at": "TIME",
          "what": "queued",
          "cause": null,
          "provider": null,
          "about": null,
          "code": "cod_ID",
          "purpose": "reset",
          "destination": "a***@e***.com",
          "from": null,
          "told": "A code was made for a***@e***.com",
          "next": null
        },
        {
          "at": "TIME",
          "what": "handed_over",
          "cause": null,
          "provider": null,
          "about": null,
          "code": "cod_ID",
          "purpose": "reset",
          "destination": "a***@e***.com",
          "from": null,
          "told": "Handed over for a***@e***.com",
          "next": "have them check the junk folder"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "explain", "acme/alice", "-o", "csv"])), @r#"
    exit 0
    --- stdout
    at,what,cause,provider,about,code,purpose,destination,from,told,next
    TIME,asked,,,,,,,,Started to reset the password,
    TIME,not_sent,address_mismatch,,,cod_ID,reset,,,Asked for a code; none was sent: the address typed is not the one that is bound,"ask for it again, in full"
    TIME,queued,,,,cod_ID,reset,a***@e***.com,,A code was made for a***@e***.com,
    TIME,handed_over,,,,cod_ID,reset,a***@e***.com,,Handed over for a***@e***.com,have them check the junk folder
    "#);
}

#[test]
fn k2_no_code_and_no_address_is_in_it() {
    let site = site_with(OPEN);
    let id = site.sent("acme/alice", ALICE);
    let code = site.code_to(ALICE);
    assert_eq!(site.verify(&id, &not(&code)).code, 11);
    for format in ["table", "json", "jsonl", "csv"] {
        let seen = site.run(&["codes", "explain", "acme/alice", "-o", format]).succeeded();
        for secret in [code.as_str(), not(&code).as_str(), "alice@example"] {
            assert!(!seen.stdout.contains(secret) && !seen.stderr.contains(secret), "{format}: {seen:?}");
        }
    }
}

#[test]
fn o4_support_may_and_each_look_is_recorded_and_strangers_may_not() {
    let site = site_with(OPEN);
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "explain", "acme/nobody"])), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no user acme/nobody
    hint: check the name (`regain user find TEXT` searches), or create one: `regain user create acme/nobody`
    ");
    explained(&site);
    let events = site.run(&["audit", "list", "--action", "explainCodes", "-o", "json"]).succeeded().json();
    assert_eq!(events.as_array().unwrap().len(), 1);
    assert_eq!(events[0]["target"], "acme/alice");
    if !site.let_in(SUPPORT) {
        return;
    }
    let stranger = site.run_as(SUPPORT, &["codes", "explain", "acme/alice"]);
    assert_eq!(stranger.code, 4, "{stranger:?}");
}
