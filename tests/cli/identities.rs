//! Accounts and unified IDs: the forgotten password by login ID, mobile number or email address, step by step; one more
//! proof on a device that is not known; and what no longer stands in the way.

use regain::domain::time::{Clock, SystemClock};

use crate::site::{Ended, Site, later};

const EMAIL: &str = "uid@example.com";
const MOBILE: &str = "+4915112345678";
const OTHER: &str = "+4915187654321";
const NEW: &str = "seven bronze kettles hum softly";

const SETTINGS: &str = "[captcha]\nmode = \"off\"\n[codes]\nresend_after = \"0s\"\n[budgets]\ncontact_per_hour = 99\n\
                        contact_per_day = 99\nsource_per_hour = 99\n";

/// With the unified ID `uid`, reachable by these, and with no device known.
fn site(contacts: &[&str]) -> Site {
    let site = Site::with(SETTINGS);
    let create = ["account", "create", "uid", "--kind", "unified", "-y", "-q"];
    site.run(&[create.as_slice(), contacts].concat()).succeeded();
    site
}

fn both() -> Site {
    site(&["--email", EMAIL, "--mobile", MOBILE])
}

fn step(site: &Site, arguments: &[&str], input: &str) -> Ended {
    site.pipe(&[&["request"], arguments, &["-o", "json"]].concat(), input)
}

/// A request whose first code was right.
fn at_second(site: &Site) -> String {
    let id = site.sent("uid", EMAIL);
    let entered = step(site, &["verify", &id, "--code-stdin"], &site.code_to(EMAIL)).succeeded();
    assert_eq!(entered.json()["state"], "second");
    id
}

#[test]
fn an_address_is_entered_once_and_the_code_goes_there() {
    let site = Site::with(SETTINGS);
    site.run(&["account", "create", "acme", "--email", "acme@example.com", "--mobile", MOBILE, "-y", "-q"]);
    for (typed, method) in [("acme@example.com", "email"), ("+49 151 12345678", "mobile")] {
        let started = site.run(&["request", "start", typed, "-o", "json"]).succeeded().json();
        assert_eq!(started["methods"], serde_json::json!([method]), "{typed}");
        assert_eq!(started["address_known"], true);
        let id = started["id"].as_str().unwrap();
        step(&site, &["send", id], "").succeeded();
        let to = if method == "email" { "acme@example.com" } else { MOBILE };
        site.verify(id, &site.code_to(to)).succeeded();
        site.set_password(id, &format!("{NEW} by {method}")).succeeded();
    }
    assert_eq!(site.judged("acme", &format!("{NEW} by mobile")), 0);
}

#[test]
fn the_contract_of_the_full_address_still_works() {
    let site = Site::with(SETTINGS);
    site.account("acme");
    let id = site.request("acme@example.com");
    step(&site, &["send", &id, "--method", "email", "--address", "acme@example.com"], "").succeeded();
    site.verify(&id, &site.code_to("acme@example.com")).succeeded();
}

#[test]
fn what_is_missing_at_a_send_is_named() {
    let site = Site::with(SETTINGS);
    site.account("acme");
    let id = site.request("acme");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "send", &id])), @r"
    exit 2
    --- stderr
    error: this needs a way to send the code
    hint: give it with --method
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "send", &id, "--method", "mobile"])), @r"
    exit 2
    --- stderr
    error: this method needs the full address
    hint: give it with --address; only the one that is bound receives a code
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "send", &id, "--address", "a@b.example"])), @r"
    exit 2
    --- stderr
    error: say with --method what the --address is
    ");
}

#[test]
fn a_method_that_is_switched_off_is_not_offered_for_an_address_either() {
    let site = Site::with(&format!("{SETTINGS}[reset]\nmethods = [\"mobile\", \"account\"]\n"));
    site.account("acme");
    let started = site.run(&["request", "start", "acme@example.com", "-o", "json"]).succeeded().json();
    assert_eq!(started["methods"], serde_json::json!(["mobile", "account"]));
    let id = started["id"].as_str().unwrap();
    assert_eq!(step(&site, &["send", id], "").error()["reason"], "method_needed");
}

