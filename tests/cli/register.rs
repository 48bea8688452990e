//! `regain account register`, step by step: a new unified ID with a security phone number.

use crate::site::Site;

const MOBILE: &str = "+4915112345678";
const PASSWORD: &str = "seven bronze kettles hum softly";

fn registered(site: &Site, name: &str) -> String {
    let started = site.run(&["request", "register", name, "--mobile", MOBILE, "-o", "json"]).succeeded();
    started.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_identity_has_a_security_phone_number() {
    let site = Site::new();
    let start = ["request", "register", "dora", "--mobile", MOBILE, "-o", "json"];
    let started = site.run(&start);
    insta::assert_snapshot!(site.shown(&started), @r#"
    exit 0
    --- stdout
    {
      "id": "req_ID",
      "purpose": "register",
      "state": "method",
      "methods": [
        "mobile"
      ],
      "address_known": true,
      "proofs": null,
      "expires_at": "TIME",
      "captcha": null,
      "resend_from": null,
      "changed": true
    }
    "#);
    let id = started.json()["id"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(site.shown(&site.run(&["request", "send", &id])), @r"
    exit 0
    --- stdout
    request  req_ID
    state    code
    next     enter the code
    methods  mobile
    expires  TIME
    ");
    insta::assert_snapshot!(site.shown(&site.verify(&id, &site.code_to(MOBILE))), @r"
    exit 0
    --- stdout
    request  req_ID
    state    password
    next     set the new password
    methods  mobile
    expires  TIME
    ");
    insta::assert_snapshot!(site.shown(&site.set_password(&id, PASSWORD)), @"
    exit 0
    --- stdout
    request  req_ID
    state    done
    next     sign in with the new password
    methods  mobile
    expires  TIME
    --- stderr
    hint: an authenticator makes the next reset safer: `regain mfa enrol dora`
    hint: log in with the new password: `regain login dora`
    ");
    assert_eq!(site.json(&["account", "show", "dora"])["kind"], "unified");
    let contacts = site.json(&["contact", "list", "dora"]);
    assert_eq!((&contacts[0]["security"], &contacts[0]["verified"]), (&true.into(), &true.into()));
    insta::assert_snapshot!(site.shown(&site.run(&["contact", "list", "dora"])), @r"
    exit 0
    --- stdout
    CHANNEL            ADDRESS   VERIFIED              USABLE FROM
    ───────────────────────────────────────────────────────────────────────
    mobile (security)  +49***78  TIME  TIME
    ");
    assert_eq!(site.judged("dora", PASSWORD), 0);
    assert_eq!(site.rows("registrations").len(), 0, "nothing of it is left");
    // The mark goes on to whatever takes the number's place.
    let bind = ["contact", "bind", "dora", "--mobile", "+4915187654321", "--verified", "-y"];
    site.run(&bind).succeeded();
    assert_eq!(site.json(&["contact", "list", "dora"])[0]["security"], true);
}

#[test]
fn a_taken_name_is_replaced_after_the_right_code() {
    let site = Site::new();
    site.account("acme");
    let id = registered(&site, "Acme");
    site.run(&["request", "send", &id]).succeeded();
    site.verify(&id, &site.code_to(MOBILE)).succeeded();
    insta::assert_snapshot!(site.shown(&site.set_password(&id, PASSWORD)), @r"
    exit 4
    --- stderr
    error: this login ID is taken, or looks like one that is
    hint: choose another; step by step, `regain request set-password ID --name NAME`
    ");
    let again = ["request", "set-password", &id, "--name", "dora", "--password-stdin"];
    site.pipe(&again, PASSWORD).succeeded();
    assert_eq!(site.judged("dora", PASSWORD), 0);
}

#[test]
fn it_needs_a_terminal_or_the_steps_and_can_be_switched_off() {
    let site = Site::new();
    insta::assert_snapshot!(site.shown(&site.run(&["account", "register", "dora"])), @r"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give `regain request register NAME --mobile NUMBER` and the steps after it, which never ask, to answer
    ");
    site.configure("[register]\nenabled = false\n");
    let off = site.run(&["account", "register", "--no-input", "-o", "json"]);
    assert_eq!((off.code, &off.error()["reason"]), (4, &"registration_off".into()));
    let start = ["request", "register", "dora", "--mobile", MOBILE];
    insta::assert_snapshot!(site.shown(&site.run(&start)), @r"
    exit 4
    --- stderr
    error: you cannot register yourself here
    hint: ask the person who manages the accounts here for one
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "register", "dora", "--mobile", "123"])), @r"
    exit 2
    --- stderr
    error: write a mobile number as +, country code and number, such as +4915112345678
    ");
}

#[test]
fn the_holder_of_a_taken_number_is_told() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "--mobile", MOBILE, "-y"]).succeeded();
    let id = registered(&site, "dora");
    site.run(&["request", "send", &id]).succeeded();
    let told = site.mails_to(MOBILE);
    let (_, body) = told[0].split_once("\n\n").unwrap();
    insta::assert_snapshot!(body, @"Somebody tried to register a new ID with your number. It has one already: reset that password. If it was not you, there is nothing to do.");
    assert_eq!(told.len(), 1);
}
