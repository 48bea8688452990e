//! How often a small change waits for the disk.

use std::fs;

use super::disturbed::{Disturbed, PASSWORD, acme, opened};
use crate::site::Site;

/// The calls of one command that wait for the disk.
fn waits(site: &Site, arguments: &[&str], input: &str) -> usize {
    let log = site.at("strace.log");
    let before = ["strace", "-f", "-o", log.to_str().unwrap(), "--trace=fsync,fdatasync"];
    let output = site.under(&before, arguments, input);
    assert!(matches!(output.status.code(), Some(0 | 12)), "{arguments:?}: {output:?}");
    let told = fs::read_to_string(&log).unwrap();
    told.lines().filter(|line| line.contains("sync(")).count()
}

#[test]
fn d1_a_small_change_waits_for_the_disk_once_and_a_guess_twice() {
    let site = acme();
    site.succeed(&["-y", "user", "create", "acme/alice", "--password-stdin"], PASSWORD);
    let id = opened(&site);
    for (arguments, input, most) in [
        (&["-y", "account", "create", "globex"][..], "", 2),
        (&["-y", "user", "create", "acme/bob"], "", 2),
        (&["-y", "user", "disable", "acme/bob"], "", 2),
        (&["-y", "contact", "bind", "acme/bob", "--email", "bob@acme.example", "--verified"], "", 2),
        (&["-y", "admin-reset", "acme/bob", "--password-stdin"], PASSWORD, 2),
        (&["request", "start", "acme/alice"], "", 2),
        (&["request", "send", &id, "--method", "account"], "", 2),
        (&["verify", "acme/alice", "--password-stdin"], PASSWORD, 3),
        (&["user", "list"], "", 0),
        (&["doctor"], "", 0),
    ] {
        let found = waits(&site, arguments, input);
        assert!(found <= most, "{arguments:?} waits {found} times");
        // The control: a change that does not wait is lost with the power.
        assert!(most == 0 || found > 0, "{arguments:?} does not wait at all");
    }
    assert!(site.at("data/regain/regain.db-wal").metadata().unwrap().len() > 0, "the log stays");
    site.succeed(&["-y", "store", "purge"], "");
    assert_eq!(site.at("data/regain/regain.db-wal").metadata().unwrap().len(), 0, "K10: and goes at upkeep");
}
