//! A dry run has the shape of the run, and changes nothing.

use serde_json::Value;

use super::written::{FORM, OLD, as_json};
use crate::site::{Site, later};

/// What a dry run says of itself, in the place of what the run says there.
const OF_ITSELF: &[&str] = &["dry_run", "outcome", "changed", "effects"];

/// A dry run has every field of the run: with the value of the run, or null where only the run can know it.
pub(super) fn promises(words: &str, tried: &Value, ended: &Value) {
    let all = |shown: &Value| shown.as_array().cloned().unwrap_or_else(|| vec![shown.clone()]);
    let (tried, ended) = (all(tried), all(ended));
    assert_eq!(tried.len(), ended.len(), "{words}");
    for (tried, ended) in tried.iter().zip(&ended) {
        assert_eq!(tried["dry_run"], true, "{words}: {tried}");
        let outcome = tried["outcome"].as_str().unwrap_or_default();
        assert!(outcome.starts_with("would_"), "{words}: {tried}");
        assert!(tried["effects"].as_array().is_some_and(|effects| !effects.is_empty()), "{words}: {tried}");
        covers(words, tried, ended);
    }
}

pub(super) fn covers(words: &str, tried: &Value, ended: &Value) {
    match (tried, ended) {
        (Value::Object(planned), Value::Object(fields)) => {
            for (name, value) in fields.iter().filter(|(name, _)| !OF_ITSELF.contains(&name.as_str())) {
                let planned = planned.get(name);
                let planned = planned.unwrap_or_else(|| panic!("`{words} -n` lacks {name}: {tried}"));
                covers(&format!("{words}: {name}"), planned, value);
            }
        }
        (Value::Array(planned), Value::Array(made)) if planned.len() == made.len() => {
            planned.iter().zip(made).for_each(|(planned, made)| covers(words, planned, made));
        }
        (Value::Null, _) => {}
        _ => assert_eq!(tried, ended, "{words}"),
    }
}

/// Whether every field of the run is null.
pub(super) fn says_nothing(tried: &Value) -> bool {
    let nothing = |(field, value): (&String, &Value)| value.is_null() || OF_ITSELF.contains(&field.as_str());
    tried.as_object().unwrap().iter().all(nothing)
}

/// What is so already: the outcome, and how it is.
#[test]
fn a_dry_run_of_nothing_is_unchanged() {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", OLD);
    site.user("acme/bob", OLD);
    site.run(&as_json("contact bind acme/alice --email a@example.com --verified")).succeeded();
    site.deliver();
    for (words, effect) in [
        (
            "contact bind acme/alice --email a@example.com --verified",
            "a@example.com is bound to acme/alice already",
        ),
        ("codes revoke acme/bob", "acme/bob has no live code or setup token"),
        ("codes revoke --all", "nobody has a live code or setup token"),
        ("mfa remove acme/bob", "acme/bob has no authenticator enrolled"),
        ("device forget acme/bob --all", "no device of acme/bob is known"),
        ("contact unbind acme/bob --mobile", "acme/bob has no mobile number bound"),
        ("user enable acme/bob", "acme/bob stays as it is"),
        ("delivery run", "no message is waiting"),
        ("store purge", "nothing ended longer ago than 30 days"),
        ("account create acme --if-missing", "acme exists already, and is left as it is"),
        ("user create acme/bob --if-missing", "acme/bob exists already, and is left as it is"),
    ] {
        let tried = site.run(&as_json(&format!("{words} -n"))).succeeded().json();
        assert_eq!(tried["effects"], serde_json::json!([effect]), "{words}: {tried}");
        let said = (&tried["dry_run"], &tried["outcome"], &tried["changed"]);
        assert_eq!(said, (&true.into(), &"unchanged".into(), &false.into()), "{words}: {tried}");
        let done = site.run(&as_json(words)).succeeded().json();
        assert_eq!(done["changed"], false, "{words}: {done}");
        covers(words, &tried, &done);
    }
}

