//! S1: only the order captcha → method → code → password. Every other step is refused and recorded.

use crate::site::{Ended, Site};

const STEPS: [&str; 4] = ["captcha", "send", "verify", "set-password"];

fn step(site: &Site, id: &str, step: &str, code: &str) -> Ended {
    match step {
        "captcha" => site.run(&["request", "captcha", id, "--work", "-o", "json"]),
        "send" => site.run(&["request", "send", id, "--method", "account", "-o", "json"]),
        "verify" => site.pipe(&["request", "verify", id, "--code-stdin", "-o", "json"], code),
        _ => site.pipe(
            &["request", "set-password", id, "--password-stdin", "-o", "json"],
            "quite another passphrase\n",
        ),
    }
}

/// A request on which the first `done` steps were taken, and its code.
fn after(site: &Site, done: usize) -> (String, String) {
    let id = site.run(&["request", "start", "acme", "-o", "json"]).succeeded().json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut code = "000000".to_owned();
    for name in &STEPS[..done] {
        step(site, &id, name, &code).succeeded();
        if *name == "send" {
            code = site.code_to("acme@example.com");
        }
    }
    (id, code)
}

#[test]
fn s1_no_step_is_skipped_repeated_or_reordered() {
    let site = Site::with(
        "[captcha]\nmode = \"work\"\nbits = 8\n[codes]\nresend_after = \"0s\"\n[budgets]\ncontact_per_hour = 99\ncontact_per_day = 99\nsource_per_hour = 99\n",
    );
    site.account("acme");
    for done in 0..STEPS.len() {
        for (at, name) in STEPS.iter().enumerate() {
            // A code may be asked for again while it is waited for.
            if at == done || (*name == "send" && done == 2) {
                continue;
            }
            let (id, code) = after(&site, done);
            let state = || site.row("requests", "id", &id)["state"].clone();
            let (before, events) = (state(), site.counts()["audit"]);
            let ended = step(&site, &id, name, &code);
            assert_eq!(
                (ended.code, &ended.error()["reason"]),
                (4, &"wrong_step".into()),
                "{name} after {done} steps"
            );
            assert_eq!(state(), before, "{name} after {done} steps");
            assert_eq!(site.counts()["audit"], events + 1, "{name} after {done} steps");
            site.run(&["request", "cancel", &id]).succeeded();
        }
    }
}

#[test]
fn s3_nothing_about_the_person_changes_before_a_right_code() {
    let site = Site::new();
    site.account("acme");
    let person = || site.raw().dump(&["users", "contacts", "password_history"]);
    let before = person();
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    site.verify(&id, &crate::site::not(&code));
    site.set_password(&id, "quite another passphrase");
    assert_eq!(person(), before);
    site.verify(&id, &code).succeeded();
    site.set_password(&id, "quite another passphrase").succeeded();
    assert_ne!(person(), before);
}

#[test]
fn s5_what_was_proved_by_the_old_contact_ends_with_it() {
    let site = Site::with("[captcha]\nmode = \"work\"\nbits = 8\n");
    site.account("acme");
    let (id, _) = after(&site, 3);
    let replace = ["contact", "bind", "acme", "--email", "new@example.com", "--verified", "-y"];
    site.run(&replace).succeeded();
    let late = step(&site, &id, "set-password", "");
    assert_eq!((late.code, late.stderr.contains("\"request_gone\"")), (4, true), "{late:?}");
    assert_eq!(site.count("users", |user| user["root"] == 1 && user.has("password_hash")), 0);
}

/// To whom a message went out, oldest first.
fn recipients(site: &Site) -> Vec<String> {
    site.deliver();
    let folder = site.path().join("data/regain/outbox/email/new");
    let letters = std::fs::read_dir(folder).into_iter().flatten();
    let to = |letter: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(letter.unwrap().path()).unwrap();
        let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("To: ")).collect();
        let [one] = lines.as_slice() else { panic!("one letter, one address: {text}") };
        (*one).to_owned()
    };
    letters.map(to).collect()
}

#[test]
fn s4_a_code_goes_to_the_stored_address_however_it_was_typed_and_nowhere_else() {
    for (typed, matches) in [
        ("ACME@Example.COM", true),
        ("acme@example.com.evil.example", false),
        ("acme+x@example.com", false),
        // Cyrillic letters and a dotless i that look or fold alike (CVE-2019-19844).
        ("аcme@example.com", false),
        ("acme@exampıe.com", false),
    ] {
        let site = Site::new();
        site.account("acme");
        site.deliver();
        site.sent("acme", typed);
        let expected: &[&str] = if matches { &["acme@example.com"] } else { &[] };
        assert_eq!(recipients(&site), expected, "{typed}");
    }
}

#[test]
fn s4_one_address_a_request() {
    let site = Site::new();
    site.account("acme");
    let id = site.request("acme");
    for two in [
        "acme@example.com,eve@evil.example",
        "acme@example.com eve@evil.example",
        "acme@example.com\neve@evil.example",
    ] {
        let send = ["request", "send", &id, "--method", "email", "--address", two];
        assert_eq!(site.run(&send).code, 2, "{two}");
    }
    let send = ["request", "send", &id, "--method", "email", "--address", "acme@example.com"];
    let twice = [send.as_slice(), &["--address", "eve@evil.example"]].concat();
    assert_eq!(site.run(&twice).code, 2);
    assert_eq!(recipients(&site), [""; 0]);
    site.run(&send).succeeded();
    assert_eq!(recipients(&site), ["acme@example.com"]);
}

#[test]
fn s4_a_contact_that_changes_during_the_request_is_read_anew_at_each_sending() {
    let site = Site::new();
    site.account("acme");
    let id = site.request("acme");
    let bind = |address| ["contact", "bind", "acme", "--email", address, "--verified", "-y", "-q"];
    site.run(&bind("new@example.com")).succeeded();
    // The old contact is told of its end, and the new one that it is bound.
    let told = || {
        let mut all = recipients(&site);
        all.sort();
        all
    };
    assert_eq!(told(), ["acme@example.com", "new@example.com"]);
    let send = ["request", "send", &id, "--method"];
    site.run(&[send.as_slice(), &["email", "--address", "acme@example.com"]].concat()).succeeded();
    let nothing_more = ["acme@example.com", "new@example.com"];
    assert_eq!(told(), nothing_more, "the old address gets nothing more");
    site.run(&[send.as_slice(), &["account"]].concat()).succeeded();
    assert_eq!(told(), ["acme@example.com", "new@example.com", "new@example.com"]);
}
