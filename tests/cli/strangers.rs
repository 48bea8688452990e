//! What strangers do to somebody's recovery: it costs them, and nobody else (security K12).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::codes::ALICE;
use crate::site::{Ended, Row, Site};

const HERS: &str = "192.0.2.1";
const THEIRS: &str = "198.51.100.7";

/// A store whose portal tells where its visitors are.
fn site(settings: &str) -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", "quiet lemon orbits a violin");
    let portal = site.events("")[0].text("actor").to_owned();
    site.configure(&format!(
        "[sources]\ntrusted = [\"{portal}\"]\n[codes]\nresend_after = \"0s\"\n[captcha]\nbits = 8\n{settings}"
    ));
    site.deliver();
    site
}

fn started(site: &Site, source: &str) -> String {
    let start = ["request", "start", "acme/alice", "--source", source, "-o", "json"];
    site.run(&start).succeeded().json()["id"].as_str().unwrap().to_owned()
}

fn opened(site: &Site, source: &str) -> String {
    let id = started(site, source);
    site.run(&["request", "captcha", &id, "--work"]).succeeded();
    id
}

fn send(site: &Site, id: &str, how: &[&str]) {
    site.run(&[&["request", "send", id, "--method"], how].concat()).succeeded();
}

/// Why no code of a request went out; nothing if one did.
fn withheld(site: &Site, id: &str) -> Value {
    let code = site.rows("codes").into_iter().rfind(|code| code["request_id"] == id).unwrap();
    code["state_reason"].clone()
}

/// Asks for a code as she would, from her own place.
fn asked(site: &Site) -> (String, Value) {
    let id = opened(site, HERS);
    send(site, &id, &["email", "--address", ALICE]);
    let why = withheld(site, &id);
    (id, why)
}

#[test]
fn k12_requests_of_strangers_make_nobodys_own_a_decoy() {
    let site = site("");
    (0..5).for_each(|_| drop(started(&site, THEIRS)));
    let (first, why) = asked(&site);
    assert_eq!(why, Value::Null, "an unanswered CAPTCHA counts for nothing");
    site.run(&["request", "cancel", &first]).succeeded();
    // Answered ones count, and yet not against another place.
    for source in [THEIRS, "198.51.100.8"] {
        (0..5).for_each(|_| drop(opened(&site, source)));
    }
    let sixth = opened(&site, "198.51.100.8");
    send(&site, &sixth, &["account"]);
    assert_eq!(withheld(&site, &sixth), "too_many_requests");
    let (id, why) = asked(&site);
    assert_eq!(why, Value::Null);
    site.verify(&id, &site.code_to(ALICE)).succeeded();
}

#[test]
fn k12_wrong_addresses_cost_their_source_and_never_the_person() {
    let site = site("[budgets]\nsource_per_hour = 100\n");
    for at in 0..12 {
        let id = opened(&site, THEIRS);
        // Another's address, too: it is not theirs to spend, either.
        let typed = if at % 2 == 0 { "someone@else.example" } else { "acme@example.com" };
        send(&site, &id, &["email", "--address", typed]);
        assert_eq!(withheld(&site, &id), "address_mismatch");
        site.run(&["request", "cancel", &id]).succeeded();
    }
    let id = opened(&site, THEIRS);
    send(&site, &id, &["email", "--address", ALICE]);
    assert_eq!(withheld(&site, &id), Value::Null);
    let owner = site.request("acme");
    send(&site, &owner, &["email", "--address", "acme@example.com"]);
    assert_eq!(withheld(&site, &owner), Value::Null);
}

