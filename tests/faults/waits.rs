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

/// What a command does to the log and to its file of secrets, and when it tells of a row: `write log`, `flush secrets`,
/// `row`.
fn done(site: &Site, arguments: &[&str], input: &str) -> Vec<String> {
    let log = site.at("strace.log");
    let before =
        ["strace", "-f", "-y", "-o", log.to_str().unwrap(), "--trace=write,pwrite64,fsync,fdatasync"];
    let output = site.under(&before, arguments, input);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let step = |line: &str| {
        let file = match line {
            _ if line.contains("/regain.db-wal>") => "log",
            _ if line.contains("/secrets.unfinished>") => "secrets",
            _ if line.contains(" write(1<") => return Some("row".to_owned()),
            _ => return None,
        };
        Some(format!("{} {file}", if line.contains("sync(") { "flush" } else { "write" }))
    };
    fs::read_to_string(&log).unwrap().lines().filter_map(step).collect()
}

#[test]
fn d1_t5_a_batch_waits_for_the_disk_together_secrets_before_changes_and_changes_before_rows() {
    const PEOPLE: usize = 12;
    let whole = acme();
    let names: Vec<String> = (0..PEOPLE).map(|at| format!("acme/u{at}")).collect();
    for name in &names {
        whole.succeed(&["-y", "user", "create", name], "");
    }
    for mode in ["--setup", "--generate"] {
        let site = whole.copy();
        let secrets = site.at("secrets");
        let reset = ["-y", "admin-reset", "--from", "-", mode, "-o", "jsonl", "--secrets-to"];
        let mut steps = done(&site, &[&reset[..], &[secrets.to_str().unwrap()]].concat(), &names.join("\n"));
        steps.dedup();
        let count = |of: &str| steps.iter().filter(|step| *step == of).count();
        assert!(count("write log") > 0 && count("row") > 0, "{steps:?}");
        let (mut secret, mut changed) = (false, false);
        for (at, step) in steps.iter().enumerate() {
            match step.as_str() {
                "write secrets" => secret = true,
                "flush secrets" => secret = false,
                "write log" => changed = true,
                "flush log" => changed = false,
                _ => assert!(!changed, "{mode}: a row is told before it is on the disk: {at} of {steps:?}"),
            }
            assert!(!(secret && changed), "{mode}: a change comes before its secret: {at} of {steps:?}");
        }
        assert!(!secret && !changed, "{mode}: {steps:?}");
        // Tokens are all there at once; how many passwords are is a matter of the machine.
        let most = if mode == "--setup" { 2 } else { PEOPLE };
        // The journal is there before anything is done, and says at last that all of it is.
        assert!(count("flush secrets") <= most && count("flush log") <= most + 2, "{mode}: {steps:?}");
    }
}
