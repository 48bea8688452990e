//! Stopped from a terminal in the middle of a transaction: others go on writing (security T10).

use std::fs;
use std::io::Read as _;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::changes::MOST;
use super::disturbed::{Disturbed, acme};
use crate::site::{REGAIN, Site};

/// Longer than anything here takes on a machine under load.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn t10_a_stop_within_a_transaction_stops_no_other_writer() {
    let site = acme();
    let mut stopped = 0;
    for number in 1.. {
        assert!(number < MOST, "the store is written to without end");
        // What a terminal stops by: Ctrl-Z, and reading or writing in the background.
        let signal = ["TSTP", "TTIN", "TTOU"][number as usize % 3];
        let site = site.copy();
        let log = site.at("strace.log");
        let mut first = traced(&site, &log, &format!("--inject=pwrite64:signal={signal}:when={number}"));
        let Some(process) = stops_or_ends(&mut first, &log) else {
            // When it closes the store it has nothing left to do, and may end before it stops.
            if fs::read_to_string(&log).unwrap().contains("--- SIGT") {
                continue;
            }
            break;
        };
        stopped += 1;
        let second = site.under(&[], &["account", "create", "initech", "-y"], "");
        let told = String::from_utf8_lossy(&second.stderr);
        assert!(second.status.success(), "{signal} at write number {number}: {told}");
        // After its last transaction it may have come to its end while it was about to stop.
        let _ = kill_process(process, Signal::CONT);
        ended(&mut first);
        let state = site.state();
        assert!(state.contains("account globex") && state.contains("account initech"), "{state}");
    }
    assert!(stopped > 20, "it was stopped at {stopped} writes only");
}

/// `account create globex` as a job of its own: the kernel stops no orphan, and regain no session leader.
fn traced(site: &Site, log: &Path, inject: &str) -> Child {
    Command::new("strace")
        .args(["-f", "-o", log.to_str().unwrap(), "--trace=pwrite64", inject, REGAIN])
        .args(["account", "create", "globex", "-y"])
        .env("HOME", site.path())
        .env("XDG_CONFIG_HOME", site.at("config"))
        .env("XDG_DATA_HOME", site.at("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("strace is needed here")
}

/// The process, when it has stopped; nothing, when it came to its end.
fn stops_or_ends(child: &mut Child, log: &Path) -> Option<Pid> {
    let until = Instant::now() + PATIENCE;
    loop {
        let told = fs::read_to_string(log).unwrap_or_default();
        if told.contains("--- stopped by ") {
            // Each line begins with the number of a thread; the first is that of the process.
            let number = told.split_whitespace().next().and_then(|number| number.parse().ok());
            return Pid::from_raw(number.unwrap());
        }
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{told}");
            return None;
        }
        assert!(Instant::now() < until, "it neither stops nor ends:\n{told}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn ended(child: &mut Child) {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            assert!(status.success(), "{told}");
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it does not go on");
}
