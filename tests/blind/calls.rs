//! Which system calls a command makes, and how often: what its time and its trace on disk depend on.

use std::collections::BTreeMap;
use std::process::Stdio;

use crate::site::{REGAIN, Site, ended};

/// How often each kind of system call was made.
pub(super) fn calls(site: &Site, arguments: &[&str], input: &str) -> BTreeMap<String, u64> {
    let summary = site.path().join("calls");
    // When the log is written back is a matter of all that was written before.
    assert!(site.raw().fold_log());
    let traced = ["-f", "-c", "-U", "name,calls", "-o", summary.to_str().unwrap(), REGAIN];
    let arguments = [traced.as_slice(), arguments].concat();
    let mut strace = site.program("strace", &arguments);
    ended(strace.stdin(Stdio::piped()).spawn().unwrap(), input);
    let text = std::fs::read_to_string(summary).unwrap();
    let row = |line: &str| {
        let (name, count) = line.trim().split_once(char::is_whitespace)?;
        Some((name.to_owned(), count.trim().parse().ok()?))
    };
    text.lines().filter_map(row).filter(|(name, _)| name != "total").collect()
}

/// What memory and chance decide, and what differs between two runs for one person.
const BY_CHANCE: [&str; 11] = [
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "madvise",
    "futex",
    "getrandom",
    "sched_yield",
    "restart_syscall",
    "clock_nanosleep",
    "rt_sigreturn",
];

/// Calls that are seen from outside, or that take time: as many for everyone.
const COUNTED: [&str; 7] = ["fsync", "fdatasync", "openat", "unlink", "ftruncate", "execve", "clone3"];

/// The same kinds of calls, and as many of those that count.
pub(super) fn assert_same(seen: &BTreeMap<String, u64>, expected: &BTreeMap<String, u64>, whose: &str) {
    assert!(expected.len() > 20, "strace saw too little: {expected:?}");
    let kinds = |calls: &BTreeMap<String, u64>| {
        calls.keys().filter(|name| !BY_CHANCE.contains(&name.as_str())).cloned().collect::<Vec<_>>()
    };
    assert_eq!(kinds(seen), kinds(expected), "{whose}");
    for call in COUNTED {
        assert_eq!(seen.get(call), expected.get(call), "{call}: {whose}");
    }
}
