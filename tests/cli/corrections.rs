//! A code that went to a mistyped address is corrected at once, once in a step: whether or not either address is bound,
//! and for everyone.

use serde_json::json;

use crate::site::{Ended, Site};

const EMAIL: &str = "acme@example.com";
const OTHER: &str = "other@example.com";
const MOBILE: &str = "+4915112345678";

const SETTINGS: &str = "[captcha]\nmode = \"off\"\n";

fn send(site: &Site, id: &str, method: &str, address: Option<&str>) -> Ended {
    let address = address.map(|address| ["--address", address]);
    let given: Vec<&str> = address.iter().flatten().copied().collect();
    site.run(&[&["request", "send", id, "--method", method, "-o", "json"], given.as_slice()].concat())
}

/// How each of these was answered: the reason of a refusal, or nothing.
fn answers(site: &Site, id: &str, asked: &[(&str, Option<&str>)]) -> Vec<String> {
    let answer = |ended: Ended| match ended.code {
        0 => String::new(),
        _ => ended.error()["reason"].as_str().unwrap().to_owned(),
    };
    asked.iter().map(|(method, address)| answer(send(site, id, method, *address))).collect()
}

#[test]
fn s4_one_correction_is_sent_at_once_and_ends_the_code_before() {
    let site = Site::with(SETTINGS);
    site.run(&["account", "create", "acme", "--email", EMAIL, "--mobile", MOBILE, "-y", "-q"]).succeeded();
    let id = site.request("acme");
    assert_eq!(answers(&site, &id, &[("email", Some(EMAIL))]), [""]);
    let first = site.code_to(EMAIL);
    let asked = [
        // The same again is no correction, nor is another way to what is bound.
        ("email", Some(EMAIL)),
        ("account", None),
        ("mobile", Some(MOBILE)),
        ("email", Some(EMAIL)),
    ];
    assert_eq!(answers(&site, &id, &asked), ["too_soon", "too_soon", "", "too_soon"]);
    let second = site.code_to(MOBILE);
    let states: Vec<String> = site.rows("codes").iter().map(|code| code.text("state").to_owned()).collect();
    assert_eq!(states, ["superseded", "sent"]);
    if first != second {
        assert_eq!(site.verify(&id, &first).code, 11);
    }
    site.verify(&id, &second).succeeded();
    // Both were counted.
    assert_eq!(site.count("budgets", |row| row["scope"] == "sent_from_source"), 2);
}

#[test]
fn e1_a_correction_looks_the_same_for_everyone() {
    let walk = |name: &str, typed: [&str; 3]| {
        let site = Site::with(SETTINGS);
        site.run(&["account", "create", "acme", "--email", EMAIL, "-y", "-q"]).succeeded();
        let id = site.request(name);
        let asked = typed.map(|address| ("email", Some(address)));
        (
            answers(&site, &id, &asked),
            site.counts()["codes"],
            site.counts()["outbox"],
            site.counts()["budgets"],
        )
    };
    let third = "third@example.com";
    let expected = walk("acme", [OTHER, EMAIL, third]);
    assert_eq!(expected.0, ["", "", "too_soon"]);
    assert_eq!(walk("acme", [EMAIL, OTHER, third]), expected, "away from the right one");
    assert_eq!(walk("acme", [OTHER, third, EMAIL]), expected, "never the right one");
    assert_eq!(walk("nobody", [OTHER, EMAIL, third]), expected, "for nobody");
}

#[test]
fn the_second_proof_has_a_correction_of_its_own() {
    let site = Site::with(SETTINGS);
    let contacts = ["--email", EMAIL, "--mobile", MOBILE];
    let create = ["account", "create", "acme", "--kind", "unified", "-y", "-q"];
    site.run(&[create.as_slice(), &contacts].concat()).succeeded();
    let id = site.request("acme");
    assert_eq!(answers(&site, &id, &[("email", Some(OTHER)), ("email", Some(EMAIL))]), ["", ""]);
    site.verify(&id, &site.code_to(EMAIL)).succeeded();
    let asked =
        [("mobile", Some("+4915187654321")), ("mobile", Some(MOBILE)), ("mobile", Some("+4915187654321"))];
    assert_eq!(answers(&site, &id, &asked), ["", "", "too_soon"]);
    site.verify(&id, &site.code_to(MOBILE)).succeeded();
}

#[test]
fn the_serial_number_of_an_appeal_tells_who_and_where() {
    let site = Site::with(SETTINGS);
    site.run(&["account", "create", "acme", "--email", EMAIL, "-y", "-q"]).succeeded();
    let form = format!("kind = \"appeal\"\nwho = \"acme\"\nnew_mobile = \"{MOBILE}\"\n");
    let submitted =
        site.pipe(&["appeal", "submit", "--from", "-", "-o", "json", "-q"], &form).succeeded().json();
    let serial = submitted["serial"].as_str().unwrap();
    let start = ["request", "start", "--appeal", serial, "-o", "json"];
    let early = site.run(&start);
    let wrong = site.run(&["request", "start", "--appeal", "apl-bdfgh-jkmnp-qrstv", "-o", "json"]);
    assert_eq!((early.code, early.error()), (4, wrong.error()));
    site.run(&["appeal", "approve", serial, "-y", "-q", "--reason", "certificate seen"]).succeeded();
    let started = site.run(&start).succeeded().json();
    assert_eq!((&started["state"], &started["address_known"]), (&json!("method"), &json!(true)));
    let id = started["id"].as_str().unwrap();
    site.run(&["request", "send", id]).succeeded();
    site.verify(id, &site.code_to(MOBILE)).succeeded();
    let set = site.set_password(id, "an entirely fresh passphrase").succeeded();
    assert!(
        set.stderr.contains("hint: log in with the new password: `regain login acme`\n"),
        "{}",
        set.stderr
    );
}
