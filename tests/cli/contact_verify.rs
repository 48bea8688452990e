//! `regain contact bind` and `verify`: a contact is proven by whoever may prove it, and the one before stays until then.

use serde_json::{Value, json};

use crate::site::{Ended, Site, later, not, text_of};

pub(super) const PASSWORD: &str = "correct horse battery staple";
pub(super) const OLD: &str = "alice@example.com";
pub(super) const NEW: &str = "alice@new.example";

/// Alice has a password and a verified address; Bob has a verified address alone.
pub(super) fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site.run(&["user", "create", "acme/bob", "--email", "bob@example.com", "-y", "-q"]).succeeded();
    site.discard_mail();
    site
}

pub(super) fn bind(site: &Site, user: &str, rest: &[&str]) -> Ended {
    site.run(&[&["contact", "bind", user, "-y"], rest].concat())
}

const VERIFY: [&str; 7] =
    ["contact", "verify", "acme/alice", "--email", NEW, "--password-stdin", "--code-stdin"];

pub(super) fn verify(site: &Site, password: &str, code: &str) -> Ended {
    site.pipe(&VERIFY, &format!("{password}\n{code}\n"))
}

/// Each email address of somebody, masked, and whether it is verified.
pub(super) fn emails(site: &Site, user: &str) -> Vec<(String, bool)> {
    let contacts = site.json(&["contact", "list", user]);
    let of = |contact: &Value| {
        (contact["address"].as_str().unwrap().to_owned(), contact["verified"].as_bool().unwrap())
    };
    contacts.as_array().unwrap().iter().filter(|contact| contact["channel"] == "email").map(of).collect()
}

pub(super) fn old_and_new() -> Vec<(String, bool)> {
    vec![("a***@e***.com".to_owned(), true), ("a***@n***.example".to_owned(), false)]
}

/// A letter, with what differs from run to run replaced.
fn shown(site: &Site, mail: &str) -> String {
    let host = site.newest("audit")["host"].as_str().unwrap().to_owned();
    let code = crate::site::code_in(mail);
    let reference = regex::Regex::new("[a-z]{5}-[a-z]{5}-[a-z]{5}").unwrap();
    let text = text_of(mail).replace(&code, "CODE").replace(&format!(" on {host}"), " on HOST");
    site.normalised(&reference.replace(&text, "REFERENCE"))
}

