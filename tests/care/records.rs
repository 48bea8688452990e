//! Operation records, listed and verified.

use std::fs;

use serde_json::Value;

use super::{Care, acme, mode};
use crate::site::Site;
use crate::site::engine::Act;

#[test]
fn u2_an_edit_a_deletion_a_reorder_and_a_cut_tail_are_found_and_named() {
    let site = acme();
    for name in ["b", "c", "d", "e", "f"] {
        site.ok(&["-y", "account", "create", name, "--reason", "a new customer"]);
    }
    let sound = site.json(&["audit", "verify"]);
    assert_eq!(
        (&sound["ok"], &sound["events"], &sound["first_bad"]),
        (&true.into(), &7.into(), &Value::Null)
    );
    let head = site.row("meta", "key", "records_head").text("value").to_owned();
    let (other_head, shorter) = (format!("7 {:064}", 0), head.replace("7 ", "6 "));
    let cases: &[(&str, Act<'_>, i64, &str)] = &[
        ("target", &|store| store.set_event(4, "target", "other"), 4, "changed"),
        ("outcome", &|store| store.set_event(4, "outcome", "failure"), 4, "changed"),
        ("time", &|store| store.edit("audit", |event| event.shift("at", -1)), 1, "changed"),
        ("actor", &|store| store.set_event(5, "actor", "somebody"), 5, "changed"),
        ("detail", &|store| store.set_event(2, "detail", r#"{"x":1}"#), 2, "changed"),
        (
            "detail with a blank",
            &|store| {
                store.edit("audit", |event| {
                    if event["seq"] == 2 {
                        event["detail"] = format!("{} ", event.text("detail")).into();
                    }
                });
            },
            2,
            "changed",
        ),
        ("no JSON", &|store| store.set_event(5, "detail", "no json"), 5, "changed"),
        ("reason", &|store| store.set_event(4, "reason", "another"), 4, "changed"),
        ("no reason", &|store| store.set_event(7, "reason", Value::Null), 7, "changed"),
        ("hash", &|store| store.set_event(3, "hash", "x"), 3, "changed"),
        ("a key that is none", &|store| store.set_event(3, "key_id", "nokey"), 3, "changed"),
        ("another key", &|store| store.set_event(3, "key_id", "aaaaaaaa"), 3, "unknown_key"),
        ("one gone", &|store| store.remove_events(|seq| seq == 4), 4, "missing"),
        ("the first gone", &|store| store.remove_events(|seq| seq == 1), 1, "missing"),
        ("swapped", &|store| store.swap_events(3, 4), 3, "out_of_order"),
        ("swapped far apart", &|store| store.swap_events(2, 6), 2, "out_of_order"),
        ("cut", &|store| store.remove_events(|seq| seq >= 6), 6, "cut_off"),
        ("all gone", &|store| store.remove_events(|_| true), 1, "cut_off"),
        ("copied", &|store| store.copy_event(7, 8), 8, "changed"),
        ("copied before all", &|store| store.copy_event(7, 0), 0, "added"),
        ("no head", &|store| store.remove("meta", |note| note["key"] == "records_head"), 1, "added"),
        ("a shorter head", &|_| site.set_note("records_head", &shorter), 7, "added"),
        ("another head", &|_| site.set_note("records_head", &other_head), 7, "changed"),
    ];
    for (what, act, number, reason) in cases {
        let whole = site.whole();
        site.tamper(act);
        let output = site.fails(7, &["audit", "verify", "-o", "json"]);
        let found: Value = output.json();
        assert_eq!(found["ok"], false, "{what}");
        assert_eq!((&found["first_bad"], &found["reason"]), (&(*number).into(), &(*reason).into()), "{what}");
        assert!(output.stderr.contains(&format!("records are broken at number {number}: ")), "{what}");
        site.fails(7, &["store", "check"]);
        site.fails(7, &["doctor"]);
        site.put(&whole);
    }
    site.ok(&["audit", "verify"]);
}

#[test]
fn u2_a_chain_in_order_that_ends_in_another_record_than_the_noted_one_is_changed() {
    let site = acme();
    site.ok(&["-y", "account", "create", "b"]);
    // A copy from before, in which life went on otherwise: as long, and in order by itself.
    let copy = site.whole();
    site.ok(&["-y", "account", "create", "c"]);
    let noted = site.row("meta", "key", "records_head").text("value").to_owned();
    site.put(&copy);
    site.ok(&["-y", "account", "create", "d"]);
    let sound = site.json(&["audit", "verify"]);
    assert_eq!((&sound["ok"], &sound["events"]), (&true.into(), &4.into()));
    site.set_note("records_head", &noted);
    let output = site.fails(7, &["audit", "verify", "-o", "json"]);
    let found: Value = output.json();
    assert_eq!(
        (&found["ok"], &found["events"], &found["first_bad"], &found["reason"]),
        (&false.into(), &3.into(), &4.into(), &"changed".into())
    );
}

#[test]
fn u1_records_are_listed_newest_first_by_person_and_by_trace_name() {
    let site = acme();
    site.ok(&["-y", "account", "create", "other", "--reason", "a new customer", "--ticket", "T-7"]);
    let all = site.json(&["audit", "list"]);
    let seqs: Vec<u64> = all.as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [3, 2, 1]);
    let newest = &all[0];
    assert_eq!((&newest["action"], &newest["outcome"]), (&"createAccount".into(), &"success".into()));
    assert_eq!((&newest["reason"], &newest["ticket"]), (&"a new customer".into(), &"T-7".into()));
    assert_eq!(newest["operator"], newest["actor"]);
    let one = site.json(&["audit", "list", "--user", "other"]);
    assert_eq!(one.as_array().unwrap().len(), 1);
    let one = site.json(&["audit", "list", "--action", "createstore"]);
    assert_eq!(one[0]["seq"], 1);
    assert_eq!(site.json(&["audit", "list", "--limit", "2"]).as_array().unwrap().len(), 2);
    assert_eq!(site.json(&["audit", "list", "--user", "nobody"]), Value::Array(Vec::new()));
    site.fails(2, &["audit", "list", "--action", "nothing"]);
}

/// What an export of everything writes, line by line.
fn export(site: &Site, arguments: &[&str]) -> Vec<Value> {
    let text = site.ok(&[&["audit", "export"], arguments].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Programs read moments in whole seconds: what comes later than another must be of a later one.
fn next_second() {
    std::thread::sleep(std::time::Duration::from_millis(1001));
}

/// Cuts records off as somebody does who knows the store: the noted head is rewritten, too.
fn cut(site: &Site, from: i64) {
    site.tamper(|store| store.remove_events(|seq| seq >= from));
    let last = site.event("");
    site.set_note("records_head", &last.line(&["seq", "hash"]));
}

#[test]
fn u2_an_anchor_finds_a_cut_tail_whose_noted_head_was_rewritten() {
    let site = acme();
    for name in ["b", "c", "d", "e", "f"] {
        site.ok(&["-y", "account", "create", name]);
    }
    let anchor = site.at("anchor.json");
    let anchor = anchor.to_str().unwrap();
    let lines = export(&site, &["--anchor", anchor]);
    assert_eq!(lines.len(), 7);
    next_second();
    let sound = site.json(&["audit", "verify", "--anchor", anchor]);
    assert_eq!((&sound["ok"], &sound["anchored"]), (&true.into(), &7.into()));
    let found = |number: u64, reason: &str| {
        let output = site.fails(7, &["audit", "verify", "--anchor", anchor, "-o", "json"]);
        let found: Value = output.json();
        assert_eq!((&found["first_bad"], &found["reason"]), (&number.into(), &reason.into()), "{found}");
        assert_eq!(found["events"], number - 1, "{found}");
    };
    cut(&site, 6);
    site.ok(&["audit", "verify"]);
    found(6, "cut_off");
    // Life goes on in the place of what was cut off: first not as far as the anchor, then beyond it.
    for name in ["g", "h", "i", "j"] {
        site.ok(&["-y", "account", "create", name]);
        site.ok(&["audit", "verify"]);
        found(6, "replaced");
    }
    cut(&site, 3);
    found(3, "cut_off");
}

#[test]
fn u2_an_anchor_that_was_changed_or_is_none_is_refused() {
    let site = acme();
    let file = site.at("export.jsonl");
    let file = file.to_str().unwrap();
    site.ok(&["audit", "export", file]);
    assert!(site.ok(&["audit", "verify", "--anchor", file]).contains("up to number 2 as the anchor says"));
    let refused = |text: &str, code: i32, told: &str| {
        fs::write(file, text).unwrap();
        let output = site.fails(code, &["audit", "verify", "--anchor", file]);
        assert!(output.stderr.contains(told), "{}", output.stderr);
    };
    let text = fs::read_to_string(file).unwrap();
    refused(&text.replace("\"anchor\":{\"seq\":2", "\"anchor\":{\"seq\":1"), 4, "was not made with a key");
    refused(text.lines().next().unwrap(), 2, "does not end in an anchor");
    refused("", 2, "does not end in an anchor");
    site.fails(2, &["audit", "verify", "--anchor", "nowhere.json"]);
    site.ok(&["-y", "store", "rotate-key"]);
    fs::write(file, &text).unwrap();
    site.ok(&["audit", "verify", "--anchor", file]);
    let other = acme();
    other.ok(&["audit", "export", other.at("x").to_str().unwrap()]);
    let foreign = fs::read_to_string(other.at("x")).unwrap();
    refused(&foreign, 6, "in the key file");
}

#[test]
fn u4_an_export_is_one_line_an_event_whatever_was_typed() {
    let site = acme();
    let forged = "why\n{\"seq\":99}\r\u{2028}\u{85}\u{1b}[2K";
    site.fails(2, &["-y", "account", "create", "b", "--reason", forged, "--ticket", "T-1"]);
    // What one line can hold forges no second one either.
    let plain = "why {\"seq\":99}";
    site.ok(&["-y", "account", "create", "b", "--reason", plain, "--ticket", "T-1"]);
    let text = site.ok(&["audit", "export", "-"]);
    assert!(
        text.chars().all(|symbol| symbol == '\n' || (!symbol.is_control() && symbol != '\u{2028}')),
        "{text:?}"
    );
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["seq"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3), None]);
    assert_eq!(lines[2]["reason"], plain);
    let anchor = &lines[3]["anchor"];
    assert_eq!((&anchor["seq"], &anchor["hash"]), (&3.into(), &lines[2]["hash"]));
    let rest = export(&site, &["--after", "2"]);
    assert_eq!((rest.len(), &rest[0]["seq"], &rest[1]["anchor"]["seq"]), (2, &3.into(), &3.into()));
    assert_eq!(export(&site, &["--after", "99"]).len(), 1, "an anchor, and nothing else");
}

#[test]
fn an_export_writes_over_nothing_and_vouches_for_no_broken_chain() {
    let site = acme();
    let (file, anchor) = (site.at("export.jsonl"), site.at("anchor.json"));
    let arguments = ["audit", "export", file.to_str().unwrap(), "--anchor", anchor.to_str().unwrap()];
    site.ok(&[&arguments[..], &["--dry-run"]].concat());
    assert!(!file.exists());
    fs::write(&anchor, "mine").unwrap();
    site.fails(4, &arguments);
    assert!(!file.exists(), "half of it would be of no use");
    assert_eq!(fs::read_to_string(&anchor).unwrap(), "mine");
    fs::remove_file(&anchor).unwrap();
    let done = site.json(&arguments);
    assert_eq!((&done["events"], &done["anchor"]["seq"]), (&2.into(), &2.into()));
    assert_eq!((mode(&file), mode(&anchor)), (0o600, 0o600));
    site.fails(2, &["audit", "export", "-o", "csv"]);

    site.tamper(|store| store.set_event(2, "target", "x"));
    let output = site.fails(7, &["audit", "export"]);
    let text = output.stdout;
    assert_eq!(text.lines().count(), 2, "the records without an anchor: {text}");
    assert!(output.stderr.contains("records are broken at number 2: it was changed"), "{}", output.stderr);
}

#[test]
fn records_are_listed_by_operator_outcome_and_time() {
    let site = acme();
    next_second();
    site.ok(&["-y", "user", "create", "acme/b"]);
    next_second();
    site.fails(4, &["-y", "user", "create", "acme/b"]);
    let seqs = |filters: &[&str]| -> Vec<u64> {
        let found = site.json(&[&["audit", "list"], filters].concat());
        found.as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect()
    };
    let all = site.json(&["audit", "list"]);
    let (me, at) = (all[0]["operator"].as_str().unwrap(), |row: usize| all[row]["at"].as_str().unwrap());
    assert_eq!(seqs(&["--outcome", "refused"]), [4]);
    assert_eq!(seqs(&["--outcome", "success", "--action", "createUser"]), [3]);
    assert_eq!(seqs(&["--operator", me]), [4, 3, 2, 1]);
    assert_eq!(seqs(&["--operator", "nobody-of-that-name"]), Vec::<u64>::new());
    assert_eq!(seqs(&["--since", at(1)]), [4, 3]);
    assert_eq!(seqs(&["--since", at(2), "--until", at(1)]), [2, 1]);
    assert_eq!(seqs(&["--since", "1h"]), [4, 3, 2, 1]);
    assert_eq!(seqs(&["--until", "1h"]), Vec::<u64>::new());
    for wrong in [
        &["--since", "yesterday"][..],
        &["--outcome", "other"],
        &["--since", "1h", "--until", "2h"],
        &["--until", "2026-13-01T00:00:00Z"],
    ] {
        site.fails(2, &[&["audit", "list"], wrong].concat());
    }
}

#[test]
fn passwords_of_an_administrator_and_of_a_setup_token_have_their_trace_names() {
    let site = acme();
    site.ok(&["-y", "user", "create", "acme/alice", "--email", "alice@example.com"]);
    let secrets = |name: &str| site.at(name).to_str().unwrap().to_owned();
    let last = |user: &str| {
        let found = site.json(&["audit", "list", "--user", user, "--limit", "1"]);
        (
            found[0]["action"].as_str().unwrap().to_owned(),
            found[0]["detail"]["mode"].as_str().map(str::to_owned),
        )
    };
    let named = |action: &str, mode: Option<&str>| (action.to_owned(), mode.map(str::to_owned));
    site.ok(&["-y", "user", "create", "acme/bob", "--generate", "--secrets-to", &secrets("a")]);
    assert_eq!(last("acme/bob"), named("setPasswordByAdmin", Some("generate")));
    site.ok(&["-y", "admin-reset", "acme/alice", "--generate", "--secrets-to", &secrets("b")]);
    assert_eq!(last("acme/alice"), named("setPasswordByAdmin", Some("generate")));
    let pipe = |arguments: &[&str], input: &str| drop(site.pipe(arguments, input).succeeded());
    pipe(&["-y", "admin-reset", "acme/alice", "--password-stdin"], "orbit lantern velvet cactus\n");
    assert_eq!(last("acme/alice"), named("setPasswordByAdmin", Some("given")));
    site.ok(&["-y", "admin-reset", "acme/alice", "--setup", "--secrets-to", &secrets("c")]);
    assert_eq!(last("acme/alice").0, "setupTokenSent");
    let handed: Value = serde_json::from_str(&fs::read_to_string(secrets("c")).unwrap()).unwrap();
    let lines = format!("{}\nmarble harbour window thistle\n", handed["secret"].as_str().unwrap());
    pipe(&["password", "setup", "--token-stdin", "--password-stdin"], &lines);
    assert_eq!(last("acme/alice").0, "updateUserPwdByEmail");
}

#[test]
fn u3_a_name_that_nobody_has_is_found_by_its_keyed_hash() {
    let site = acme();
    site.ok(&["request", "start", "acme/ghost", "-o", "json"]);
    let found = site.json(&["audit", "list", "--user", "acme/ghost"]);
    assert!(found[0]["target"].as_str().unwrap().starts_with("unknown:"), "{found}");
}