#[test]
fn on_a_device_that_is_not_known_another_contact_proves_it() {
    let site = both();
    let id = site.sent("uid", EMAIL);
    insta::assert_snapshot!(site.shown(&site.verify(&id, &site.code_to(EMAIL))), @r"
    exit 0
    --- stdout
    request  req_ID
    state    second
    next     give one more proof
    methods  email, mobile, account
    expires  TIME
    --- stderr
    This is not a device you often sign in from, so one more proof is needed.
    hint: `regain request send req_ID --method mobile --address ADDRESS`, then verify again
    ");
    let shown = step(&site, &["show", &id], "").succeeded().json();
    assert_eq!((&shown["state"], &shown["proofs"]), (&"second".into(), &serde_json::json!(["mobile"])));
    let early = site.set_password(&id, NEW);
    assert_eq!(early.code, 4, "{early:?}");
    let same = step(&site, &["send", &id, "--method", "email", "--address", EMAIL], "");
    assert_eq!((same.code, &same.error()["reason"]), (4, &"same_proof".into()));
    // The address of somebody else: it looks the same, and nothing comes.
    step(&site, &["send", &id, "--method", "mobile", "--address", OTHER], "").succeeded();
    assert_eq!(site.mails_to(OTHER).len() + site.mails_to(MOBILE).len(), 0);
    let sent = step(&site, &["send", &id, "--method", "mobile", "--address", MOBILE], "").succeeded().json();
    assert_eq!(sent["state"], "second");
    let code = site.code_to(MOBILE);
    assert_eq!(site.verify(&id, &crate::site::not(&code)).code, 11);
    assert_eq!(step(&site, &["verify", &id, "--code-stdin"], &code).succeeded().json()["state"], "password");
    site.set_password(&id, NEW).succeeded();
    assert_eq!(site.judged("uid", NEW), 0);
}

#[test]
fn who_has_nothing_else_is_shown_the_form() {
    let site = site(&["--email", EMAIL]);
    let id = site.sent("uid", EMAIL);
    insta::assert_snapshot!(site.shown(&site.verify(&id, &site.code_to(EMAIL))), @r"
    exit 0
    --- stdout
    request  req_ID
    state    second
    next     give one more proof
    methods  email, mobile, account
    expires  TIME
    --- stderr
    This device is not one you often sign in from, and nothing else is bound that could prove who you are.
    hint: fill in the form, `regain appeal submit`: somebody decides, and you reset the password then
    hint: or try again where you often sign in
    ");
    assert_eq!(step(&site, &["show", &id], "").json()["proofs"], serde_json::json!([]));
}

/// As `mfa enrol` and `confirm` would, with two codes of somebody else's making.
fn bind_authenticator(site: &Site) {
    site.run(&["mfa", "enrol", "uid", "--secrets-to", "totp.jsonl", "-y", "-q"]).succeeded();
    let [_, _, uri] = site.secrets("totp.jsonl").remove(0);
    let key = uri.split_once("secret=").unwrap().1.split('&').next().unwrap().to_owned();
    let now = SystemClock.now().as_second();
    let shows = |at: i64| {
        let arguments = ["--totp", "--base32", "--now", &format!("@{at}"), &key];
        let out = std::process::Command::new("oathtool").args(arguments).output().unwrap();
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    };
    let pair = format!("{}\n{}\n", shows(now - 30), shows(now));
    site.pipe(&["mfa", "confirm", "uid", "--totp-stdin", "-q"], &pair).succeeded();
}

#[test]
fn an_authenticator_is_proof_enough() {
    let site = both();
    bind_authenticator(&site);
    let id = at_second(&site);
    assert_eq!(step(&site, &["show", &id], "").json()["proofs"], serde_json::json!(["totp"]));
    // A code to another contact does not do instead.
    let other = step(&site, &["send", &id, "--method", "mobile", "--address", MOBILE], "");
    assert_eq!((other.code, &other.error()["reason"]), (4, &"wrong_step".into()));
}

#[test]
fn a_device_is_known_on_the_second_day_and_forgotten_on_the_ninety_first() {
    let site = both();
    let id = at_second(&site);
    step(&site, &["send", &id, "--method", "account"], "").succeeded();
    site.verify(&id, &site.code_to(MOBILE)).succeeded();
    site.set_password(&id, NEW).succeeded();
    let login = ["login", "uid", "--password-stdin", "-q"];
    site.pipe(&login, NEW).succeeded();
    at_second(&site);
    let Some(second_day) = later(&site, "+1d", &login, NEW) else { return };
    second_day.succeeded();
    let state = |span: &str| {
        let run = |arguments: &[&str], input: &str| later(&site, span, arguments, input).unwrap().succeeded();
        let started = run(&["request", "start", "uid", "-o", "json"], "").json();
        let id = started["id"].as_str().unwrap();
        run(&["request", "send", id, "--method", "email", "--address", EMAIL], "");
        run(&["delivery", "run", "--once", "-q"], "");
        let code = site.delivered_code_to(EMAIL);
        let entered = run(&["request", "verify", id, "--code-stdin", "-o", "json"], &code).json();
        run(&["request", "cancel", id], "");
        entered["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state("+2d"), "password");
    assert_eq!(state("+90d"), "password", "89 days after the last sign-in");
    assert_eq!(state("+92d"), "second", "91 days after");
}

#[test]
fn s5_a_contact_changed_with_the_word_of_the_old_one_receives_the_code_at_once() {
    let site = both();
    let id = at_second(&site);
    step(&site, &["send", &id, "--method", "account"], "").succeeded();
    site.verify(&id, &site.code_to(MOBILE)).succeeded();
    site.set_password(&id, NEW).succeeded();
    // The old contact agrees, the new one is proven: one conversation, whose codes are read as they come.
    let change = ["contact", "change", "uid", "--mobile", OTHER, "--password-stdin", "--code-stdin"];
    let mut child = site.command(&change).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut line =
        |text: &str| std::io::Write::write_all(&mut stdin, format!("{text}\n").as_bytes()).unwrap();
    line(NEW);
    line(&awaited(&site, MOBILE, 2));
    line(&awaited(&site, OTHER, 1));
    drop(stdin);
    crate::site::ended(child, "").succeeded();
    let id = site.request(OTHER);
    step(&site, &["send", &id], "").succeeded();
    let entered = step(&site, &["verify", &id, "--code-stdin"], &site.code_to(OTHER)).succeeded().json();
    assert_eq!((&entered["state"], &entered["proofs"]), (&"second".into(), &serde_json::json!(["email"])));
    step(&site, &["send", &id, "--method", "email", "--address", EMAIL], "").succeeded();
    site.verify(&id, &site.code_to(EMAIL)).succeeded();
    site.set_password(&id, "another seven bronze kettles").succeeded();
}

/// The newest code to an address, once so many have come.
fn awaited(site: &Site, address: &str, codes: usize) -> String {
    for _ in 0..200 {
        let mails = site.mails_to(address);
        let of_codes = mails.iter().filter(|mail| mail.contains("\nSubject: Your verification code\n"));
        if of_codes.count() >= codes {
            return site.code_to(address);
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no code came to {address}");
}

#[test]
fn whoever_has_one_contact_and_no_familiar_device_is_told_so() {
    let site = site(&["--email", EMAIL]);
    let found = || {
        let found = site.run(&["user", "diagnose", "uid", "-o", "json"]).succeeded().json();
        let listed = site.run(&["user", "readiness", "-o", "json"]).succeeded().json();
        assert_eq!(listed.as_array().unwrap().is_empty(), found["can_recover"].as_bool().unwrap());
        found
    };
    let alone = found();
    assert_eq!(alone["causes"], serde_json::json!(["no_second_proof", "never_signed_in"]));
    insta::assert_snapshot!(alone["next"][0].as_str().unwrap(), @"On a device it does not often sign in from, a \
        second proof is needed, and it has none. They can appeal: `regain appeal submit`; or an administrator binds \
        another contact, `regain contact bind uid --email ADDRESS`, or an authenticator, `regain mfa enrol uid`.");
    let bind = ["contact", "bind", "uid", "--mobile", MOBILE, "--verified", "-y", "-q"];
    site.run(&bind).succeeded();
    assert_eq!(found()["can_recover"], true, "another contact is a second proof");
    site.run(&["contact", "unbind", "uid", "--mobile", "-y", "-q"]).succeeded();
    assert_eq!(found()["can_recover"], false);
    // Signed in from somewhere yesterday and today.
    let now = SystemClock.now().as_millisecond();
    let user = site.only("users")["id"].clone();
    let familiar = serde_json::json!({"id": "dev_1", "user_id": user, "key_id": "k", "tag": [0], "label": "here",
        "first_seen": now - 90_000_000, "last_seen": now - 1000});
    site.raw().add("devices", &familiar);
    assert_eq!(found()["can_recover"], true, "a device it often signs in from will do");
}
