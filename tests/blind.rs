//! E1: self-service tells strangers nothing. The same steps, for people who differ in everything but what was
//! typed, must look the same from outside and leave as many rows.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "cli/support.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared: each test binary uses its part")]
mod support;

use std::collections::BTreeMap;

use support::{Ended, Site};

const SETTINGS: &str = r#"
[captcha]
bits = 8
[codes]
resend_after = "0s"
[budgets]
contact_per_hour = 3
source_per_hour = 100
"#;

/// What is typed, always.
const USER: &str = "acme";
const ADDRESS: &str = "acme@example.com";

/// Every kind of person behind the same name; the first is the one all others are compared with.
const KINDS: [&str; 9] = [
    "real",
    "real again",
    "unknown",
    "disabled",
    "contactless",
    "wrong address",
    "unverified",
    "throttled",
    "busy",
];

fn site(kind: &str) -> Site {
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
        "busy" => (0..5).for_each(|_| drop(site.request(USER))),
        _ => {}
    }
    // What was queued until here is no part of the comparison.
    site.deliver();
    site
}

/// The steps, each with what is on its standard input. `ID` is the request's.
const STEPS: [(&[&str], &str); 14] = [
    (&["captcha", "ID", "--png", "seen.png"], ""),
    (&["captcha", "ID", "--answer-stdin"], "WRONG\n"),
    (&["verify", "ID", "--code-stdin"], "12345678\n"),
    (&["captcha", "ID", "--work"], ""),
    (&["send", "ID", "--method", "email", "--address", ADDRESS], ""),
    (&["show", "ID"], ""),
    (&["verify", "ID", "--code-stdin"], "000 000\n"),
    (&["verify", "ID", "--code-stdin"], "000000\n"),
    (&["verify", "ID", "--code-stdin"], "000000\n"),
    (&["verify", "ID", "--code-stdin"], "000000\n"),
    (&["verify", "ID", "--code-stdin"], "000000\n"),
    (&["verify", "ID", "--code-stdin"], "000000\n"),
    (&["set-password", "ID", "--password-stdin"], "an entirely fresh passphrase\n"),
    (&["cancel", "ID"], ""),
];

/// What a stranger and the store saw of one step.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    step: String,
    code: i32,
    stdout: String,
    stderr: String,
    /// New rows of each table.
    rows: BTreeMap<String, i64>,
    /// Bytes of new messages and codes: a decoy's are as long as a real one's.
    sealed: String,
}

fn observe(site: &Site, step: &[&str], run: impl FnOnce() -> Ended) -> (Seen, Ended) {
    let before = site.rows();
    let ended = run();
    let after = site.rows();
    let seen = Seen {
        step: step.join(" "),
        code: ended.code,
        stdout: site.normalised(&ended.stdout),
        stderr: site.normalised(&ended.stderr),
        rows: after.iter().map(|(table, rows)| (table.clone(), rows - before[table])).collect(),
        sealed: site
            .ask("SELECT coalesce(group_concat(length(sealed)), '') FROM outbox WHERE sealed IS NOT NULL"),
    };
    (seen, ended)
}

fn walk(kind: &str, format: &str) -> Vec<Seen> {
    walked(&site(kind), &["start", USER], &STEPS, format)
}

fn walked(site: &Site, start: &[&str], steps: &[(&[&str], &str)], format: &str) -> Vec<Seen> {
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
    for seen in &mut seen {
        seen.step = support::normalised(&seen.step);
    }
    seen
}

#[test]
fn e1_every_step_looks_the_same_for_everyone() {
    for format in ["json", "table"] {
        let real = walk(KINDS[0], format);
        for kind in &KINDS[1..] {
            let other = walk(kind, format);
            for (expected, seen) in real.iter().zip(&other) {
                assert_eq!(seen, expected, "{kind}, {format}");
            }
        }
        // The walk says what it should for a real person, or all could be equally broken.
        let codes: Vec<i32> = real.iter().map(|seen| seen.code).collect();
        assert_eq!(codes, [0, 0, 11, 2, 0, 0, 0, 11, 11, 11, 11, 11, 4, 4, 0]);
    }
}