#[test]
fn what_only_the_run_knows_is_null() {
    let site = Site::new();
    site.account("acme");
    let words = "user create acme/dora --email dora@example.com --generate --secrets-to dora -n";
    insta::assert_snapshot!(site.shown(&site.run(&as_json(words))), @r#"
    exit 0
    --- stdout
    {
      "id": null,
      "account": "acme",
      "name": "dora",
      "root": false,
      "title": "IAM user",
      "status": "enabled",
      "description": null,
      "access_mode": "default",
      "login_protection": "none",
      "must_change": true,
      "password_set": true,
      "password_changed_at": null,
      "password_expires_at": null,
      "locked_until": null,
      "disowned_at": null,
      "mfa": false,
      "epoch": 0,
      "last_login_at": null,
      "created_at": null,
      "contacts": [
        {
          "channel": "email",
          "address": "d***@e***.com",
          "verified": true,
          "verified_at": null,
          "usable_from": null,
          "security": false
        }
      ],
      "external_id": null,
      "dry_run": true,
      "outcome": "would_do",
      "effects": [
        "the IAM user acme/dora is made",
        "dora@example.com is bound to it, as verified by you",
        "it gets a generated password",
        "it works for 24 hours and must be changed at the first sign-in"
      ],
      "changed": false
    }
    "#);
    let listed = site.run(&["user", "create", "acme/dora", "-n", "-o", "csv"]);
    insta::assert_snapshot!(site.shown(&listed), @r#"
    exit 0
    --- stdout
    id,account,name,root,title,status,description,access_mode,login_protection,must_change,password_set,password_changed_at,password_expires_at,locked_until,disowned_at,mfa,epoch,last_login_at,created_at,contacts,external_id,dry_run,outcome,effects,changed
    ,acme,dora,false,IAM user,enabled,,default,none,false,false,,,,,false,0,,,[],,true,would_do,"[""the IAM user acme/dora is made"",""it has no password, and cannot sign in until one is set""]",false
    "#);
    // People see what would happen.
    insta::assert_snapshot!(site.shown(&site.run(&["user", "create", "acme/dora", "-n"])), @"
    exit 0
    --- stdout
    would happen  the IAM user acme/dora is made; it has no password, and cannot sign in until one is set
    ");
}

/// What a run would come to is found out by one that is undone.
#[test]
fn a_purge_that_is_tried_counts_and_deletes_nothing() {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", OLD);
    site.sent("acme/alice", "alice@example.com");
    site.deliver();
    let rows = site.counts();
    let Some(tried) = later(&site, "+31d", &["store", "purge", "-n"], "") else { return };
    insta::assert_snapshot!(site.shown(&tried), @"
    exit 0
    --- stdout
    would happen  requests, codes, tokens and messages that ended and are older than 30 days are permanently deleted; what people claimed in appeals goes 90 days after they were submitted; operation records stay
    ");
    let purge = |words: &str| later(&site, "+31d", &as_json(words), "").unwrap().succeeded().json();
    let tried = purge("store purge -n");
    assert_eq!(site.counts(), rows, "it was only tried");
    let purged = purge("store purge");
    assert!(purged["deleted"].as_u64().unwrap() >= 3, "{purged}");
    promises("store purge", &tried, &purged);
}

/// Where the data are the result, there is no object; a dry run says so in its effects.
#[test]
fn a_dry_run_of_what_is_written_to_standard_output_tells_so() {
    let site = Site::new();
    for (words, effect) in [
        ("audit export -n", "the records are written to standard output"),
        ("user export - -n", "the users are written to standard output"),
        ("store backup - -n", "a copy of the whole store is written to standard output"),
    ] {
        let tried = site.run(&as_json(words)).succeeded().json();
        assert_eq!(
            (&tried["effects"][0], &tried["outcome"]),
            (&effect.into(), &"would_do".into()),
            "{tried}"
        );
    }
}

/// Nothing was tried, so nothing was refused to anybody (O4).
#[test]
fn a_dry_run_that_is_refused_leaves_no_event() {
    let site = Site::new();
    site.account("acme");
    site.run(&["user", "create", "acme/alice", "-y", "-q"]).succeeded();
    let appeal = site.pipe(&as_json("appeal submit --from -"), FORM).succeeded().json();
    let serial = appeal["serial"].as_str().unwrap();
    site.run(&["appeal", "deny", serial, "-y", "-q"]).succeeded();
    let before = site.events("").len();
    for words in [
        "user create acme/alice",
        "user delete acme/alice",
        "account delete acme",
        "account create acme",
        &format!("appeal approve {serial}"),
        &format!("appeal deny {serial}"),
    ] {
        let tried = site.run(&words.split(' ').chain(["-n"]).collect::<Vec<_>>());
        assert_eq!(tried.code, 4, "{words}: {tried:?}");
    }
    assert_eq!(site.events("").len(), before);
}
