//! A change that is killed or fails at any write.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use super::disturbed::{Disturbed, PASSWORD, acme, opened};
use crate::site::Site;

/// What SQLite changes a file by.
const CALLS: [&str; 4] = ["pwrite64", "fdatasync", "fsync", "ftruncate"];

/// No command here makes so many of one of them; a loop that never ends is a failure too.
pub(crate) const MOST: u32 = 400;

/// A command, and the site as it is before it.
pub(crate) struct Change {
    pub(crate) site: Site,
    arguments: Vec<String>,
    input: &'static str,
    before: String,
    after: String,
}

impl Change {
    fn new(site: Site, arguments: &[&str], input: &'static str) -> Self {
        let before = site.state();
        let undisturbed = site.copy();
        undisturbed.succeed(arguments, input);
        let after = undisturbed.state();
        assert_ne!(before, after, "the command changes something");
        Self {
            site,
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
            input,
            before,
            after,
        }
    }

    pub(crate) fn arguments(&self) -> Vec<&str> {
        self.arguments.iter().map(String::as_str).collect()
    }

    /// Makes every single call of each kind go wrong in this way, one at a time.
    fn survives(&self, fault: &str) {
        let (mut unchanged, mut changed) = (0, 0);
        for call in CALLS {
            for number in 1.. {
                assert!(number < MOST, "{call} is called without end");
                let site = self.site.copy();
                let log = site.at("strace.log");
                let inject = format!("--inject={call}:{fault}:when={number}");
                let trace = format!("--trace={call}");
                let log_name = log.to_str().unwrap();
                let before = ["strace", "-f", "-o", log_name, trace.as_str(), inject.as_str()];
                let output = site.under(&before, &self.arguments(), self.input);
                let told = fs::read_to_string(&log).unwrap();
                assert!(
                    !told.is_empty(),
                    "strace could not trace: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                let hit = told.contains("INJECTED") || told.contains("killed by SIGKILL");
                let state = self.judge(&site, &output, &format!("{call} number {number}: {fault}"));
                if !hit {
                    assert!(output.status.success());
                    break;
                }
                if state { changed += 1 } else { unchanged += 1 }
            }
        }
        // The control: faults were met on both sides of the moment that counts.
        assert!(unchanged > 5, "only {unchanged} faults came before the change");
        assert!(changed > 0, "no fault came after the change");
    }

    /// Whether the change is there; it must be there whole or not at all.
    pub(crate) fn judge(&self, site: &Site, output: &Output, what: &str) -> bool {
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked"), "{what}: {told}");
        let state = site.state();
        let changed = state == self.after;
        assert!(changed || state == self.before, "{what}: between the two\n{state}");
        match output.status.code() {
            Some(0) => assert!(changed, "{what}: it was reported as done"),
            Some(7) => {}
            // Killed, or its tracer told so.
            None => assert_eq!(output.status.signal(), Some(9), "{what}"),
            Some(other) => panic!("{what}: exit {other}: {told}"),
        }
        if !changed {
            let next = site.under(&[], &self.arguments(), self.input);
            assert!(next.status.success(), "{what}: the next run: {}", String::from_utf8_lossy(&next.stderr));
            assert_eq!(site.state(), self.after, "{what}: the next run");
        }
        changed
    }
}

pub(crate) fn account_create() -> Change {
    Change::new(acme(), &["account", "create", "globex", "--email", "root@globex.example", "-y"], "")
}

fn contact_bind() -> Change {
    // In place of another, so that something goes and something comes.
    Change::new(acme(), &["contact", "bind", "acme", "--email", "new@acme.example", "--verified", "-y"], "")
}

fn request_send() -> Change {
    let site = acme();
    let id = opened(&site);
    Change::new(site, &["request", "send", &id, "--method", "account"], "")
}

fn set_password() -> Change {
    let site = acme();
    let id = opened(&site);
    // A second request, which must end with the first.
    opened(&site);
    site.succeed(&["request", "send", &id, "--method", "account"], "");
    site.succeed(&["request", "verify", &id, "--code-stdin"], &site.code_to("root@acme.example"));
    Change::new(site, &["request", "set-password", &id, "--password-stdin"], PASSWORD)
}

#[test]
fn d1_account_create_survives_a_full_disk() {
    account_create().survives("error=ENOSPC");
}

#[test]
fn d1_account_create_survives_being_killed() {
    account_create().survives("signal=KILL");
}

#[test]
fn d1_contact_bind_survives_a_full_disk() {
    contact_bind().survives("error=ENOSPC");
}

#[test]
fn d1_contact_bind_survives_being_killed() {
    contact_bind().survives("signal=KILL");
}

#[test]
fn d1_request_send_survives_a_broken_disk() {
    request_send().survives("error=EIO");
}

#[test]
fn d1_request_send_survives_being_killed() {
    request_send().survives("signal=KILL");
}

#[test]
fn d1_set_password_survives_a_broken_disk() {
    set_password().survives("error=EIO");
}

#[test]
fn d1_set_password_survives_being_killed() {
    set_password().survives("signal=KILL");
}
