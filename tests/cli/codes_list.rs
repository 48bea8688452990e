//! `regain codes list`: codes and setup tokens, filtered, in pages; and a setup token that is found, ended and sent again.

use serde_json::{Value, json};

use super::codes::{ALICE, OPEN, site_with};
use crate::site::{Ended, Site};

const HELPER: u32 = 61_241;

fn list(site: &Site, rest: &[&str]) -> Vec<Value> {
    let list = site.run(&[&["codes", "list", "-o", "json"], rest].concat()).succeeded().json();
    list.as_array().unwrap().clone()
}

/// Some fields of each row, in a line.
fn lines(site: &Site, rest: &[&str]) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let line = |row: &Value| {
        ["user", "purpose", "channel", "destination", "state", "state_reason"]
            .map(|key| word(&row[key]))
            .join(" ")
    };
    list(site, rest).iter().map(line).collect()
}

fn setup(site: &Site, user: &str) -> String {
    site.run(&["admin-reset", user, "--setup", "-y", "-q"]).succeeded();
    list(site, &["--purpose", "setup", "--limit", "1"])[0]["id"].as_str().unwrap().to_owned()
}

fn refused(ended: &Ended) -> (i32, String) {
    (ended.code, ended.error()["reason"].as_str().unwrap().to_owned())
}

/// The setup token in the newest message to alice.
fn mailed(site: &Site) -> String {
    let mails = site.mails_to(ALICE);
    let token = |mail: &String| mail.lines().find(|line| line.starts_with("rgn_setup_")).map(str::to_owned);
    mails.iter().rev().find_map(token).unwrap()
}

fn redeem(site: &Site, token: &str) -> i32 {
    let arguments = ["password", "setup", "--token-stdin", "--password-stdin"];
    site.pipe(&arguments, &format!("{token}\nan entirely fresh passphrase\n")).code
}

#[test]
fn a_setup_token_is_found_ended_and_sent_again() {
    let site = site_with(OPEN);
    let first = setup(&site, "acme/alice");
    assert_eq!(lines(&site, &["acme/alice"]), ["acme/alice setup email a***@e***.com queued null"]);
    let shown = site.json(&["user", "show", "acme/alice"])["setup_token"].clone();
    assert_eq!((&shown["id"], &shown["state"]), (&json!(first), &json!("queued")));
    assert!(shown["expires_at"].is_string() && shown["tries_left"].is_null());
    site.deliver();
    let token = mailed(&site);
    assert_eq!(list(&site, &[])[0]["state"], "sent");
    assert!(list(&site, &[])[0]["delivered_at"].is_string());
    let table = site.run(&["user", "show", "acme/alice"]).succeeded().stdout;
    assert!(site.normalised(&table).contains("tok_ID, sent to a***@e***.com, good until TIME"), "{table}");

    let again = site.run(&["codes", "resend", &first, "-y"]).succeeded();
    assert_eq!(
        again.stderr,
        "A new setup token is on its way to a***@e***.com; the one before no longer counts.\n"
    );
    let second = list(&site, &["--limit", "1", "-q"])[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        lines(&site, &[]),
        [
            "acme/alice setup email a***@e***.com queued null",
            "acme/alice setup email a***@e***.com superseded newer_code"
        ]
    );
    assert_eq!(redeem(&site, &token), 11, "it no longer counts");

    assert_eq!(site.json(&["codes", "revoke", &second])["revoked"], 1);
    assert_eq!(
        lines(&site, &["--state", "revoked"]),
        ["acme/alice setup email a***@e***.com revoked operator"]
    );
    assert_eq!(site.json(&["codes", "revoke", &second])["revoked"], 0);
    site.deliver();
    assert_eq!(redeem(&site, &mailed(&site)), 11, "what waited was not sent");
    assert_eq!(
        refused(&site.run(&["codes", "resend", &second, "-y", "-o", "json"])),
        (4, "setup_token_over".into())
    );
    assert_eq!(site.json(&["user", "show", "acme/alice"])["setup_token"], Value::Null);
    assert_eq!(site.run(&["codes", "revoke", "tok_000000000000000000000000", "-y"]).code, 3);
}

