//! A disk that fails while a change is committed: what is told is what happened, or that nobody knows.

use std::collections::HashMap;
use std::fs;
use std::process::Output;

use serde_json::Value;

use super::disturbed::{Disturbed, PASSWORD, acme};
use crate::site::Site;

/// Of two people, each with a password that was given.
fn with_people() -> Site {
    let site = acme();
    for user in ["acme/alice", "acme/bob"] {
        site.succeed(&["-y", "user", "create", user, "--password-stdin"], PASSWORD);
    }
    site
}

/// A command while a system call fails, such as `fsync:error=EIO:when=2+`, on one file of the site or on all; and whether
/// it was met.
fn failing(site: &Site, fault: &str, file: Option<&str>, arguments: &[&str]) -> (Output, bool) {
    let log = site.at("strace.log");
    let trace = format!("--trace={}", fault.split_once(':').unwrap().0);
    let inject = format!("--inject={fault}");
    let file = file.map(|name| site.at(name));
    let mut before = vec!["strace", "-f", "-o", log.to_str().unwrap(), trace.as_str(), inject.as_str()];
    if let Some(file) = &file {
        before.extend(["-P", file.to_str().unwrap()]);
    }
    let output = site.under(&before, arguments, "");
    let hit = fs::read_to_string(&log).unwrap().contains("INJECTED");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
    (output, hit)
}

fn right(site: &Site, user: &str, password: &str) -> bool {
    let judged = site.under(&[], &["verify", user, "--password-stdin"], &format!("{password}\n"));
    judged.status.code() == Some(12)
}

/// The passwords in a file of secrets, or in one that could not get its name.
fn secrets(site: &Site, name: &str) -> HashMap<String, String> {
    let other = || fs::read_to_string(site.at(&format!("{name}.unfinished")));
    let text = fs::read_to_string(site.at(name)).or_else(|_| other()).unwrap_or_default();
    let line = |line: &str| -> Value { serde_json::from_str(line).unwrap() };
    let text_of = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    text.lines().map(line).map(|line| (text_of(&line, "user"), text_of(&line, "secret"))).collect()
}

/// Whether what failed would have befallen everybody: the batch stops then, and says how to go on.
fn stopped(output: &std::process::Output) -> bool {
    String::from_utf8_lossy(&output.stderr).contains("`regain batch resume bat_")
}

/// The batch that is left to go on with.
fn begun(site: &Site) -> Option<String> {
    let batches: Value = serde_json::from_str(&site.succeed(&["batch", "list", "-o", "json"], "")).unwrap();
    let left = batches.as_array().unwrap().iter().find(|batch| batch["state"] == "interrupted")?;
    Some(left["id"].as_str().unwrap().to_owned())
}

/// Resets both people while a call fails at the N-th time, for every N until it is not met; gives how often a row ended
/// how.
fn every_reset(fault: impl Fn(u32) -> String) -> HashMap<String, u32> {
    let whole = with_people();
    let mut outcomes = HashMap::new();
    for number in 1.. {
        assert!(number < 100, "it is called without end");
        let site = whole.copy();
        let file = site.at("secrets.jsonl");
        let reset =
            ["-y", "admin-reset", "acme/alice", "acme/bob", "--generate", "-o", "json", "--secrets-to"];
        let (output, hit) =
            failing(&site, &fault(number), None, &[&reset[..], &[file.to_str().unwrap()]].concat());
        if !hit {
            assert_eq!(output.status.code(), Some(0));
            return outcomes;
        }
        let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let handed_out = secrets(&site, "secrets.jsonl");
        for user in ["acme/alice", "acme/bob"] {
            let old = right(&site, user, PASSWORD.trim());
            let new = handed_out.get(user).is_some_and(|password| right(&site, user, password));
            assert!(old != new, "{number}: {user} has a password that nobody has: {output:?}");
            let Some(row) = rows.iter().find(|row| row["user"] == user) else { continue };
            let outcome = row["outcome"].as_str().unwrap().to_owned();
            match outcome.as_str() {
                "done" => assert!(new, "{number}: {user} was reported as done"),
                "failed" => {
                    assert!(old, "{number}: {user} was reported as failed");
                    assert!(!handed_out.contains_key(user), "{number}: {user} has no such password");
                }
                "unknown" => {
                    assert_eq!(row["reason"], "outcome_unknown");
                    assert!(handed_out.contains_key(user), "{number}: the password of {user} is gone");
                }
                other => panic!("{other}"),
            }
            *outcomes.entry(outcome).or_default() += 1;
        }
        if stopped(&output) {
            *outcomes.entry("stopped".to_owned()).or_default() += 1;
        }
        let doubt = rows.iter().any(|row| row["outcome"] == "unknown");
        if doubt {
            assert_eq!(output.status.code(), Some(10));
            let told = String::from_utf8(output.stderr.clone()).unwrap();
            let told: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
            assert_eq!(told["error"]["reason"], "outcome_unknown");
        }
        // A second try, into the same file if there is none, makes it certain. What was begun is gone on with.
        let again = if file.exists() { "again.jsonl" } else { "secrets.jsonl" };
        let path = site.at(again);
        let resume = begun(&site).map(|id| ["-y", "batch", "resume", &id, "--secrets-to"].map(str::to_owned));
        let words: Vec<&str> = match &resume {
            Some(resume) => resume.iter().map(String::as_str).collect(),
            None => reset.to_vec(),
        };
        site.succeed(&[&words[..], &[path.to_str().unwrap()]].concat(), "");
        for (user, password) in secrets(&site, again) {
            assert!(right(&site, &user, &password), "{number}: {user}");
        }
    }
    unreachable!()
}

