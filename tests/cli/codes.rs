//! `regain codes …`: what was sent, to whom (masked), what happened to it. Never a code.

use serde_json::{Value, json};

use crate::site::{Ended, Site, not};

pub(super) const ALICE: &str = "alice@example.com";
const NEW: &str = "an entirely fresh passphrase";

/// No CAPTCHA, and a new code at once.
pub(super) const OPEN: &str = "[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"0s\"\n";

pub(super) fn site_with(settings: &str) -> Site {
    let site = Site::with(settings);
    site.account("acme");
    site.run(&["user", "create", "acme/alice", "--email", ALICE, "-y"]).succeeded();
    site
}

pub(super) fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.run(&["user", "create", "acme/alice", "--email", ALICE, "-y"]).succeeded();
    site
}

fn codes(site: &Site, user: &str) -> Vec<Value> {
    let list = site.run(&["codes", "list", user, "-o", "json"]).succeeded().json();
    list.as_array().unwrap().clone()
}

/// The newest code of alice: state, reason and destination.
pub(super) fn newest(site: &Site) -> [Value; 3] {
    let code = &codes(site, "acme/alice")[0];
    ["state", "state_reason", "destination"].map(|key| code[key].clone())
}

fn newest_id(site: &Site) -> String {
    codes(site, "acme/alice")[0]["id"].as_str().unwrap().to_owned()
}

fn resend(site: &Site, id: &str) -> Ended {
    site.run(&["codes", "resend", id, "-y", "-o", "json"])
}

fn refused(ended: &Ended) -> (i32, String) {
    (ended.code, ended.error()["reason"].as_str().unwrap().to_owned())
}

#[test]
fn the_list_is_masked_and_holds_no_code() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "list"])), @"
    exit 0
    --- stderr
    No code was asked for, and no setup token was made.
    ");
    site.sent("acme/alice", ALICE);
    let code = site.code_to(ALICE);
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "list", "acme/alice"])), @"
    exit 0
    --- stdout
    ID                            USER        FOR    TO             STATE  WHY  TRIES LEFT  ASKED FOR             EXPIRES
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    cod_ID  acme/alice  reset  a***@e***.com  sent        5           TIME  TIME
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "list", ALICE, "-o", "json"])), @r#"
    exit 0
    --- stdout
    [
      {"id":"cod_ID","user":"acme/alice","purpose":"reset","channel":"email","destination":"a***@e***.com","state":"sent","state_reason":null,"tries_left":5,"created_at":"TIME","expires_at":"TIME","delivered_at":"TIME","maybe_twice":false}
    ]
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "list", "-o", "csv"])), @"
    exit 0
    --- stdout
    id,user,purpose,channel,destination,state,state_reason,tries_left,created_at,expires_at,delivered_at,maybe_twice
    cod_ID,acme/alice,reset,email,a***@e***.com,sent,,5,TIME,TIME,TIME,false
    ");
    for format in ["table", "json", "jsonl", "csv"] {
        for user in [&["acme/alice"][..], &[]] {
            let list = site.run(&[&["codes", "list", "-o", format], user].concat()).succeeded();
            assert!(!list.stdout.contains(&code) && !list.stdout.contains("alice@"), "{list:?}");
        }
    }
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "list", "acme/nobody"])), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no user acme/nobody
    hint: check the name (`regain user find TEXT` searches), or create one: `regain user create acme/nobody`
    ");
}

#[test]
fn e6_a_name_that_nobody_has_leaves_nothing_to_list() {
    let site = site();
    let id = site.request("acme/nobody");
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    assert_eq!(site.run(&["codes", "list", "-o", "json"]).succeeded().json(), json!([]));
}

#[test]
fn every_fate_of_a_code_is_told() {
    let site = site();
    let id = site.sent("acme/alice", ALICE);
    assert_eq!(newest(&site), [json!("queued"), Value::Null, json!("a***@e***.com")]);
    assert_eq!(codes(&site, "acme/alice")[0]["delivered_at"], Value::Null);
    let code = site.code_to(ALICE);
    assert_eq!(newest(&site)[0], "sent");
    assert!(codes(&site, "acme/alice")[0]["delivered_at"].is_string());
    site.verify(&id, &code).succeeded();
    assert_eq!(newest(&site)[..2], [json!("used"), Value::Null]);

    let id = site.sent("acme/alice", ALICE);
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    assert_eq!(newest(&site)[0], "queued");
    let before = &codes(&site, "acme/alice")[1];
    assert_eq!((&before["state"], &before["state_reason"]), (&json!("superseded"), &json!("newer_code")));

    let code = site.code_to(ALICE);
    for left in (0..5).rev() {
        assert_eq!(site.verify(&id, &not(&code)).code, 11);
        assert_eq!(codes(&site, "acme/alice")[0]["tries_left"], left);
    }
    assert_eq!(newest(&site)[0], "exhausted");

    site.sent("acme/alice", ALICE);
    site.run(&["codes", "revoke", "acme/alice", "-y"]).succeeded();
    assert_eq!(newest(&site)[..2], [json!("revoked"), json!("operator")]);

    site.sent("acme/alice", ALICE);
    site.pipe(&["admin-reset", "acme/alice", "--password-stdin", "-y"], NEW).succeeded();
    assert_eq!(newest(&site)[..2], [json!("revoked"), json!("password_changed")]);
}