#[test]
fn k12_a_source_spends_half_of_a_contacts_budget_and_holds_up_nobody_else() {
    let site = site("[budgets]\nsource_per_hour = 100\n");
    let send_from = |source: &str| {
        let id = opened(&site, source);
        send(&site, &id, &["account"]);
        site.run(&["request", "cancel", &id]).succeeded();
        withheld(&site, &id)
    };
    let throttled = json!("source_throttled");
    for sent in 1..=5 {
        let expected = if sent <= 2 { json!("request_cancelled") } else { throttled.clone() };
        assert_eq!(send_from(THEIRS), expected, "{sent}");
    }
    // The first of a new place goes out in up to twice the budget.
    for place in 3..=9 {
        assert_eq!(send_from(&format!("203.0.113.{place}")), json!("request_cancelled"), "{place}");
    }
    let throttled = json!("contact_throttled");
    assert_eq!(send_from("203.0.113.9"), throttled, "a second one from there is one too many");
    let (id, why) = asked(&site);
    assert_eq!(why, Value::Null, "the tenth");
    assert_eq!(send_from("203.0.113.11"), throttled, "twice the budget is spent");
    // What strangers had sent never holds an operator up.
    for _ in 0..4 {
        let waits = |code: &Row| code["request_id"] == id.as_str() && code["state"] == "queued";
        let code = site.rows("codes").into_iter().find(waits).unwrap();
        site.run(&["codes", "resend", code.text("id"), "-y", "-q"]).succeeded();
    }
    site.verify(&id, &site.code_to(ALICE)).succeeded();
    // Nor does it hold up one that never left.
    let withheld_id = opened(&site, "203.0.113.12");
    send(&site, &withheld_id, &["account"]);
    assert_eq!(withheld(&site, &withheld_id), throttled);
    let code = site.row("codes", "request_id", &withheld_id);
    site.run(&["codes", "resend", code.text("id"), "-y", "-q"]).succeeded();
    site.verify(&withheld_id, &site.code_to(ALICE)).succeeded();
}

/// Of an address, the network counts that somebody has whole; what is none is refused.
#[test]
fn k12_a_source_is_a_network_and_no_text() {
    let site = site("[budgets]\nsource_per_hour = 100\n");
    let sent = |source: &str| {
        let id = opened(&site, source);
        send(&site, &id, &["account"]);
        site.run(&["request", "cancel", &id]).succeeded();
        withheld(&site, &id)
    };
    let goes = json!("request_cancelled");
    assert_eq!([sent("2001:db8::1"), sent("2001:db8::ffff:2")], [goes.clone(), goes.clone()]);
    assert_eq!(sent("2001:db8:0:0:1::3"), json!("source_throttled"), "one /64 is one place");
    assert_eq!([sent("203.0.113.7"), sent("::ffff:203.0.113.7")], [goes.clone(), goes]);
    assert_eq!(sent(" 203.0.113.7 "), json!("source_throttled"));
    for wrong in ["10.1.1.1:80", "10.1.1.1/32", "portal", "010.1.1.1"] {
        let refused = site.run(&["request", "start", "acme/alice", "--source", wrong]);
        assert_eq!(refused.code, 2, "{wrong}");
        assert_eq!(
            refused.stderr,
            "error: --source is an IP address\nhint: such as 203.0.113.9, or 2001:db8::1, without a port\n"
        );
    }
}

/// Enters wrong codes for new requests from a place.
fn guess(site: &Site, source: &str, requests: usize) {
    for _ in 0..requests {
        let id = opened(site, source);
        send(site, &id, &["account"]);
        for _ in 0..5 {
            assert_eq!(site.verify(&id, "000000").code, 11);
        }
        site.run(&["request", "cancel", &id]).succeeded();
    }
}

const MANY: &str = "[budgets]\nsource_per_hour = 1000\ncontact_per_hour = 1000\ncontact_per_day = 1000\n";