#[test]
fn t5_no_password_is_set_that_nobody_has_where_something_cannot_be_flushed() {
    let outcomes = every_reset(|number| format!("fsync:error=EIO:when={number}"));
    // Where both secrets were to be flushed together, each of them is tried alone.
    assert!(outcomes["unknown"] >= 2 && outcomes["done"] >= 2, "{outcomes:?}");
}

#[test]
fn t5_no_password_is_set_that_nobody_has_where_nothing_can_be_flushed_any_more() {
    let outcomes = every_reset(|number| format!("fsync:error=EIO:when={number}+"));
    assert!(outcomes["unknown"] >= 2 && outcomes["stopped"] >= 1 && outcomes["done"] >= 1, "{outcomes:?}");
}

#[test]
fn t5_a_secret_whose_change_fails_is_taken_back_wherever_the_disk_is_full() {
    let outcomes = every_reset(|number| format!("pwrite64:error=ENOSPC:when={number}"));
    assert!(outcomes["stopped"] >= 2 && outcomes["done"] >= 2, "{outcomes:?}");
    assert_eq!(outcomes.get("unknown"), None, "a full disk leaves no doubt");
}

#[test]
fn d1_a_batch_says_of_everybody_what_became_of_them() {
    let whole = with_people();
    let disable = ["-y", "user", "disable", "acme/alice", "acme/bob", "acme/nobody", "-o", "json"];
    for fault in ["pwrite64:error=ENOSPC", "fsync:error=EIO"] {
        let mut outcomes: HashMap<String, u32> = HashMap::new();
        for number in 1.. {
            let site = whole.copy();
            let (output, hit) = failing(&site, &format!("{fault}:when={number}"), None, &disable);
            let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
            for row in rows.iter().filter(|row| row["user"] != "acme/nobody") {
                let shown = site.succeed(&["user", "show", row["user"].as_str().unwrap(), "-o", "json"], "");
                let shown: Value = serde_json::from_str(&shown).unwrap();
                let outcome = row["outcome"].as_str().unwrap();
                match outcome {
                    "done" => assert_eq!(shown["status"], "disabled", "{fault} {number}: {row}"),
                    "failed" => assert_eq!(shown["status"], "enabled", "{fault} {number}: {row}"),
                    "unknown" => assert_eq!(row["reason"], "outcome_unknown"),
                    other => panic!("{other}"),
                }
                *outcomes.entry(outcome.to_owned()).or_default() += 1;
            }
            if !hit {
                assert_eq!(rows.len(), 3, "{output:?}");
                break;
            }
            if stopped(&output) {
                *outcomes.entry("stopped".to_owned()).or_default() += 1;
                site.succeed(&["-y", "batch", "cancel", &begun(&site).unwrap()], "");
            }
        }
        let other = if fault.starts_with("fsync") { "unknown" } else { "stopped" };
        assert!(outcomes[other] >= 2 && outcomes["done"] >= 2, "{fault}: {outcomes:?}");
    }
}

