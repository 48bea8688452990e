//! A reset, whoever the name or the address is of that was typed.

use super::calls::{assert_same, calls};
use super::walks::{ADDRESS, KINDS, SETTINGS, SHORT_STEPS, Seen, USER, observe, site, walked};
use crate::site::Site;

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

fn walk(kind: &str, format: &str) -> Vec<Seen> {
    walked(&site(kind), &["start", USER], &STEPS, format)
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
            site.edit("users", |user| user["created_at"] = 0.into());
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
        ("throttled", "source_throttled"),
        ("busy", "too_many_requests"),
    ] {
        let site = site(kind);
        let id = site.sent(USER, ADDRESS);
        assert_eq!(site.row("codes", "request_id", &id)["state_reason"], reason, "{kind}");
    }
    let site = site("unknown");
    let id = site.sent(USER, ADDRESS);
    assert!(!site.row("requests", "id", &id).has("user_id"));
    assert!(!site.row("codes", "request_id", &id).has("user_id"));
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
        let expected = usize::from(kind.starts_with("real") || kind == "about to change");
        assert_eq!(letters() - before, expected, "{kind}");
        assert_eq!(site.mails_to(ADDRESS).len() - to_address, expected, "{kind}");
        assert_eq!(site.count("outbox", |message| message.has("sealed")), 0, "{kind}");
        assert_eq!(site.newest("outbox")["state"], "done", "{kind}");
    }
}

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
            assert_same(seen, expected, &format!("{kind}, step {at}"));
        }
    }
}