#[test]
fn k12_one_source_alone_switches_no_method_off_and_the_person_is_told_of_it() {
    let site = site(MANY);
    let kept = opened(&site, THEIRS);
    send(&site, &kept, &["account"]);
    let found = site.code_to(ALICE);
    guess(&site, THEIRS, 5);
    let decoy = opened(&site, THEIRS);
    send(&site, &decoy, &["account"]);
    assert_eq!(withheld(&site, &decoy), "contact_disabled_for_source");
    assert_eq!(site.verify(&kept, &found).code, 11, "what it got before is worth nothing, either");
    guess(&site, THEIRS, 20);
    let told: Vec<String> =
        site.mails_to(ALICE).into_iter().filter(|mail| mail.contains("Many wrong codes")).collect();
    assert_eq!(told.len(), 1, "once, however many follow");
    assert!(told[0].contains("Fifty wrong codes in a row were entered for acme/alice, at "), "{}", told[0]);
    let (id, why) = asked(&site);
    assert_eq!(why, Value::Null, "she is kept from nothing");
    // What she can do about it ends what is open, and blocks nobody.
    let reference = told[0].split("disown ").nth(1).unwrap().split_whitespace().next().unwrap();
    site.run(&["request", "disown", reference]).succeeded();
    for request in [&id, &decoy] {
        assert_eq!(site.row("requests", "id", request)["state"], "cancelled");
    }
    assert_eq!(site.judged("acme/alice", "quiet lemon orbits a violin"), 0);
    let (id, _) = asked(&site);
    site.verify(&id, &site.code_to(ALICE)).succeeded();
}