#[test]
fn k5_a_code_expires_by_itself() {
    let site = site_with(&format!("{OPEN}lifetime = \"3s\"\n"));
    let id = site.sent("acme/alice", ALICE);
    let code = site.code_to(ALICE);
    assert_eq!(newest(&site)[0], "sent");
    std::thread::sleep(std::time::Duration::from_millis(3100));
    assert_eq!(newest(&site)[..2], [json!("expired"), Value::Null]);
    assert_eq!(site.verify(&id, &code).code, 4);
}

#[test]
fn a_message_that_could_not_be_handed_over_says_so() {
    let site = site_with(&format!("{OPEN}lifetime = \"3s\"\n"));
    std::fs::write(site.path().join("data/regain/outbox"), "a file is in the way").unwrap();
    site.sent("acme/alice", ALICE);
    assert_eq!(site.run(&["delivery", "run"]).code, 8);
    let [state, reason, _] = newest(&site);
    assert!(["failed", "expired"].contains(&state.as_str().unwrap()), "{state} {reason}");
}

#[test]
fn a_new_code_takes_the_place_of_the_one_before() {
    let site = site();
    let id = site.sent("acme/alice", ALICE);
    let old = site.code_to(ALICE);
    let first = newest_id(&site);
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "resend", &first, "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  a new code is sent to a***@e***.com for acme/alice; the code before it ends
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "resend", &first, "-y"])), @"
    exit 0
    --- stderr
    A new code is on its way to a***@e***.com; the one before no longer counts.
    ");
    let new = site.code_to(ALICE);
    if old != new {
        assert_eq!(site.verify(&id, &old).code, 11);
    }
    site.verify(&id, &new).succeeded();
    assert_eq!(refused(&resend(&site, &first)), (4, "code_spent".to_owned()));
    assert_eq!(refused(&resend(&site, &newest_id(&site))), (4, "code_spent".to_owned()));
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "resend", "cod_x", "-y"])), @"
    exit 3
    --- stderr
    error: there is no code with the id cod_x
    hint: `regain codes list` shows the ids
    ");
}

/// A try is taken from the newest code of a request: another that is open beside it would make it wrong.
#[test]
fn a_code_that_never_left_is_sent_again_in_place_of_a_newer_one_too() {
    let site = site_with(OPEN);
    site.configure(&format!("{OPEN}[delivery.email]\ntransport = \"command\"\nargv = [\"/bin/false\"]\n"));
    let id = site.sent("acme/alice", ALICE);
    site.run(&["delivery", "run", "--once"]);
    let failed = newest_id(&site);
    assert_eq!(newest(&site)[0], json!("failed"));
    site.configure(OPEN);
    site.run(&["request", "send", &id, "--method", "email", "--address", ALICE]).succeeded();
    resend(&site, &failed).succeeded();
    assert_eq!(site.count("codes", |code| code["open"] == 1), 1);
    site.verify(&id, &site.code_to(ALICE)).succeeded();
}

#[test]
fn a_code_to_bind_a_contact_is_sent_again_as_one() {
    let site = site();
    let number = "+4915112345678";
    site.run(&["contact", "bind", "acme/alice", "--mobile", number, "-y"]).succeeded();
    site.code_to(number);
    let again = resend(&site, &newest_id(&site)).succeeded().json();
    assert_eq!((&again["purpose"], &again["channel"]), (&json!("bind_contact"), &json!("mobile")));
    let mail = site.mails_to(number).pop().unwrap();
    assert!(mail.contains(" binds this number to acme/alice "), "{mail}");
    let verify = ["contact", "verify", "acme/alice", "--mobile", number, "--code-stdin"];
    site.pipe(&verify, &crate::site::code_in(&mail)).succeeded();
}

#[test]
fn k6_a_code_sent_again_counts_and_none_is_lost_to_a_budget() {
    let site = site_with(&format!("{OPEN}[budgets]\ncontact_per_hour = 1\n"));
    let id = site.sent("acme/alice", ALICE);
    resend(&site, &newest_id(&site)).succeeded();
    let live = newest_id(&site);
    assert_eq!(refused(&resend(&site, &live)), (4, "contact_throttled".to_owned()));
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "resend", &live, "-y"])), @"
    exit 4
    --- stderr
    error: no code is sent: too many codes went to this contact
    hint: wait an hour, or a day
    ");
    // The one that is on its way is still good.
    assert_eq!((newest_id(&site), newest(&site)[0].clone()), (live, json!("queued")));
    site.verify(&id, &site.code_to(ALICE)).succeeded();
    assert_eq!(site.mails_to(ALICE).len(), 1, "the first was taken back before it went out");
}

