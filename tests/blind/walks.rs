//! Kinds of people behind the same name, and what a stranger and the store see of each step that is done for them.

use std::collections::BTreeMap;

use crate::site::{Ended, Site, normalised};

pub(super) const SETTINGS: &str = r#"
[captcha]
bits = 8
[codes]
resend_after = "0s"
[budgets]
contact_per_hour = 6
source_per_hour = 100
"#;

/// What is typed, always.
pub(super) const USER: &str = "acme";
pub(super) const ADDRESS: &str = "acme@example.com";

/// Every kind of person behind the same name; the first is the one all others are compared with.
pub(super) const KINDS: [&str; 10] = [
    "real",
    "real again",
    "unknown",
    "disabled",
    "contactless",
    "wrong address",
    "unverified",
    "throttled",
    "busy",
    "about to change",
];

pub(super) fn site(kind: &str) -> Site {
    let site = Site::with(SETTINGS);
    let run = |arguments: &[&str]| drop(site.run(&[arguments, &["-y", "-q"]].concat()).succeeded());
    let create = |name: &str, rest: &[&str]| run(&[&["account", "create", name], rest].concat());
    create("bystander", &["--email", "bystander@example.com"]);
    match kind {
        "unknown" => create("another", &["--email", "another@example.com"]),
        "contactless" => create(USER, &[]),
        "wrong address" => create(USER, &["--email", "other@example.com"]),
        "unverified" => {
            create(USER, &[]);
            run(&["contact", "bind", USER, "--email", ADDRESS, "--no-input"]);
        }
        _ => create(USER, &["--email", ADDRESS]),
    }
    match kind {
        "disabled" => run(&["account", "disable", USER]),
        "throttled" => {
            for _ in 0..3 {
                let id = site.sent(USER, ADDRESS);
                run(&["request", "cancel", &id]);
            }
        }
        "about to change" => run(&["contact", "bind", USER, "--email", "next@example.com", "--no-input"]),
        "busy" => (0..5).for_each(|_| drop(site.request(USER))),
        _ => {}
    }
    // What was queued until here is no part of the comparison.
    site.deliver();
    site
}

/// What a stranger and the store saw of one step.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    step: String,
    pub(super) code: i32,
    stdout: String,
    stderr: String,
    /// New rows of each table.
    pub(super) rows: BTreeMap<String, i64>,
    /// Bytes of new messages and codes: a decoy's are as long as a real one's.
    sealed: Vec<usize>,
}

pub(super) fn observe(site: &Site, step: &[&str], run: impl FnOnce() -> Ended) -> (Seen, Ended) {
    let before = site.counts();
    let ended = run();
    let after = site.counts();
    let seen = Seen {
        step: normalised(&step.join(" ")),
        code: ended.code,
        stdout: site.normalised(&ended.stdout),
        stderr: site.normalised(&ended.stderr),
        rows: after.iter().map(|(table, rows)| (table.clone(), rows - before[table])).collect(),
        sealed: site.sizes_in_outbox(),
    };
    (seen, ended)
}

pub(super) fn walked(site: &Site, start: &[&str], steps: &[(&[&str], &str)], format: &str) -> Vec<Seen> {
    let start = [&["request"], start, &["-o", format]].concat();
    let (first, ended) = observe(site, &start, || site.run(&start));
    let id = match format {
        "json" => ended.json()["id"].as_str().unwrap().to_owned(),
        _ => ended.stdout.split_whitespace().find(|word| word.starts_with("req_")).unwrap().to_owned(),
    };
    let mut seen = vec![first];
    for (step, input) in steps {
        let step: Vec<&str> =
            step.iter().map(|part| if *part == "ID" { id.as_str() } else { part }).collect();
        let arguments = [&["request"], step.as_slice(), &["-o", format]].concat();
        seen.push(observe(site, &step, || site.pipe(&arguments, *input)).0);
    }
    seen
}

/// The steps after an address was entered, or a number: nothing more is typed.
pub(super) const SHORT_STEPS: [(&[&str], &str); 9] = [
    (&["captcha", "ID", "--work"], ""),
    (&["send", "ID"], ""),
    (&["show", "ID"], ""),
    (&["verify", "ID", "--code-stdin"], "000000\n"),
    (&["send", "ID"], ""),
    (&["verify", "ID", "--code-stdin"], "000000\n"),
    (&["verify", "ID", "--totp-stdin"], "000000\n"),
    (&["set-password", "ID", "--password-stdin"], "an entirely fresh passphrase\n"),
    (&["cancel", "ID"], ""),
];