#[test]
fn d1_one_change_whose_commit_is_in_doubt_says_so() {
    let site = with_people();
    let reset = ["-y", "admin-reset", "acme/bob", "--generate", "--secrets-to"];
    let file = site.at("secrets.jsonl");
    let log = Some("data/regain/regain.db-wal");
    let (output, hit) =
        failing(&site, "fsync:error=EIO", log, &[&reset[..], &[file.to_str().unwrap()]].concat());
    assert!(hit);
    let told = "error: failed to tell whether the change was made: the disk failed while it was written\n\
                caused by: disk I/O error\n\
                caused by: Error code 1034: disk I/O error\n\
                hint: repair the disk first\n\
                hint: administrators see the newest changes at the top of `regain audit list`; a secret in a file is kept, and works if its change was made\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), told);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(secrets(&site, "secrets.jsonl").keys().collect::<Vec<_>>(), ["acme/bob"]);

    // It is so for every command that writes: none says that nothing was changed.
    let id = {
        let request: Value =
            serde_json::from_str(&site.succeed(&["request", "start", "acme", "-o", "json"], "")).unwrap();
        request["id"].as_str().unwrap().to_owned()
    };
    for arguments in [
        &["-y", "account", "create", "globex"][..],
        &["-y", "user", "disable", "acme/alice"],
        &["-y", "contact", "bind", "acme", "--email", "new@acme.example", "--verified"],
        &["-y", "policy", "set", "acme", "password", "minimum_password_length=20"],
        &["request", "send", &id, "--method", "account"],
        &["-y", "store", "rotate-key"],
    ] {
        let (output, hit) = failing(&site.copy(), "fsync:error=EIO", log, arguments);
        assert!(hit, "{arguments:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), told, "{arguments:?}");
        assert_eq!(output.status.code(), Some(7), "{arguments:?}");
    }
    // The control: with the disk in order, the next command finds out.
    let shown = site.succeed(&["audit", "list", "--limit", "3", "-o", "json"], "");
    assert!(shown.contains("setPasswordByAdmin"), "{shown}");
}

/// The store is what it was, or what the backup was, and what is told of it is true.
#[test]
fn d1_a_restore_on_a_disk_that_fills_up_says_what_stands() {
    let whole = acme();
    let backup = whole.at("backup.db");
    whole.succeed(&["store", "backup", backup.to_str().unwrap()], "");
    whole.succeed(&["-y", "account", "create", "later"], "");
    let (mut kept, mut standing) = (0, 0);
    for call in ["pwrite64", "ftruncate"] {
        // Each page of the copies is a write like the one before it.
        for number in (1..).step_by(3) {
            assert!(number < 600, "{call} is called without end");
            let site = whole.copy();
            let file = site.at("backup.db");
            let fault = format!("{call}:error=ENOSPC:when={number}+");
            let restore = ["-y", "store", "restore", file.to_str().unwrap(), "-o", "json"];
            let (output, hit) = failing(&site, &fault, None, &restore);
            if !hit {
                assert_eq!(output.status.code(), Some(0));
                break;
            }
            let what = format!("{call} number {number}: {output:?}");
            let there = site.succeed(&["account", "list"], "");
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            let copies = fs::read_dir(site.at("data/regain")).unwrap();
            let copies = copies.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let copies: Vec<String> = copies.filter(|name| name.contains(".before-restore-")).collect();
            assert!(!told.contains("nothing was changed"), "{what}");
            if there.contains("later") {
                kept += 1;
                assert_eq!(output.status.code(), Some(7), "{what}");
                assert_eq!(copies, Vec::<String>::new(), "{what}");
            } else {
                standing += 1;
                assert_eq!(copies.len(), 1, "{what}");
                let says = output.status.code() == Some(0)
                    || told.contains("is now the store") && told.contains("log_not_emptied");
                assert!(says, "{what}");
            }
            site.state();
        }
    }
    assert!(kept > 3 && standing > 3, "{kept} before, {standing} after");
}