#[test]
fn s5_what_was_withheld_is_not_sent_again() {
    let site = site();
    site.sent("acme/alice", "someone@else.example");
    assert_eq!(refused(&resend(&site, &newest_id(&site))), (4, "address_mismatch".to_owned()));
    let id = site.sent("acme/alice", ALICE);
    let live = newest_id(&site);
    let far = json!(4_102_444_800_000_i64);
    for (table, column, value, reason) in [
        ("users", "status", json!("disabled"), "user_disabled"),
        ("users", "access_mode", json!("programmatic"), "programmatic_access_only"),
        ("contacts", "usable_from", far, "contact_cooldown"),
        ("contacts", "verified_at", Value::Null, "unverified_contact"),
    ] {
        let before = site.newest(table)[column].clone();
        site.edit(table, |row| row[column] = value.clone());
        assert_eq!(refused(&resend(&site, &live)), (4, reason.to_owned()), "{column}");
        site.edit(table, |row| row[column] = before.clone());
    }
    assert_eq!(newest_id(&site), live, "nothing was made");
    resend(&site, &live).succeeded();
    site.run(&["request", "cancel", &id]).succeeded();
    assert_eq!(refused(&resend(&site, &newest_id(&site))), (4, "code_spent".to_owned()));
}

#[test]
fn codes_of_one_person_or_of_everybody_are_revoked() {
    let site = site();
    let (one, two) = (site.sent("acme/alice", ALICE), site.sent("acme", "acme@example.com"));
    let (first, second) = (site.code_to(ALICE), site.code_to("acme@example.com"));
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "revoke", "acme/alice", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  every live code and setup token of acme/alice ends
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "revoke", "acme/alice", "-y"])), @"
    exit 0
    --- stderr
    Ended 1 code.
    ");
    assert_eq!(site.verify(&one, &first).code, 4);
    let third = site.sent("acme", "acme@example.com");
    assert_eq!(site.json(&["codes", "revoke", "--all"]), json!({"revoked": 2, "changed": true}));
    assert_eq!(site.verify(&two, &second).code, 4);
    // What waited is not sent any more.
    assert_eq!(site.mails_to("acme@example.com").len(), 1);
    assert_eq!(site.verify(&third, &second).code, 4);
    insta::assert_snapshot!(site.shown(&site.run(&["codes", "revoke", "--all", "-y"])), @"
    exit 0
    --- stderr
    There was no live code or setup token.
    ");
    assert_eq!(site.run(&["codes", "revoke", "-y"]).code, 2);
    assert_eq!(site.run(&["codes", "revoke", "acme", "--all", "-y"]).code, 2);
    assert_eq!(site.run(&["codes", "revoke", "acme/nobody", "-y"]).code, 3);
    assert_eq!(site.recorded("verifyCodeRevoked", ""), 2);
}

#[test]
fn without_a_yes_and_in_a_dry_run_nothing_happens() {
    let site = site();
    site.sent("acme/alice", ALICE);
    let id = newest_id(&site);
    for arguments in [&["resend", id.as_str()][..], &["revoke", "acme/alice"], &["revoke", "--all"]] {
        let before = site.digest();
        assert_eq!(site.run(&[&["codes"], arguments].concat()).code, 9, "{arguments:?}");
        site.run(&[&["codes"], arguments, &["--dry-run"]].concat()).succeeded();
        assert_eq!(site.digest(), before, "{arguments:?}");
    }
}

#[test]
fn o2_support_sees_the_fates_of_codes_and_helps_with_them() {
    const HELPER: u32 = 61_234;
    let site = Site::with(&format!("{OPEN}[operators]\nsupport = [\"uid:{HELPER}\"]\n"));
    site.account("acme");
    site.run(&["user", "create", "acme/alice", "--email", ALICE, "-y"]).succeeded();
    site.sent("acme/alice", ALICE);
    site.sent("acme", "acme@example.com");
    let id = |user: &str| codes(&site, user)[0]["id"].as_str().unwrap().to_owned();
    let (hers, owners) = (id("acme/alice"), id("acme"));
    if !site.let_in(HELPER) {
        return;
    }
    let by = |arguments: &[&str]| site.run_as(HELPER, arguments);
    let list = by(&["codes", "list", "acme/alice", "-o", "json"]).succeeded().json();
    assert_eq!(list[0]["destination"], "a***@e***.com");
    by(&["codes", "resend", &hers, "-y"]).succeeded();
    by(&["codes", "revoke", "acme/alice", "-y"]).succeeded();
    insta::assert_snapshot!(site.shown(&by(&["codes", "resend", &owners, "-y"])), @"
    exit 4
    --- stderr
    error: support may not send a code again for root users and operators
    hint: ask an administrator
    ");
    insta::assert_snapshot!(site.shown(&by(&["codes", "revoke", "acme", "-y"])), @"
    exit 4
    --- stderr
    error: support may not revoke codes for root users and operators
    hint: ask an administrator
    ");
    // Everybody's codes are also those of root users and operators.
    insta::assert_snapshot!(site.shown(&by(&["codes", "revoke", "--all", "-y"])), @"
    exit 4
    --- stderr
    error: the role support may not revoke the codes of everybody
    hint: ask an administrator
    ");
    assert_eq!(site.count("codes", |code| code["open"] == 1), 1, "the owner's");
    assert_eq!(site.recorded("lookupCodes", ""), 1);
}