/// The steps after an address was entered, or a number: nothing more is typed.
const SHORT_STEPS: [(&[&str], &str); 9] = [
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

#[test]
fn e1_an_entered_address_looks_the_same_for_everyone() {
    let walk = |kind: &str| {
        let site = match kind {
            "unified" => {
                let site = Site::with(SETTINGS);
                let bystander = ["account", "create", "bystander", "-y", "-q"];
                site.run(&bystander).succeeded();
                let create = ["account", "create", USER, "--kind", "unified", "--email", ADDRESS, "-y", "-q"];
                site.run(&create).succeeded();
                site
            }
            other => site(other),
        };
        walked(&site, &["start", ADDRESS], &SHORT_STEPS, "json")
    };
    let real = walk("real");
    assert_eq!(real.iter().map(|seen| seen.code).collect::<Vec<_>>(), [0, 0, 0, 0, 11, 0, 11, 4, 4, 0]);
    for kind in KINDS[1..].iter().chain(&["unified"]) {
        for (expected, seen) in real.iter().zip(&walk(kind)) {
            assert_eq!(seen, expected, "{kind}");
        }
    }
}

#[test]
fn e1_a_registration_looks_the_same_for_every_number_and_name() {
    const NUMBER: &str = "+4915112345678";
    let walk = |kind: &str| {
        let site = Site::with(SETTINGS);
        let run = |arguments: &[&str]| drop(site.run(&[arguments, &["-y", "-q"]].concat()).succeeded());
        run(&["account", "create", "bystander", "--mobile", "+4915100000000"]);
        let register = ["request", "register", "dora", "--mobile", NUMBER];
        match kind {
            "taken" | "disabled" => run(&["account", "create", "holder", "--mobile", NUMBER]),
            "unverified" => {
                run(&["account", "create", "holder"]);
                run(&["contact", "bind", "holder", "--mobile", NUMBER, "--no-input"]);
            }
            "name" => run(&["account", "create", "dora", "--email", "dora@example.com"]),
            "busy" => (0..5).for_each(|_| run(&register)),
            "throttled" => {
                for _ in 0..3 {
                    let started = site.run(&[&register[..], &["-o", "json"]].concat()).succeeded().json();
                    let id = started["id"].as_str().unwrap();
                    run(&["request", "captcha", id, "--work"]);
                    run(&["request", "send", id]);
                    run(&["request", "cancel", id]);
                }
            }
            _ => {}
        }
        if kind == "disabled" {
            run(&["account", "disable", "holder"]);
        }
        site.deliver();
        walked(&site, &["register", "dora", "--mobile", NUMBER], &SHORT_STEPS, "json")
    };
    let free = walk("free");
    assert_eq!(free.iter().map(|seen| seen.code).collect::<Vec<_>>(), [0, 0, 0, 0, 11, 0, 11, 4, 4, 0]);
    for kind in ["taken", "disabled", "unverified", "name", "busy", "throttled"] {
        for (expected, seen) in free.iter().zip(&walk(kind)) {
            assert_eq!(seen, expected, "{kind}");
        }
    }
}

/// The first steps of an IAM user's request, whom policies may keep from a code.
fn walk_of_member(kind: &str) -> Vec<Seen> {
    const MEMBER: &str = "acme/alice";
    let site = Site::with(SETTINGS);
    let run = |arguments: &[&str]| drop(site.run(&[arguments, &["-y", "-q"]].concat()).succeeded());
    run(&["account", "create", "acme"]);
    let name = if kind == "unknown" { "acme/bob" } else { MEMBER };
    run(&["user", "create", name, "--email", ADDRESS]);
    match kind {
        "not managing" => run(&["policy", "set", "acme", "protection", "manage_password=false"]),
        "protected" => run(&["user", "update", MEMBER, "--login-protection", "sms"]),
        "unused" => {
            run(&["policy", "set", "acme", "login", "account_validity_period=30"]);
            site.open().execute_batch("UPDATE users SET created_at = 0").unwrap();
        }
        _ => {}
    }
    let before = site.mails_to(ADDRESS).len();
    let start = ["request", "start", MEMBER, "-o", "json"];
    let (first, ended) = observe(&site, &start, || site.run(&start));
    let id = ended.json()["id"].as_str().unwrap().to_owned();
    site.run(&["request", "captcha", &id, "--work"]);
    let mut seen = vec![first];
    for (step, input) in [
        (&["send", id.as_str(), "--method", "email", "--address", ADDRESS][..], ""),
        (&["verify", id.as_str(), "--code-stdin"], "000000\n"),
        (&["show", id.as_str()], ""),
    ] {
        let arguments = [&["request"], step, &["-o", "json"]].concat();
        seen.push(observe(&site, step, || site.pipe(&arguments, input)).0);
    }
    for seen in &mut seen {
        seen.step = support::normalised(&seen.step);
    }
    let sent = usize::from(matches!(kind, "real" | "protected"));
    assert_eq!(site.mails_to(ADDRESS).len() - before, sent, "{kind}");
    seen
}

#[test]
fn e1_whom_a_policy_keeps_from_a_code_looks_like_everyone() {
    let real = walk_of_member("real");
    for kind in ["not managing", "unused", "protected", "unknown"] {
        for (seen, expected) in walk_of_member(kind).iter().zip(&real) {
            assert_eq!(seen, expected, "{kind}");
        }
    }
}

/// Everyone behind the name that an appeal is for; the first is the one all others are compared with.
const APPELLANTS: [&str; 7] =
    ["real", "real again", "unknown", "disabled", "contactless", "IAM user", "crowded"];

fn appeal_site(kind: &str) -> (Site, &'static str) {
    let site = site(match kind {
        "IAM user" | "crowded" => "real",
        other => other,
    });
    if kind == "IAM user" {
        let create = ["user", "create", "bystander/alice", "--email", "alice@example.com", "-y", "-q"];
        site.run(&create).succeeded();
    }
    if kind == "crowded" {
        for _ in 0..6 {
            site.pipe(&["appeal", "submit", "--from", "-"], &form(USER)).succeeded();
        }
    }
    (site, if kind == "IAM user" { "bystander/alice" } else { USER })
}

fn form(who: &str) -> String {
    format!("who = \"{who}\"\nnew_mobile = \"+4915112345678\"\n[device]\nusual = \"a laptop\"\n")
}

#[test]
fn e1_an_appeal_looks_the_same_for_everyone() {
    for format in ["json", "table"] {
        let walk = |kind: &str| {
            let (site, who) = appeal_site(kind);
            let submit = ["appeal", "submit", "--from", "-", "-o", format];
            let (first, ended) = observe(&site, &submit, || site.pipe(&submit, &form(who)));
            let at = ended.stdout.find("apl-").unwrap();
            let serial = &ended.stdout[at..at + 21];
            let size = site.ask("SELECT length(sealed) FROM appeals ORDER BY rowid DESC LIMIT 1");
            let mut seen = vec![first];
            // Not approved, or not theirs: one refusal for all.
            for serial in [serial, "apl-bdfgh-jkmnp-qrstv", "nonsense"] {
                let start = ["request", "start", who, "--appeal", serial, "-o", format];
                seen.push(observe(&site, &["start"], || site.run(&start)).0);
            }
            site.run(&["appeal", "deny", serial, "-y", "-q"]).succeeded();
            let sealed = "SELECT group_concat(length(sealed)) FROM outbox WHERE sealed IS NOT NULL";
            (seen, size, site.ask(sealed), site.mails_to("+4915112345678").len())
        };
        let real = walk(APPELLANTS[0]);
        let codes: Vec<i32> = real.0.iter().map(|seen| seen.code).collect();
        assert_eq!((codes, real.3), (vec![0, 4, 4, 4], 1), "{real:?}");
        for kind in &APPELLANTS[1..] {
            assert_eq!(walk(kind), real, "{kind}, {format}");
        }
    }
}

#[test]
fn e1_an_appeal_makes_the_same_system_calls_for_everyone() {
    let submit = |kind: &str| {
        let (site, who) = appeal_site(kind);
        calls(&site, &["appeal", "submit", "--from", "-"], &form(who))
    };
    let real = submit(APPELLANTS[0]);
    assert!(real.len() > 20, "strace saw too little: {real:?}");
    for kind in &APPELLANTS[1..] {
        let seen = submit(kind);
        let kinds = |calls: &BTreeMap<String, u64>| {
            calls.keys().filter(|name| !BY_CHANCE.contains(&name.as_str())).cloned().collect::<Vec<_>>()
        };
        assert_eq!(kinds(&seen), kinds(&real), "{kind}");
        for call in COUNTED {
            assert_eq!(seen.get(call), real.get(call), "{call}: {kind}");
        }
    }
}

#[test]
fn e2_methods_never_depend_on_the_person_and_no_contact_is_shown_before_proof() {
    let people: [&[&str]; 4] = [
        &[],
        &["--email", ADDRESS],
        &["--mobile", "+4915112345678"],
        &["--email", ADDRESS, "--mobile", "+4915112345678"],
    ];
    // As the config has them, and in its order.
    for methods in [r#"["mobile", "email", "account"]"#, r#"["account"]"#] {
        for person in people.map(Some).into_iter().chain([None]) {
            let site = Site::with(&format!("{SETTINGS}[reset]\nmethods = {methods}\n"));
            if let Some(contacts) = person {
                let create = ["account", "create", USER, "-y", "-q"];
                site.run(&[create.as_slice(), contacts].concat()).succeeded();
            }
            let started = site.run(&["request", "start", USER, "-o", "json"]).succeeded();
            let id = started.json()["id"].as_str().unwrap().to_owned();
            let captcha = site.run(&["request", "captcha", &id, "--work", "-o", "json"]).succeeded();
            let sent = site.run(&["request", "send", &id, "--method", "account", "-o", "json"]).succeeded();
            let wrong = site.pipe(&["request", "verify", &id, "--code-stdin"], "00000\n");
            let shown = site.run(&["request", "show", &id, "-o", "json"]).succeeded();
            for step in [&started, &captcha, &sent, &shown] {
                assert_eq!(step.json()["methods"].to_string(), methods.replace(", ", ","), "{person:?}");
            }
            for step in [started, captcha, sent, wrong, shown] {
                let seen = step.stdout + &step.stderr;
                // Long enough not to stand by chance in a random id or challenge.
                for trace in ["***", "example.com", "4915112", "2345678"] {
                    assert!(!seen.contains(trace), "{trace} of {person:?}: {seen}");
                }
            }
        }
    }
}

#[test]
fn e7_support_is_told_why_no_code_went_out() {
    for (kind, reason) in [
        ("disabled", "user_disabled"),
        ("contactless", "no_contact"),
        ("wrong address", "address_mismatch"),
        ("unverified", "unverified_contact"),
        ("throttled", "contact_throttled"),
        ("busy", "too_many_requests"),
    ] {
        let site = site(kind);
        let id = site.sent(USER, ADDRESS);
        let told = site.ask(&format!("SELECT state_reason FROM codes WHERE request_id = '{id}'"));
        assert_eq!(told, reason, "{kind}");
    }
    let site = site("unknown");
    let id = site.sent(USER, ADDRESS);
    let of = |table: &str, column: &str| {
        site.ask(&format!(
            "SELECT {column} IS NULL FROM {table} WHERE {column} IS NULL AND '{id}' <> '' LIMIT 1"
        ))
    };
    assert_eq!((of("requests", "user_id"), of("codes", "user_id")), ("1".to_owned(), "1".to_owned()));
}

#[test]
fn e4_only_the_real_one_gets_a_message_and_the_store_forgets_the_rest() {
    for kind in KINDS {
        let site = site(kind);
        // Every letter counts, to whomever it goes: a decoy's goes to nobody at all.
        let letters = || {
            let folder = site.path().join("data/regain/outbox/email/new");
            std::fs::read_dir(folder).map_or(0, Iterator::count)
        };
        let (before, to_address) = (letters(), site.mails_to(ADDRESS).len());
        site.sent(USER, ADDRESS);
        site.deliver();
        let expected = usize::from(kind.starts_with("real"));
        assert_eq!(letters() - before, expected, "{kind}");
        assert_eq!(site.mails_to(ADDRESS).len() - to_address, expected, "{kind}");
        assert_eq!(site.ask("SELECT count(*) FROM outbox WHERE sealed IS NOT NULL"), "0", "{kind}");
        assert_eq!(site.ask("SELECT state FROM outbox ORDER BY rowid DESC LIMIT 1"), "done", "{kind}");
    }
}

/// How often each kind of system call was made.
fn calls(site: &Site, arguments: &[&str], input: &str) -> BTreeMap<String, u64> {
    let summary = site.path().join("calls");
    let traced = ["-f", "-c", "-U", "name,calls", "-o", summary.to_str().unwrap(), support::REGAIN];
    let arguments = [traced.as_slice(), arguments].concat();
    let mut strace = site.program("strace", &arguments);
    support::ended(strace.stdin(std::process::Stdio::piped()).spawn().unwrap(), input);
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

#[test]
fn e1_every_step_makes_the_same_system_calls() {
    let there =
        std::process::Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success());
    assert!(there, "this test needs strace; tests/run installs it");
    let walk = |kind: &str| {
        let site = site(kind);
        let id = site.request(USER);
        let send = ["request", "send", &id, "--method", "email", "--address", ADDRESS];
        let verify = ["request", "verify", &id, "--code-stdin"];
        let started = calls(&site, &["request", "start", USER], "");
        [
            started,
            calls(&site, &send, ""),
            calls(&site, &verify, "000000\n"),
            calls(&site, &["request", "show", &id], ""),
        ]
    };
    let real = walk(KINDS[0]);
    for kind in &KINDS[1..] {
        for (at, (seen, expected)) in walk(kind).iter().zip(&real).enumerate() {
            let kinds = |calls: &BTreeMap<String, u64>| {
                calls.keys().filter(|name| !BY_CHANCE.contains(&name.as_str())).cloned().collect::<Vec<_>>()
            };
            assert!(expected.len() > 20, "strace saw too little: {expected:?}");
            assert_eq!(kinds(seen), kinds(expected), "{kind}, step {at}");
            for call in COUNTED {
                assert_eq!(seen.get(call), expected.get(call), "{call}: {kind}, step {at}");
            }
        }
    }
}

/// References of every kind, and what is quoted: right, of a code, used, of somebody blocked already, of a place that
/// has tried too often, and one that was never made.
fn quoted(kind: &str) -> (Site, String) {
    const NEVER: &str = "bdfgh-jkmnp-qrstv";
    let site = Site::with(SETTINGS);
    site.account(USER);
    site.user("acme/alice", "correct horse battery staple 9");
    let bind = ["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified", "-y", "-q"];
    site.run(&bind).succeeded();
    site.deliver();
    let last = |to: &str| {
        let mail = site.mails_to(to).pop().unwrap();
        mail.split("disown ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    let reference = match kind {
        "code" => {
            site.sent("acme/alice", "alice@example.com");
            last("alice@example.com")
        }
        "never made" => NEVER.to_owned(),
        _ => last("+4915112345678"),
    };
    match kind {
        "used" => drop(site.run(&["request", "disown", &reference]).succeeded()),
        "throttled" => {
            site.configure(&SETTINGS.replace("source_per_hour = 100", "source_per_hour = 2"));
            for _ in 0..2 {
                site.run(&["request", "disown", NEVER]).succeeded();
            }
        }
        _ => {}
    }
    site.deliver();
    (site, reference)
}

const QUOTED: [&str; 5] = ["right", "code", "used", "throttled", "never made"];

#[test]
fn e1_a_reference_looks_the_same_whether_it_is_right_or_not() {
    for format in ["table", "json"] {
        let observed = |kind: &str| {
            let (site, reference) = quoted(kind);
            let seen = observe(&site, &["request", "disown"], || {
                site.run(&["request", "disown", &reference, "-o", format])
            });
            let blocked = site.ask("SELECT count(*) FROM users WHERE disowned_at IS NOT NULL");
            assert_eq!(blocked == "1", matches!(kind, "right" | "used"), "{kind}");
            seen.0
        };
        let right = observed("right");
        assert_eq!(right.code, 0);
        assert_eq!(right.rows["outbox"], 2, "a message for each channel");
        for kind in &QUOTED[1..] {
            assert_eq!(observed(kind), right, "{kind}, {format}");
        }
    }
}

#[test]
fn e1_quoting_a_reference_makes_the_same_system_calls() {
    let walk = |kind: &str| {
        let (site, reference) = quoted(kind);
        calls(&site, &["request", "disown", &reference], "")
    };
    let right = walk("right");
    assert!(right.len() > 20, "strace saw too little: {right:?}");
    for kind in &QUOTED[1..] {
        let seen = walk(kind);
        let kinds = |calls: &BTreeMap<String, u64>| {
            calls.keys().filter(|name| !BY_CHANCE.contains(&name.as_str())).cloned().collect::<Vec<_>>()
        };
        assert_eq!(kinds(&seen), kinds(&right), "{kind}");
        for call in COUNTED {
            assert_eq!(seen.get(call), right.get(call), "{call}: {kind}");
        }
    }
}