#[test]
fn the_message_says_whose_contact_it_becomes_and_how_its_owner_confirms_it() {
    let site = site();
    insta::assert_snapshot!(site.shown(&bind(&site, "acme/alice", &["--email", NEW])), @"
    exit 0
    --- stderr
    Bound alice@new.example to acme/alice, and sent a code to it.
    a***@e***.com stays until alice@new.example is confirmed.
    hint: acme/alice confirms it with their password: `regain contact verify acme/alice --email`
    ");
    insta::assert_snapshot!(shown(&site, &site.mails_to(NEW)[0]), @"
    Your verification code is CODE

    It confirms this contact for the identity acme/alice on HOST.
    It is good until CLOCK, 10 minutes after it was asked for, and can be used once.

    If you are acme/alice, run this, and enter your password and the code:

        regain contact verify acme/alice --email

    Nobody who works here will ever ask you for it. Do not pass it on.
    If you are not acme/alice, do nothing: without the password and the code nothing is bound.

    To say that it was not you, run this:

        regain request disown REFERENCE
    ");
    assert_eq!(emails(&site, "acme/alice"), old_and_new());
}

#[test]
fn the_owner_confirms_it_with_password_and_code() {
    let site = site();
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    let code = site.code_to(NEW);
    insta::assert_snapshot!(site.shown(&verify(&site, "not the password", &code)), @"
    exit 11
    --- stderr
    error: the user name or password is wrong, or this user cannot sign in now
    hint: forgotten? `regain password reset`
    hint: sure that it is right? `regain faq locked` explains why it may not work now
    ");
    insta::assert_snapshot!(site.shown(&verify(&site, PASSWORD, &not(&code))), @"
    exit 11
    --- stderr
    error: the code is wrong; 4 tries are left
    ");
    assert_eq!(emails(&site, "acme/alice"), old_and_new());
    insta::assert_snapshot!(site.shown(&verify(&site, PASSWORD, &code)), @"
    exit 0
    --- stderr
    Verified alice@new.example, the email address of acme/alice.
    It replaced a***@e***.com.
    ");
    assert_eq!(emails(&site, "acme/alice"), [("a***@n***.example".to_owned(), true)]);
    insta::assert_snapshot!(site.shown(&verify(&site, PASSWORD, &code)), @"
    exit 0
    --- stderr
    a***@n***.example of acme/alice is verified already: nothing was changed.
    ");
    // The other order of the options is the other order of the lines, and the address need not be said.
    bind(&site, "acme/alice", &["--email", "third@example.com"]).succeeded();
    let lines = format!("{}\n{PASSWORD}\n", site.code_to("third@example.com"));
    let turned = ["contact", "verify", "acme/alice", "--email", "--code-stdin", "--password-stdin"];
    site.pipe(&turned, &lines).succeeded();
    assert_eq!(emails(&site, "acme/alice"), [("t***@e***.com".to_owned(), true)]);
}

#[test]
fn s5_the_old_contact_stays_in_use_until_the_new_one_is_proven() {
    let site = site();
    let id = site.sent("acme/alice", OLD);
    let reset = site.code_to(OLD);
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    let told = |site: &Site| {
        let mails = site.mails_to(OLD);
        mails.iter().filter(|mail| mail.contains("Subject: Your contact was changed")).count()
    };
    assert_eq!(told(&site), 0, "nothing has changed for it");
    let withheld = site.sent("acme/alice", NEW);
    assert_eq!(site.newest("codes")["state_reason"], "address_mismatch", "no reset code goes to the new one");
    site.run(&["request", "cancel", &withheld]).succeeded();
    assert_eq!(site.json(&["user", "diagnose", "acme/alice"])["can_recover"], true);
    verify(&site, PASSWORD, &site.code_to(NEW)).succeeded();
    assert_eq!(told(&site), 1, "the old one is told when it is replaced");
    assert_eq!(site.verify(&id, &reset).code, 4, "and its codes end");
    let id = site.sent("acme/alice", NEW);
    site.verify(&id, &site.code_to(NEW)).succeeded();
}

#[test]
fn s9_no_operator_enters_a_code_for_somebody_with_a_password() {
    let site = site();
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    let code = site.code_to(NEW);
    let alone = ["contact", "verify", "acme/alice", "--email", NEW, "--code-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&alone, &code)), @"
    exit 9
    --- stderr
    acme/alice confirms it, with their password; `regain contact bind acme/alice --email ADDRESS --read-out`, or with --mobile, has them read a code out to you.
    error: this needs an answer, and there is no terminal to ask at
    hint: give --password-stdin to answer
    ");
    assert_eq!(emails(&site, "acme/alice"), old_and_new());
}

#[test]
fn k11_wrong_passwords_lock_as_at_a_sign_in_and_wrong_codes_use_the_code_up() {
    let site = site();
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    let code = site.code_to(NEW);
    for left in (0..5).rev() {
        let wrong = verify(&site, PASSWORD, &not(&code));
        assert_eq!(wrong.code, 11, "{wrong:?}");
        assert!(wrong.stderr.contains(&format!("{left} tr")) || left == 0, "{wrong:?}");
    }
    let spent = verify(&site, PASSWORD, &code);
    assert_eq!(spent.code, 4, "{spent:?}");
    for _ in 0..5 {
        assert_eq!(verify(&site, "wrong", &code).code, 11);
    }
    assert_ne!(site.json(&["user", "show", "acme/alice"])["locked_until"], Value::Null);
    assert_eq!(verify(&site, PASSWORD, &code).code, 11, "locked");
    assert!(site.recorded("modifyUserEmail", "failure") > 0);
    assert_eq!(emails(&site, "acme/alice"), old_and_new());
}

#[test]
fn an_operator_enters_the_code_for_somebody_without_a_password() {
    let site = site();
    insta::assert_snapshot!(site.shown(&bind(&site, "acme/bob", &["--mobile", "+4915112345678"])), @"
    exit 0
    --- stderr
    Bound +4915112345678 to acme/bob, and sent a code to it.
    hint: enter the code: `regain contact verify acme/bob --mobile +4915112345678 --code-stdin`
    ");
    let code = site.code_to("+4915112345678");
    let verify = ["contact", "verify", "acme/bob", "--mobile", "--code-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&verify, &code)), @"
    exit 0
    --- stderr
    Verified +49***78, the mobile number of acme/bob.
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&verify, &code)), @"
    exit 0
    --- stderr
    +49***78 of acme/bob is verified already: nothing was changed.
    ");
}

#[test]
fn s5_a_code_that_is_read_out_has_the_new_contact_wait_unless_the_caller_was_verified() {
    let site = site();
    let usable_from = |site: &Site, address: &str| {
        let contact = site.row("contacts", "address", address);
        (contact.number("usable_from") - contact.number("verified_at")) / 3_600_000
    };
    let plan = bind(&site, "acme/alice", &["--email", NEW, "--read-out", "--dry-run"]);
    insta::assert_snapshot!(site.shown(&plan), @"
    exit 0
    --- stdout
    would happen  alice@new.example becomes the email address of acme/alice when it is confirmed; until then a***@e***.com stays; a code is sent to it, which acme/alice reads out to you; until you enter it, no codes go there; a***@e***.com is told when it is replaced; the new one receives reset codes 24 hours after it is confirmed, because no verified caller is named (--verified-caller)
    ");
    insta::assert_snapshot!(site.shown(&bind(&site, "acme/alice", &["--email", NEW, "--read-out"])), @"
    exit 0
    --- stderr
    Bound alice@new.example to acme/alice, and sent a code to it.
    a***@e***.com stays until alice@new.example is confirmed.
    hint: enter the code: `regain contact verify acme/alice --email alice@new.example --code-stdin`
    ");
    insta::assert_snapshot!(shown(&site, &site.mails_to(NEW)[0]), @"
    Your code for the call with support is CODE

    The member of staff you are talking to now will ask you for this code. It confirms this contact for the identity
    acme/alice on HOST.
    It is good until CLOCK, 10 minutes after it was asked for, and can be used once.

    If you are not talking to staff at this moment, or you are not acme/alice, tell it to nobody: without the code nothing is
    bound.

    To say that it was not you, run this:

        regain request disown REFERENCE
    ");
    let enter = |address: &str| {
        let verify = ["contact", "verify", "acme/alice", "--email", address, "--code-stdin"];
        site.pipe(&verify, &site.code_to(address))
    };
    insta::assert_snapshot!(site.shown(&enter(NEW)), @"
    exit 0
    --- stderr
    Verified alice@new.example, the email address of acme/alice.
    It replaced a***@e***.com.
    It receives reset codes from TIME on.
    ");
    assert_eq!(usable_from(&site, NEW), 24);

    let site = self::site();
    let sent = site.json(&["support", "challenge", "acme/alice"]);
    let id = sent["id"].as_str().unwrap();
    let options = ["--email", NEW, "--read-out", "--verified-caller", id, "-o", "json"];
    let refused = bind(&site, "acme/alice", &options);
    assert_eq!((refused.code, &refused.error()["reason"]), (4, &json!("caller_not_verified")));
    site.pipe(&["support", "confirm", id, "--code-stdin"], &site.code_to(OLD)).succeeded();
    bind(&site, "acme/alice", &options).succeeded();
    let verify = ["contact", "verify", "acme/alice", "--email", NEW, "--code-stdin"];
    site.pipe(&verify, &site.code_to(NEW)).succeeded();
    assert_eq!(usable_from(&site, NEW), 0);
    let again = ["--email", "third@example.com", "--read-out", "--verified-caller", id, "-o", "json"];
    assert_eq!(bind(&site, "acme/alice", &again).error()["reason"], "caller_not_verified", "it counts once");
}

#[test]
fn e1_whoever_is_not_let_in_learns_nothing_of_a_contact() {
    let site = site();
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    bind(&site, "acme/bob", &["--email", "bob@new.example"]).succeeded();
    let code = site.code_to(NEW);
    let tried = |user: &str, address: &str| {
        let verify = ["contact", "verify", user, "--email", address, "--password-stdin", "--code-stdin"];
        let before = site.counts();
        let ended = site.pipe(&verify, &format!("not the password\n{code}\n"));
        let written: Vec<i64> = site.counts().iter().map(|(table, rows)| rows - before[table]).collect();
        (site.shown(&ended), written)
    };
    let first = tried("acme/alice", NEW);
    insta::assert_snapshot!(first.0, @"
    exit 11
    --- stderr
    error: the user name or password is wrong, or this user cannot sign in now
    hint: forgotten? `regain password reset`
    hint: sure that it is right? `regain faq locked` explains why it may not work now
    ");
    // Whoever is named for the first time costs the same rows.
    for (user, address) in
        [("acme/bob", "bob@new.example"), ("acme/nobody", NEW), ("nobody", NEW), ("nobody@new.example", NEW)]
    {
        assert_eq!(tried(user, address), first, "{user} {address}");
    }
    for address in [OLD, "other@new.example"] {
        assert_eq!(tried("acme/alice", address).0, first.0, "{address}");
    }
    assert_eq!(emails(&site, "acme/alice"), old_and_new());
}

#[test]
fn the_code_of_a_contact_is_sent_again_as_it_was_sent() {
    let site = site();
    bind(&site, "acme/alice", &["--email", NEW]).succeeded();
    let first = site.code_to(NEW);
    let code = site.newest("codes").text("id").to_owned();
    let Some(again) = later(&site, "+2min", &["codes", "resend", &code, "-y", "-o", "json"], "") else {
        return;
    };
    again.succeeded();
    later(&site, "+2min", &["delivery", "run", "--once", "-q"], "").unwrap().succeeded();
    let second = site.delivered_code_to(NEW);
    let lines = |code: &str| format!("{PASSWORD}\n{code}\n");
    assert_eq!(later(&site, "+2min", &VERIFY, &lines(&first)).unwrap().code, 11);
    later(&site, "+2min", &VERIFY, &lines(&second)).unwrap().succeeded();
}
