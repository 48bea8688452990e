//! What is spent on resets and what is spent on signing in are two purses: neither empties the other (security K6).

use crate::site::{Ended, Site};

const PASSWORD: &str = "correct horse battery staple";
const EMAIL: &str = "alice@example.com";
const MOBILE: &str = "+4915112345678";
const USER: &str = "acme/alice";

/// Two codes an hour for each contact, and so four for a person.
const TIGHT: &str = r#"
[captcha]
mode = "off"
[codes]
resend_after = "0s"
[budgets]
contact_per_hour = 2
source_per_hour = 100
"#;

/// Alice has both contacts, and a portal says where people are.
fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user(USER, PASSWORD);
    site.run(&["contact", "bind", USER, "--mobile", MOBILE, "--verified", "-y", "-q"]).succeeded();
    site.deliver();
    let me = site.events("")[0].text("actor").to_owned();
    site.configure(&format!("{TIGHT}[sources]\ntrusted = [\"{me}\"]\n"));
    site
}

/// Asks for a code to reset the password with, from a place of its own; where it went, or why it was withheld.
fn reset(site: &Site, place: u8, method: &str, address: &str) -> String {
    let source = format!("192.0.2.{place}");
    let started = site.run(&["request", "start", USER, "--source", &source, "-o", "json"]).succeeded().json();
    let id = started["id"].as_str().unwrap();
    site.run(&["request", "send", id, "--method", method, "--address", address]).succeeded();
    let code = site.newest("codes");
    code[if code.has("state_reason") { "state_reason" } else { "destination" }].as_str().unwrap().to_owned()
}

fn protect_by(site: &Site, channel: &str) {
    site.run(&["user", "update", USER, "--login-protection", channel, "-y", "-q"]).succeeded();
}

fn login(site: &Site, lines: &[&str]) -> Ended {
    let code: &[&str] = if lines.len() > 1 { &["--code-stdin"] } else { &[] };
    site.pipe(&[&["login", USER, "--password-stdin"], code].concat(), &(lines.join("\n") + "\n"))
}

/// Signs in with the code that is sent; how the call that asks for it ended.
fn signs_in(site: &Site, address: &str) -> Ended {
    let asked = login(site, &[PASSWORD]);
    if asked.code == 9 {
        login(site, &[PASSWORD, &site.code_to(address)]).succeeded();
    }
    asked
}

#[test]
fn k6_resets_that_used_up_a_persons_budget_keep_no_code_from_their_protected_sign_in() {
    let site = site();
    for (place, method, address, masked) in [
        (1, "email", EMAIL, "a***@e***.com"),
        (2, "mobile", MOBILE, "+49***78"),
        (3, "email", EMAIL, "a***@e***.com"),
        (4, "mobile", MOBILE, "+49***78"),
        // The first of a place that has spent nothing passes up to twice the budget (K12).
        (5, "email", EMAIL, "a***@e***.com"),
        (6, "mobile", MOBILE, "+49***78"),
        (7, "email", EMAIL, "a***@e***.com"),
        (8, "mobile", MOBILE, "+49***78"),
    ] {
        assert_eq!(reset(&site, place, method, address), masked);
    }
    assert_eq!(reset(&site, 9, "email", EMAIL), "contact_throttled");
    for (channel, address) in [("sms", MOBILE), ("email", EMAIL)] {
        protect_by(&site, channel);
        assert_eq!(signs_in(&site, address).code, 9, "{channel}: the code is on its way");
    }
}

#[test]
fn k6_sign_ins_that_used_up_a_persons_budget_keep_no_code_from_their_reset() {
    let site = site();
    for (channel, address) in [("sms", MOBILE), ("email", EMAIL)] {
        protect_by(&site, channel);
        assert_eq!((signs_in(&site, address).code, signs_in(&site, address).code), (9, 9), "{channel}");
        let spent = signs_in(&site, address);
        let told =
            "error: no code is sent: too many codes went to this contact\nhint: wait an hour, or a day\n";
        assert_eq!((spent.code, spent.stderr.as_str()), (4, told), "{channel}");
    }
    assert_eq!(reset(&site, 1, "email", EMAIL), "a***@e***.com");
    assert_eq!(reset(&site, 2, "mobile", MOBILE), "+49***78");
}
