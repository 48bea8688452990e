//! What a command does while it has a transaction open: nothing that waits for anybody (security T10).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use regex::Regex;

use super::disturbed::{Disturbed, PASSWORD, acme};
use crate::site::{REGAIN, Site};

/// Locks of a transaction in the index of SQLite's log (<https://sqlite.org/walformat.html>, 2.3).
const LOCKS: std::ops::RangeInclusive<u32> = 120..=127;

/// More memory than anything but a hash takes at a time; a hash takes 19 MiB here.
const OF_A_HASH: u64 = 8 << 20;

/// Calls by which a command reads from, writes to or waits for somebody else, besides the store's own files.
const CALLS: &str = "fcntl,mmap,read,write,writev,poll,connect,sendto,recvfrom,execve,clone3";

/// What a command does with a transaction open that it should not, as strace tells it.
fn within_transactions(site: &Site, arguments: &[&str], input: &str) -> Vec<String> {
    let log = site.at("strace.log");
    let trace = format!("--trace={CALLS}");
    let output =
        site.under(&["strace", "-f", "-y", "-o", log.to_str().unwrap(), trace.as_str()], arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let lock = Regex::new(r"-shm>, F_SETLK, \{l_type=(F_\w+), .*l_start=(\d+), l_len=(\d+)\}\) = 0").unwrap();
    // What a new thread reserves for its heap is none yet.
    let memory = Regex::new(r" mmap\(NULL, (\d+), PROT_READ\S+, [^,]*MAP_ANONYMOUS").unwrap();
    let (mut held, mut seen, mut found) = (BTreeSet::new(), false, Vec::new());
    for line in fs::read_to_string(log).unwrap().lines() {
        if let Some(lock) = lock.captures(line) {
            let (first, count) = (lock[2].parse::<u32>().unwrap(), lock[3].parse::<u32>().unwrap());
            for byte in (first..first + count).filter(|byte| LOCKS.contains(byte)) {
                if &lock[1] == "F_UNLCK" {
                    held.remove(&byte)
                } else {
                    held.insert(byte)
                };
            }
            seen = true;
        } else if !held.is_empty() {
            let hashes = memory.captures(line).is_some_and(|of| of[1].parse::<u64>().unwrap() > OF_A_HASH);
            // The thread that watches the terminal's signals waits by itself; a log that begins anew is salted at random.
            let own = ["regain.db", "</dev/urandom>"].iter().any(|of| line.contains(of))
                || [" fcntl(", " mmap(", " recvfrom("].iter().any(|of| line.contains(of));
            if hashes || !own && line.contains('(') {
                found.push(line.to_owned());
            }
        }
    }
    assert!(seen, "no transaction was seen: {arguments:?}");
    found
}

#[test]
fn t10_nothing_is_asked_hashed_sent_or_printed_within_a_transaction() {
    let site = acme();
    let quiet = |line: &str, input: &str| {
        let arguments: Vec<&str> = line.split(' ').collect();
        assert_eq!(within_transactions(&site, &arguments, input), Vec::<String>::new(), "{line}");
    };
    quiet("user create acme/bob --email bob@acme.example --password-stdin -y", PASSWORD);
    quiet("password change acme/bob --password-stdin", &format!("{PASSWORD}eight copper pans ring loudly\n"));
    quiet("login acme/bob --password-stdin", "eight copper pans ring loudly\n");
    quiet("verify acme/bob --password-stdin", "eight copper pans ring loudly\n");
    quiet("admin-reset --from - --setup -y", "acme/bob\n");
    quiet("contact bind acme/bob --email new@acme.example --verified -y", "");
    quiet("request start acme", "");
    let id = super::disturbed::opened(&site);
    quiet(&format!("request send {id} --method account"), "");
    quiet(&format!("request show {id}"), "");
    quiet("delivery run --once", "");
    for list in [
        "account list",
        "user list -o jsonl",
        "user export -",
        "user find bob",
        "user readiness",
        "user diagnose acme/bob",
        "contact list acme/bob",
        "mfa status",
        "codes list",
        "codes explain acme/bob",
        "request list acme",
        "device list acme/bob",
        "appeal list",
        "audit list -o jsonl",
        "audit export",
        "audit verify",
        "delivery status",
        "store check",
    ] {
        quiet(list, "");
    }
}

/// The one exception, and the proof that the test above sees what it looks for: the key file changes under the lock.
#[test]
fn only_a_rotation_touches_another_file_within_its_transaction() {
    let site = acme();
    let found = within_transactions(&site, &["store", "rotate-key", "-y"], "");
    assert!(!found.is_empty());
    for line in found {
        assert!(line.contains("/config/regain/"), "{line}");
    }
}

#[test]
fn t10_who_never_reads_a_list_holds_nothing_of_the_store() {
    let site = acme();
    for list in ["user list -o jsonl", "user export -", "audit list -o jsonl", "audit export"] {
        let (reader, mut writer) = std::io::pipe().unwrap();
        // As much as a pipe takes (pipe(7)): the first line waits for somebody to read.
        writer.write_all("\n".repeat(65_536).as_bytes()).unwrap();
        let log = site.at("strace.log");
        let mut child = Command::new("strace")
            .args(["-f", "-o", log.to_str().unwrap(), "--trace=write", REGAIN])
            .args(list.split(' '))
            .env("HOME", site.path())
            .env("XDG_CONFIG_HOME", site.at("config"))
            .env("XDG_DATA_HOME", site.at("data"))
            .stdin(Stdio::null())
            .stdout(OwnedFd::from(writer))
            .spawn()
            .expect("strace is needed here");
        let until = Instant::now() + Duration::from_secs(20);
        while !fs::read_to_string(&log).unwrap_or_default().contains("write(1, ") {
            assert!(Instant::now() < until, "{list}: nothing is printed");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(site.raw().fold_log(), "{list}");
        std::io::copy(&mut File::from(OwnedFd::from(reader)), &mut std::io::sink()).unwrap();
        assert!(child.wait().unwrap().success(), "{list}");
        fs::remove_file(log).unwrap();
    }
}
