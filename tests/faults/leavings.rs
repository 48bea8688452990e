//! What a killed command leaves: nothing under a name that somebody waits for, nothing that stops the next one.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use super::disturbed::{Disturbed, PASSWORD, acme};
use crate::site::{RawStore, Site};

/// What a new file is made by.
const CALLS: [&str; 6] = ["openat", "write", "pwrite64", "fsync", "fdatasync", "renameat2"];

/// Kills the command at every call of each kind, and looks at what it left each time.
fn killed(whole: &Site, arguments: &[&str], look: impl Fn(&Site, &str)) {
    let mut kills = 0;
    for call in CALLS {
        for number in 1.. {
            assert!(number < 400, "{call} is called without end");
            let site = whole.copy();
            let log = site.at("strace.log");
            let (trace, inject) =
                (format!("--trace={call}"), format!("--inject={call}:signal=KILL:when={number}"));
            let before = ["strace", "-f", "-o", log.to_str().unwrap(), trace.as_str(), inject.as_str()];
            let words: Vec<String> =
                arguments.iter().map(|word| word.replace("{}", site.path().to_str().unwrap())).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let output = site.under(&before, &words, "");
            let what = format!("{call} number {number}");
            if output.status.signal() != Some(9) {
                assert_eq!(output.status.code(), Some(0), "{what}: {output:?}");
                break;
            }
            kills += 1;
            look(&site, &what);
            // What was not done is done by the same command; what it left is gone.
            if !site.at("new").exists() {
                let next = site.under(&[], &words, "");
                assert_eq!(next.status.code(), Some(0), "{what}: {}", String::from_utf8_lossy(&next.stderr));
            }
            assert_eq!(left(site.path()), BTreeSet::new(), "{what}");
        }
    }
    assert!(kills > 10, "it was killed {kills} times only");
}

fn left(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name.contains(".unfinished") || name.starts_with(".regain-") {
            found.insert(name);
        } else if entry.path().is_dir() {
            found.extend(left(&entry.path()));
        }
    }
    found
}

#[test]
fn t5_a_backup_has_its_name_when_it_is_whole() {
    let whole = acme();
    killed(&whole, &["store", "backup", "{}/new"], |site, what| {
        let backup = site.at("new");
        if backup.exists() {
            assert!(RawStore::open(&backup).is_sound(), "{what}");
            site.succeed(&["--dry-run", "store", "restore", backup.to_str().unwrap()], "");
        }
    });
}

#[test]
fn t5_an_export_has_its_name_when_it_is_whole() {
    let whole = acme();
    killed(&whole, &["audit", "export", "{}/new"], |site, what| {
        if let Ok(text) = fs::read_to_string(site.at("new")) {
            assert!(text.lines().last().unwrap().starts_with("{\"anchor\":"), "{what}: {text}");
        }
    });
}

#[test]
fn t5_a_file_of_secrets_has_its_name_when_it_is_whole_and_a_killed_one_is_gone_on_with() {
    let whole = acme();
    for user in ["acme/alice", "acme/bob"] {
        whole.succeed(&["-y", "user", "create", user, "--password-stdin"], PASSWORD);
    }
    let reset = [
        "-y",
        "admin-reset",
        "acme/alice",
        "acme/bob",
        "--generate",
        "--batch",
        "b",
        "--resume",
        "--secrets-to",
        "{}/new",
    ];
    killed(&whole, &reset, |site, what| {
        let (named, left) =
            (fs::read_to_string(site.at("new")), fs::read_to_string(site.at("new.unfinished")));
        if let Ok(text) = &named {
            assert_eq!(text.lines().count(), 2, "{what}");
        }
        // Whoever has a new password has it in the one or the other.
        let text = named.or(left).unwrap_or_default();
        for user in ["acme/alice", "acme/bob"] {
            let judged = |password: &str| {
                let verify = ["verify", user, "--password-stdin"];
                site.under(&[], &verify, &format!("{password}\n")).status.code() == Some(12)
            };
            let new = text.lines().filter(|line| line.ends_with('}') && line.contains(user)).any(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                judged(line["secret"].as_str().unwrap())
            });
            assert!(new || judged(PASSWORD.trim()), "{what}: {user} has a password that nobody has");
        }
    });
}

#[test]
fn t4_a_killed_rotation_leaves_no_copy_of_the_key_for_long() {
    let whole = acme();
    killed(&whole, &["-y", "store", "rotate-key"], |site, what| {
        let doctor = site.under(&[], &["doctor", "-o", "csv"], "");
        let found = left(site.path());
        let told = String::from_utf8(doctor.stdout).unwrap();
        for name in &found {
            assert!(told.contains("leftovers,warning,\"A command was killed and left "), "{what}: {told}");
            assert!(told.contains(name.as_str()), "{what}: {told}");
        }
        site.state();
    });
}

#[test]
fn d1_a_store_has_its_name_when_it_is_whole() {
    let whole = Site::bare();
    killed(&whole, &["init"], |site, what| {
        if site.at("data/regain/regain.db").exists() {
            site.state();
            assert!(site.succeed(&["audit", "list"], "").contains("createStore"), "{what}");
            // All of it is there.
            fs::write(site.at("new"), "").unwrap();
        }
    });
}
