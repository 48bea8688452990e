//! Purging, new keys, dry runs, completing.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use regain::config::Settings;
use regain::domain::Secret;
use regain::domain::entropy::SystemEntropy;
use regain::domain::operator::Role;
use regain::domain::password::{ExtraList, ListError};
use regain::domain::time::Clock;
use regain::flow::{self, Actor, Env, Occasion, Remarks, Spawner};
use regain::hasher::{Cost, Hasher};
use regain::keyring::KeyRing;
use serde_json::Value;

use super::{Care, acme, mode};
use crate::site::{Site, ended, engine};

#[test]
fn a_new_key_is_used_at_once_and_the_old_one_still_verifies() {
    let site = acme();
    site.request_with_code();
    let old = fs::read_to_string(site.key()).unwrap();
    let rotated = site.json(&["store", "rotate-key"]);
    assert_eq!((&rotated["keys"], &rotated["resealed"]), (&2.into(), &1.into()));
    assert_eq!(mode(&site.key()), 0o600);
    let new = fs::read_to_string(site.key()).unwrap();
    assert!(new.contains(old.lines().last().unwrap()), "the old key stays");
    let id = rotated["key_id"].as_str().unwrap();
    assert_eq!(site.only("outbox")["key_id"], id);
    assert_eq!(site.json(&["audit", "list", "--limit", "1"])[0]["key_id"], id);
    site.ok(&["audit", "verify"]);
    // With the old key file alone, the first record made with the new key is named.
    fs::write(site.key(), old).unwrap();
    let output = site.fails(7, &["audit", "verify", "-o", "json"]);
    let found: Value = output.json();
    assert_eq!(found["reason"], "unknown_key");
}

#[test]
fn claims_and_forms_are_sealed_anew_with_a_new_key() {
    let site = acme();
    let form = site.at("a.toml");
    fs::write(&form, "who = \"acme\"\nnew_mobile = \"+4915112345678\"\n[device]\nusual = \"a laptop\"\n")
        .unwrap();
    let view = site.json(&["appeal", "submit", "--from", form.to_str().unwrap()]);
    let serial = view["serial"].as_str().unwrap();
    let rotated = site.json(&["store", "rotate-key"]);
    assert_eq!(rotated["resealed"], 1);
    assert_eq!(site.only("appeals")["key_id"], rotated["key_id"]);
    // With the new key alone, it still opens.
    let text = fs::read_to_string(site.key()).unwrap();
    fs::write(site.key(), text.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n").unwrap();
    let shown = site.json(&["appeal", "show", serial]);
    let laptop = |row: &Value| row["field"] == "usual" && row["claimed"] == "a laptop";
    assert!(shown["claims"].as_array().unwrap().iter().any(laptop), "{shown}");
}

#[test]
fn k10_purging_deletes_what_ended_long_ago_and_nothing_of_a_day() {
    const AGE: i64 = -90_000_000;
    let site = acme();
    let id = site.request_with_code();
    site.ok(&["request", "cancel", &id]);
    site.ok(&["request", "start", "acme"]);
    let output = site.fails(2, &["-y", "store", "purge", "--older-than", "1h"]);
    assert!(output.stderr.contains("--older-than takes at least 1d"), "{}", output.stderr);
    assert_eq!(site.json(&["store", "purge"])["deleted"], 0);
    for table in ["requests", "codes", "outbox"] {
        site.edit(table, |row| row.shift("created_at", AGE));
    }
    for table in ["requests", "codes"] {
        site.edit(table, |row| row.shift("expires_at", AGE));
    }
    site.edit("codes", |code| code["open"] = 0.into());
    site.edit("outbox", |message| {
        message["state"] = "done".into();
        message["sealed"] = Value::Null;
    });
    let purged = site.json(&["store", "purge", "--older-than", "1d"]);
    assert!(purged["deleted"].as_u64().unwrap() >= 3, "{purged}");
    assert_eq!(site.rows("codes").len(), 0);
    site.ok(&["audit", "verify"]);
}

#[test]
fn a_dry_run_of_each_changes_nothing() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let (store, key) = (site.bytes(), fs::read(site.key()).unwrap());
    let none = site.at("none.db");
    for arguments in [
        &["store", "backup", none.to_str().unwrap()][..],
        &["store", "restore", backup.to_str().unwrap()],
        &["store", "purge"],
        &["store", "rotate-key"],
    ] {
        let shown = site.json(&[arguments, &["--dry-run"]].concat());
        assert_eq!(shown["dry_run"], true, "{arguments:?}");
    }
    assert!(!none.exists());
    assert!((site.bytes(), fs::read(site.key()).unwrap()) == (store, key));
}

