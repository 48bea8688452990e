//! A report of many comes row by row, and a signal ends it between two of them.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::site::Site;

/// Enough that nobody is through before the first row is seen.
const MANY: usize = 60;

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", "an entirely fresh passphrase");
    site.many_like("alice", MANY);
    let names: Vec<String> = (0..MANY).map(|at| format!("acme/many{at}\n")).collect();
    std::fs::write(site.path().join("people"), names.concat()).unwrap();
    site
}

fn begun(site: &Site, format: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let reset =
        ["admin-reset", "--from", "people", "--generate", "--secrets-to", "secrets", "-y", "-o", format];
    let mut child = site.command(&reset).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

/// The lines up to the first that has this in it.
fn until(out: &mut impl BufRead, what: &str) -> String {
    let mut shown = String::new();
    while !shown.lines().last().is_some_and(|line| line.contains(what)) {
        assert_ne!(out.read_line(&mut shown).unwrap(), 0, "{shown}");
    }
    shown
}

/// Ends it while it works, and returns what it said: all of stdout, and stderr.
fn interrupted(site: &Site, format: &str) -> (String, String) {
    let (mut child, mut out) = begun(site, format);
    let mut shown = until(&mut out, "many0");
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    out.read_to_string(&mut shown).unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(2), "{said}");
    (shown, said)
}

#[test]
fn a_report_comes_row_by_row_in_every_form() {
    for format in ["table", "json", "jsonl", "csv"] {
        let site = site();
        let (mut child, mut out) = begun(&site, format);
        until(&mut out, "many0");
        assert!(child.try_wait().unwrap().is_none(), "{format}: the first row came with the last");
        let rest = until(&mut out, &format!("many{}", MANY - 1));
        assert!(child.wait().unwrap().success(), "{format}: {rest}");
        if format == "table" {
            let user = |line: &str| line.find("acme/").unwrap();
            let places: Vec<usize> = rest.lines().map(user).collect();
            assert!(places.windows(2).all(|two| two[0] == two[1]), "the columns stand still: {rest}");
        }
    }
}

#[test]
fn a_signal_ends_it_after_the_row_in_hand() {
    let site = site();
    let (shown, said) = interrupted(&site, "json");
    let rows: Vec<Value> = serde_json::from_str(&shown).unwrap();
    let done = rows.len();
    assert!(done < MANY && rows.iter().all(|row| row["changed"] == true), "{shown}");
    let error: Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(
        error["error"],
        serde_json::json!({
            "kind": "cancelled",
            "message": format!("interrupted: {done} done, {} left", MANY - done),
            "reason": "interrupted",
            "causes": [],
            "hints": [format!(
                "what was done is kept, and the report lists it; continue with the people after row {done}"
            )],
        })
    );
    // Whoever got a password is in the report, and nobody else.
    assert_eq!(site.secrets("secrets").len(), done);
    assert_eq!(site.recorded("setPasswordByAdmin", "success"), done + 1);
}

#[test]
fn people_are_told_how_far_it_came_and_how_to_go_on() {
    let site = site();
    let (shown, said) = interrupted(&site, "table");
    let done = shown.lines().filter(|line| line.contains("acme/many")).count();
    let told = format!(
        "error: interrupted: {done} done, {} left\n\
         hint: what was done is kept, and the report lists it; continue with the people after row {done}\n",
        MANY - done
    );
    assert_eq!(said, told);
}