#[test]
fn the_end_of_a_setup_token_says_why() {
    let site = site_with(OPEN);
    let end = |site: &Site| lines(site, &["--purpose", "setup", "--limit", "1", "-q"]).remove(0);
    setup(&site, "acme/alice");
    site.pipe(&["admin-reset", "acme/alice", "--password-stdin", "-y"], "an entirely fresh passphrase")
        .succeeded();
    assert_eq!(end(&site), "acme/alice setup email a***@e***.com revoked password_changed");
    setup(&site, "acme/alice");
    site.run(&["user", "revoke", "acme/alice", "-y"]).succeeded();
    assert_eq!(end(&site), "acme/alice setup email a***@e***.com revoked revoked");
    setup(&site, "acme/alice");
    site.run(&["contact", "unbind", "acme/alice", "--email", "-y"]).succeeded();
    assert_eq!(end(&site), "acme/alice setup email a***@e***.com revoked contact_changed");
    site.run(&["admin-reset", "acme/alice", "--setup", "--secrets-to", "handed.jsonl", "-y"]).succeeded();
    assert_eq!(end(&site), "acme/alice setup null null sent null");
    let handed = list(&site, &["--limit", "1", "-q"])[0]["id"].as_str().unwrap().to_owned();
    let again = site.run(&["codes", "resend", &handed, "-y", "-o", "json"]);
    assert_eq!(refused(&again), (4, "setup_token_handed_out".into()));
    assert_eq!(site.json(&["codes", "revoke", "--all"])["revoked"], 1);
    let secrets = site.secrets("handed.jsonl");
    assert_eq!(redeem(&site, &secrets[0][2]), 11);
}

#[test]
fn what_became_of_a_setup_token_is_explained() {
    let site = site_with(OPEN);
    let answer = |site: &Site| site.json(&["codes", "explain", "acme/alice"])["answer"]["cause"].clone();
    let first = setup(&site, "acme/alice");
    site.deliver();
    assert_eq!(answer(&site), "setup_token_handed_over");
    site.run(&["codes", "revoke", &first, "-y"]).succeeded();
    assert_eq!(answer(&site), "setup_token_ended");
    let timeline = site.run(&["codes", "explain", "acme/alice"]).succeeded().stdout;
    assert!(timeline.contains("The setup token was ended: by an operator"), "{timeline}");
}

#[test]
fn e6_a_crowd_of_requests_for_nobody_hides_nothing() {
    let site = site_with(OPEN);
    site.sent("acme/alice", ALICE);
    let code = site.rows("codes").remove(0);
    site.raw().copy("codes", &code, 205, |at, row| {
        row["id"] = format!("cod_{at:024}").into();
        row["user_id"] = Value::Null;
        row["destination"] = Value::Null;
        row.shift("created_at", 1 + i64::try_from(at).unwrap());
        row.shift("expires_at", 1 + i64::try_from(at).unwrap());
    });
    assert_eq!(lines(&site, &[]), ["acme/alice reset email a***@e***.com queued null"]);
}

#[test]
fn pages_go_on_after_an_id_and_say_so() {
    let site = site_with(OPEN);
    site.sent("acme/alice", ALICE);
    let code = site.rows("codes").remove(0);
    site.raw().copy("codes", &code, 7, |at, row| {
        row["id"] = format!("cod_{at:024}").into();
        // Some at the very same moment.
        row.shift("created_at", -(i64::try_from(at).unwrap() / 3));
    });
    let all: Vec<Value> = list(&site, &[]).iter().map(|row| row["id"].clone()).collect();
    assert_eq!(all.len(), 8);
    let (mut seen, mut after): (Vec<Value>, Option<String>) = (Vec::new(), None);
    loop {
        let mut words =
            vec!["codes", "list", "acme/alice", "--state", "queued", "--limit", "3", "-o", "json"];
        words.extend(after.iter().flat_map(|id| ["--after", id.as_str()]));
        let page = site.run(&words).succeeded();
        seen.extend(page.json().as_array().unwrap().iter().map(|row| row["id"].clone()));
        let last = seen.last().unwrap().as_str().unwrap().to_owned();
        if seen.len() == all.len() {
            assert_eq!(page.stderr, "");
            break;
        }
        assert_eq!(
            page.stderr,
            format!(
                "There are more: older ones; continue with `regain codes list acme/alice --state queued --limit 3 \
                --after \
                 {last}`.\n"
            )
        );
        after = Some(last);
    }
    assert_eq!(seen, all);
    assert_eq!(site.run(&["codes", "list", "--limit", "0"]).code, 2);
    assert_eq!(site.run(&["codes", "list", "--after", "cod_none"]).code, 3);
}