#[test]
fn k12_what_was_switched_off_comes_back_by_an_administrator_or_another_proof() {
    const MOBILE: &str = "+4915112345678";
    let site = site(MANY);
    site.run(&["contact", "bind", "acme/alice", "--mobile", MOBILE, "--verified", "-y", "-q"]).succeeded();
    let switch_off = || {
        for place in 1..=4 {
            guess(&site, &format!("203.0.113.{place}"), 5);
        }
        assert_eq!(asked(&site).1, "contact_disabled_by_failures");
    };
    switch_off();
    let shown = site.run(&["user", "diagnose", "acme/alice", "-o", "json"]).succeeded().json();
    assert_eq!(shown["contacts"][0]["reason"], "contact_disabled_by_failures");
    let unlock = ["user", "enable", "acme/alice", "--unlock"];
    insta::assert_snapshot!(site.shown(&site.run(&[&unlock[..], &["--dry-run"]].concat())), @"
    exit 0
    --- stdout
    would happen  wrong codes that were entered for acme/alice are forgotten, and codes are accepted again
    ");
    site.run(&[&unlock[..], &["-y", "-q"]].concat()).succeeded();
    let (id, why) = asked(&site);
    assert_eq!(why, Value::Null);
    site.run(&["request", "cancel", &id]).succeeded();
    switch_off();
    let id = opened(&site, HERS);
    send(&site, &id, &["mobile", "--address", MOBILE]);
    site.verify(&id, &site.code_to(MOBILE)).succeeded();
    assert_eq!(asked(&site).1, Value::Null);
}

#[test]
fn k12_the_help_desk_is_told_who_else_is_trying_and_what_to_do() {
    let site = site("");
    let verify = ["verify", "acme/alice", "--password-stdin", "--source", THEIRS];
    for _ in 0..6 {
        assert_eq!(site.pipe(&verify, "wrong\n").code, 11);
    }
    let id = opened(&site, THEIRS);
    send(&site, &id, &["account"]);
    assert_eq!(site.verify(&id, "000000").code, 11);
    assert_eq!(site.judged("acme/alice", "wrong"), 11);
    let portal = site.events("")[0].text("actor").to_owned();
    let shown = site.run(&["user", "diagnose", "acme/alice", "-o", "json"]).succeeded().json();
    let [attempts] = shown["attempts"].as_array().unwrap().as_slice() else { panic!("{shown}") };
    assert_eq!(attempts["from"], format!("{THEIRS} by way of {portal}"));
    assert_eq!((&attempts["sign_ins"], &attempts["codes"]), (&json!(6), &json!(1)));
    let next: Vec<&str> = shown["next"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .filter(|step| step.contains(THEIRS))
        .collect();
    let told = site.normalised(&next.join("\n")).replace(&portal, "PORTAL");
    insta::assert_snapshot!(told, @"6 sign-ins and 1 code failed within a day from 198.51.100.7 by way of PORTAL, the \
        last on TIME. If that was not them, somebody else is trying: `regain audit list --user acme/alice --outcome \
        failure` shows each. A source that fails often must wait, and gets no codes after 25 wrong ones; `regain user \
        enable acme/alice --unlock` lifts these limits.");
}

/// How many rows of each table a call adds, where it adds any.
fn gained(site: &Site, run: impl FnOnce() -> Ended) -> (BTreeMap<String, i64>, i32) {
    let before = site.counts();
    let ended = run();
    let gained = site.counts().into_iter().map(|(table, rows)| (table.clone(), rows - before[&table]));
    (gained.filter(|(_, rows)| *rows != 0).collect(), ended.code)
}

/// A call beyond a budget leaves one record and one row that counts, and further ones nothing.
fn counted_once(site: &Site, action: &str, call: &dyn Fn() -> Ended) {
    let records = || site.recorded(action, "");
    let (first, code) = gained(site, call);
    assert_eq!(first, BTreeMap::from([("audit".to_owned(), 1), ("tallies".to_owned(), 1)]), "{action}");
    let before = records();
    for _ in 0..3 {
        assert_eq!(gained(site, call), (BTreeMap::new(), code), "{action}");
    }
    assert_eq!(records(), before);
    // A quarter of an hour later, the next one tells how many there were.
    site.edit("tallies", |tally| tally.shift("since", -900_000));
    assert_eq!(gained(site, call), (BTreeMap::from([("audit".to_owned(), 1)]), code), "{action}");
    assert_eq!(site.event(action)["detail"]["refused_before"], 3, "{action}");
}

#[test]
fn k12_beyond_a_spent_budget_a_quarter_of_an_hour_leaves_one_counted_record() {
    let site = site("[budgets]\nsource_per_hour = 2\n");
    let disown = || site.run(&["request", "disown", "bdfgh-jkmnp-qrstv", "--source", THEIRS]).succeeded();
    (0..2).for_each(|_| drop(disown()));
    counted_once(&site, "disownChange", &disown);

    (0..10).for_each(|_| drop(started(&site, HERS)));
    let start = || site.run(&["request", "start", "acme/bob", "--source", HERS]);
    assert_eq!(start().code, 4);
    site.raw().remove("tallies", |_| true);
    counted_once(&site, "fpwdResetRequested", &start);
    let register =
        || site.run(&["request", "register", "dora", "--mobile", "+4915112345678", "--source", HERS]);
    assert_eq!(register().code, 4);
    site.raw().remove("tallies", |_| true);
    counted_once(&site, "registerRequested", &register);
}

#[test]
fn k12_a_send_beyond_the_budget_of_its_source_leaves_a_decoy_in_its_place() {
    let site = site("[budgets]\nsource_per_hour = 2\n");
    let id = opened(&site, THEIRS);
    let seen = || site.run(&["request", "send", &id, "--method", "email", "--address", ALICE]).succeeded();
    let real = site.shown(&seen());
    seen();
    let (first, _) = gained(&site, seen);
    let expected = [("audit", 1), ("codes", 1), ("tallies", 1)];
    assert_eq!(first, BTreeMap::from(expected.map(|(table, rows)| (table.to_owned(), rows))));
    assert_eq!(withheld(&site, &id), "source_throttled");
    let again = seen();
    assert_eq!(site.shown(&again), real, "it looks like any other");
    for _ in 0..3 {
        assert_eq!(gained(&site, seen).0, BTreeMap::new());
        // There is a code to try on, as often as on any.
        assert_eq!(site.verify(&id, "000000").code, 11);
    }
    let open = site.rows("codes").into_iter().find(|code| code["request_id"] == id && code["open"] == 1);
    assert_eq!(open.unwrap()["tries_left"], 4);
    // Whoever is asked about it sees each that was kept back.
    let other = opened(&site, THEIRS);
    assert_eq!(gained(&site, || site.run(&["request", "send", &other, "--method", "account"])).0["codes"], 1);
    let told = site.run(&["codes", "explain", "acme/alice", "-o", "json"]).succeeded().json();
    let kept_back =
        told["timeline"].as_array().unwrap().iter().filter(|entry| entry["cause"] == "source_throttled");
    assert_eq!(kept_back.count(), 2, "{told}");
}