#[test]
fn names_complete_from_the_store_and_nothing_is_written_or_said() {
    let site = acme();
    site.ok(&["-y", "account", "create", "aardvark"]);
    site.ok(&["-y", "account", "create", "two words"]);
    for user in ["acme/alice", "acme/alan"] {
        site.ok(&["-y", "user", "create", user]);
    }
    let complete = |site: &Site, words: &[&str]| {
        let index = (words.len() - 1).to_string();
        let mut command = site.command(&[&["--"], words].concat());
        command.env("REGAIN_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index).env("_CLAP_IFS", "\n");
        let output = ended(command.spawn().unwrap(), "");
        assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{words:?}");
        output.stdout
    };
    let before = site.bytes();
    assert_eq!(complete(&site, &["regain", "account", "show", "a"]), "aardvark\nacme");
    assert_eq!(complete(&site, &["regain", "account", "show", "t"]), "", "a name with a space is not safe");
    assert_eq!(complete(&site, &["regain", "account", "sh"]), "show");
    assert_eq!(complete(&site, &["regain", "user", "show", "a"]), "aardvark\nacme");
    assert_eq!(complete(&site, &["regain", "user", "show", "AC"]), "acme\nacme/alan\nacme/alice");
    assert_eq!(complete(&site, &["regain", "user", "show", "acme/ali"]), "acme/alice");
    assert_eq!(complete(&site, &["regain", "account", "show", "ac"]), "acme");
    assert_eq!(complete(&site, &["regain", "--store", "/nowhere", "account", "show", "a"]), "");
    assert!(site.bytes() == before);
    fs::write(site.config(), "broken = [").unwrap();
    assert_eq!(complete(&site, &["regain", "account", "show", "a"]), "");
    assert_eq!(complete(&Site::bare(), &["regain", "account", "show", "a"]), "");
}

/// A clock that stands.
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn pause(&self, _: jiff::SignedDuration) {}
}

struct Nobody;

impl Spawner for Nobody {
    fn wake(&self) {}
}

impl Remarks for Nobody {
    fn remark(&self, _: &str) {}
}

impl ExtraList for Nobody {
    fn contains(&self, _: &str) -> Result<bool, ListError> {
        Ok(false)
    }

    fn is_breached(&self, _: &Secret) -> Result<bool, ListError> {
        Ok(false)
    }
}

#[test]
fn k10_the_daily_purge_runs_once_a_day() {
    let site = acme();
    let store = engine::open(&site.store());
    let keys = KeyRing::parse(&fs::read_to_string(site.key()).unwrap()).unwrap();
    let settings = Settings::parse("").unwrap();
    let start: Timestamp = "2040-01-01T00:00:00Z".parse().unwrap();
    let purge_at = |hours: i64| {
        let clock = Standing(start + SignedDuration::from_hours(hours));
        let actor = Actor {
            uid: 0,
            name: "worker".to_owned(),
            role: Role::Stranger,
            owner: false,
            store_owner: Some(1000),
            host: "host".to_owned(),
            process: 1,
            source: "uid:0".to_owned(),
            place: None,
        };
        let env = Env {
            store: store.as_ref(),
            keys: &keys,
            hasher: Hasher::new(Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 }, false, &keys),
            clock: &clock,
            entropy: &SystemEntropy,
            settings: &settings,
            actor,
            occasion: Occasion::default(),
            spawner: &Nobody,
            remarks: &Nobody,
            texts: &regain::texts::Texts::default(),
            extra_list: &Nobody,
            conclude_overdue: flow::conclude_overdue_attempts,
            in_a_row: false,
        };
        flow::purge_due(&env).unwrap().is_some()
    };
    assert_eq!([0, 1, 23, 24, 25, 48, 49].map(purge_at), [true, false, false, true, false, true, false]);
    assert_eq!(site.recorded("purgeStore", ""), 3);
}