#[test]
fn filters_must_all_fit() {
    let site = site_with(OPEN);
    site.sent("acme/alice", ALICE);
    site.run(&["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "-y", "-q"]).succeeded();
    setup(&site, "acme/alice");
    let count = |rest: &[&str]| list(&site, rest).len();
    assert_eq!(count(&[]), 3);
    for (rest, wanted) in [
        (&["--channel", "mobile"][..], 1),
        (&["--channel", "email"], 2),
        (&["--purpose", "reset"], 1),
        (&["--purpose", "setup"], 1),
        (&["--purpose", "setup", "--channel", "mobile"], 0),
        (&["--state", "queued"], 3),
        (&["--state", "used"], 0),
        (&["--since", "1h"], 3),
        (&["--since", "2999-01-01"], 0),
        (&[ALICE], 3),
        (&["acme"], 0),
    ] {
        assert_eq!(count(rest), wanted, "{rest:?}");
    }
    for bad in [["--state", "live"], ["--purpose", "token"], ["--channel", "sms"], ["--since", "soon"]] {
        assert_eq!(site.run(&[&["codes", "list"][..], &bad].concat()).code, 2, "{bad:?}");
    }
    let none = site.run(&["codes", "list", "--state", "used"]).succeeded();
    assert_eq!(none.stderr, "No code or setup token fits.\n");
}

#[test]
fn o4_o5_support_sees_fifty_and_each_look_is_recorded() {
    let site = site_with(&format!("{OPEN}[operators]\nsupport = [\"uid:{HELPER}\"]\n"));
    site.sent("acme/alice", ALICE);
    let code = site.rows("codes").remove(0);
    site.raw().copy("codes", &code, 60, |at, row| row["id"] = format!("cod_{at:024}").into());
    // An administrator's look by name is not worth a record; one by an address is a search.
    site.run(&["codes", "list", "acme/alice", "-q"]).succeeded();
    assert_eq!(site.recorded("lookupCodes", ""), 0);
    site.run(&["codes", "list", ALICE, "-q"]).succeeded();
    assert_eq!(site.event("lookupCodes")["detail"]["by_address"], true);
    if !site.let_in(HELPER) {
        return;
    }
    let page = site.run_as(HELPER, &["codes", "list", "--limit", "60", "-o", "json"]).succeeded();
    assert_eq!(page.json().as_array().unwrap().len(), 50);
    assert!(page.stderr.starts_with("There are more: support sees 50 at once; continue with "), "{page:?}");
    let page = site.run_as(HELPER, &["codes", "list", "--limit", "3", "-o", "json"]).succeeded();
    assert!(page.stderr.starts_with("There are more: older ones; continue with "), "{page:?}");
    site.run_as(HELPER, &["codes", "list", ALICE, "-q"]).succeeded();
    assert_eq!(site.run_as(HELPER, &["codes", "list", "alice@example.co"]).code, 3);
    assert_eq!(site.recorded("lookupCodes", ""), 4);
}

#[test]
fn support_sends_a_setup_token_again_as_it_sends_one() {
    let site = site_with(&format!("{OPEN}[operators]\nsupport = [\"uid:{HELPER}\"]\n"));
    let token = setup(&site, "acme/alice");
    if !site.let_in(HELPER) {
        return;
    }
    let by = |words: &[&str]| site.run_as(HELPER, &[words, &["-y", "-o", "json"]].concat());
    assert_eq!(refused(&by(&["codes", "resend", &token])), (4, "caller_not_verified".into()));
    let challenge = by(&["support", "challenge", "acme/alice"]).succeeded().json()["id"].clone();
    let challenge = challenge.as_str().unwrap();
    let mut confirm = site.command_as(HELPER, &["support", "confirm", challenge, "--code-stdin"]);
    confirm.stdin(std::process::Stdio::piped());
    site.let_in(0);
    let code = site.code_to(ALICE);
    site.let_in(HELPER);
    crate::site::ended(confirm.spawn().unwrap(), &format!("{code}\n")).succeeded();
    let sent = by(&["codes", "resend", &token, "--verified-caller", challenge]).succeeded().json();
    assert_eq!((&sent["purpose"], &sent["state"]), (&json!("setup"), &json!("queued")));
    let token = sent["id"].as_str().unwrap();
    let twice = by(&["codes", "resend", token, "--verified-caller", challenge]);
    assert_eq!(refused(&twice), (4, "caller_not_verified".into()), "it counts once");
}
