//! `regain request …`: the whole path, one step a command.

use crate::site::{Site, not};

const NEW: &str = "an entirely fresh passphrase";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site
}

#[test]
fn a_forgotten_password_is_replaced() {
    let site = site();
    let started = site.run(&["request", "start", "acme", "-o", "json"]);
    insta::assert_snapshot!(site.shown(&started), @r#"
    exit 0
    --- stdout
    {
      "id": "req_ID",
      "purpose": "reset",
      "state": "method",
      "methods": [
        "email",
        "mobile",
        "account"
      ],
      "address_known": false,
      "proofs": null,
      "expires_at": "TIME",
      "captcha": null,
      "resend_from": null,
      "changed": true
    }
    --- stderr
    If no email address or mobile number that is bound to you can be reached, ask customer service, or submit a form: `regain appeal submit`.
    Why a code may not come: `regain faq codes`.
    "#);
    let id = started.json()["id"].as_str().unwrap().to_owned();
    let send = ["request", "send", &id, "--method", "email", "--address", "acme@example.com"];
    insta::assert_snapshot!(site.shown(&site.run(&send)), @"
    exit 0
    --- stdout
    request  req_ID
    state    code
    next     enter the code
    methods  email, mobile, account
    expires  TIME
    --- stderr
    If no email address or mobile number that is bound to you can be reached, ask customer service, or submit a form: `regain appeal submit`.
    If no code comes, the account may be invalid or not supported: check the name, or create one: `regain account register`.
    Why a code may not come: `regain faq codes`.
    ");
    let code = site.code_to("acme@example.com");
    insta::assert_snapshot!(site.shown(&site.verify(&id, &code)), @"
    exit 0
    --- stdout
    request  req_ID
    state    password
    next     set the new password
    methods  email, mobile, account
    expires  TIME
    ");
    insta::assert_snapshot!(site.shown(&site.set_password(&id, "password")), @"
    exit 4
    --- stderr
    error: the password is too weak
    caused by: the password is too short: use at least 15 characters; four or more random words are easy to type and hard to guess
    caused by: the password is a common word or pattern, or one that is repeated or has digits and signs around it, which attackers try first: use four or more random words
    ");
    insta::assert_snapshot!(site.shown(&site.set_password(&id, NEW)), @"
    exit 0
    --- stdout
    request  req_ID
    state    done
    next     sign in with the new password
    methods  email, mobile, account
    expires  TIME
    --- stderr
    hint: an authenticator makes the next reset safer: `regain mfa enrol acme`
    hint: log in with the new password: `regain login acme`
    ");
    let told = site.mails_to("acme@example.com").pop().unwrap();
    assert!(told.contains("Subject: Your password was changed\n"), "{told}");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "show", &id, "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "id": "req_ID",
      "purpose": "reset",
      "state": "done",
      "methods": [
        "email",
        "mobile",
        "account"
      ],
      "address_known": false,
      "proofs": null,
      "expires_at": "TIME",
      "captcha": null,
      "resend_from": null
    }
    "#);
    insta::assert_snapshot!(site.shown(&site.set_password(&id, NEW)), @"
    exit 4
    --- stderr
    error: there is no such request here: it has ended, expired, or was started elsewhere
    hint: if it is yours, see how it ended: `regain request show ID`
    hint: or start again: `regain password reset`
    ");
}

#[test]
fn k1_a_code_may_hold_spaces_and_a_malformed_one_costs_no_try() {
    let site = site();
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    for malformed in ["12345", "1234567", "abcdef", ""] {
        assert_eq!(site.verify(&id, malformed).code, 2, "{malformed:?}");
    }
    assert_eq!(site.only("codes")["tries_left"], 5);
    assert_eq!(site.verify(&id, &format!("{} {}-{}", &code[..2], &code[2..4], &code[4..])).code, 0);
}

#[test]
fn k4_five_wrong_codes_and_the_right_one_is_worth_nothing() {
    let site = site();
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    for left in ["4 tries are", "3 tries are", "2 tries are", "1 try is", "no try is"] {
        let ended = site.verify(&id, &not(&code));
        assert_eq!(ended.code, 11);
        assert_eq!(ended.stderr.lines().next().unwrap(), format!("error: the code is wrong; {left} left"));
    }
    insta::assert_snapshot!(site.shown(&site.verify(&id, &code)), @"
    exit 4
    --- stderr
    error: this code can no longer be used: it has expired, was replaced, or has no tries left
    hint: ask for a new code
    ");
    assert_eq!(site.only("codes")["state"], "exhausted");
}

#[test]
fn k4_a_right_code_works_once() {
    let site = site();
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    site.verify(&id, &code).succeeded();
    insta::assert_snapshot!(site.shown(&site.verify(&id, &code)), @"
    exit 4
    --- stderr
    error: this step is not next: set the new password first
    ");
}

#[test]
fn k3_a_code_opens_no_other_request_person_or_contact() {
    let site = site();
    site.account("other");
    let (one, two) = (site.sent("acme", "acme@example.com"), site.sent("other", "other@example.com"));
    let (first, second) = (site.code_to("acme@example.com"), site.code_to("other@example.com"));
    assert_eq!(site.verify(&one, &second).code, 11);
    assert_eq!(site.verify(&two, &first).code, 11);
    site.run(&["contact", "bind", "acme", "--mobile", "+4915112345678", "-y"]).succeeded();
    let bind = site.code_to("+4915112345678");
    let verify = ["contact", "verify", "acme", "--mobile", "+4915112345678", "--code-stdin"];
    assert_eq!(site.pipe(&verify, &first).code, 11);
    assert_eq!(site.verify(&one, &bind).code, 11);
    // Nor does its keyed hash, moved into the row of another, as one who can write to the store would.
    let kept = site.rows("codes");
    let of_first = site.row("codes", "request_id", &one)["tag"].clone();
    site.edit("codes", |code| code["tag"] = of_first.clone());
    assert_eq!(site.verify(&two, &first).code, 11);
    assert_eq!(site.pipe(&verify, &first).code, 11);
    site.edit("codes", |code| {
        let old = kept.iter().find(|old| old["id"] == code["id"]).unwrap();
        code["tag"] = old["tag"].clone();
    });
    site.verify(&one, &first).succeeded();
    site.verify(&two, &second).succeeded();
    site.pipe(&verify, &bind).succeeded();
}

#[test]
fn a_new_code_ends_the_one_before() {
    let site = site();
    let id = site.sent("acme", "acme@example.com");
    let old = site.code_to("acme@example.com");
    site.run(&["request", "send", &id, "--method", "account"]).succeeded();
    let new = site.code_to("acme@example.com");
    if old != new {
        assert_eq!(site.verify(&id, &old).code, 11);
    }
    site.verify(&id, &new).succeeded();
}

#[test]
fn a_second_code_too_soon_is_refused() {
    let site = Site::with("[captcha]\nmode = \"off\"\n");
    site.account("acme");
    let id = site.sent("acme", "acme@example.com");
    let again = site.run(&["request", "send", &id, "--method", "account"]);
    assert_eq!(again.code, 4);
    let first = again.stderr.lines().next().unwrap();
    let (before, after) = ("error: a code was asked for a moment ago; ask again in ", " seconds");
    let seconds: u64 = first.strip_prefix(before).unwrap().strip_suffix(after).unwrap().parse().unwrap();
    assert!((50..=60).contains(&seconds), "{first}");
}

#[test]
fn s7_success_ends_every_other_request_and_code() {
    let site = site();
    let (one, two) = (site.sent("acme", "acme@example.com"), site.request("acme"));
    let code = site.code_to("acme@example.com");
    site.verify(&one, &code).succeeded();
    site.set_password(&one, NEW).succeeded();
    let gone = site.run(&["request", "send", &two, "--method", "account"]);
    insta::assert_snapshot!(site.shown(&gone), @"
    exit 4
    --- stderr
    error: there is no such request here: it has ended, expired, or was started elsewhere
    hint: if it is yours, see how it ended: `regain request show ID`
    hint: or start again: `regain password reset`
    ");
}

#[test]
fn a_request_that_is_not_there_looks_like_one_that_ended() {
    let site = site();
    let unknown = "req_000000000000000000000000";
    let cancelled = site.request("acme");
    site.run(&["request", "cancel", &cancelled]).succeeded();
    for step in [&["request", "cancel"][..], &["request", "captcha"]] {
        let of = |id: &str| site.shown(&site.run(&[step, &[id]].concat()));
        assert_eq!(of(unknown), of(&cancelled), "{step:?}");
    }
    insta::assert_snapshot!(site.shown(&site.run(&["request", "show", unknown, "-o", "json"])), @r#"
    exit 4
    --- stderr
    {"error":{"kind":"refused","message":"there is no such request here: it has ended, expired, or was started elsewhere","reason":"request_gone","causes":[],"hints":["if it is yours, see how it ended: `regain request show ID`","or start again: `regain password reset`"]}}
    "#);
}

#[test]
fn s2_a_proof_of_work_opens_the_way_and_a_wrong_answer_does_not() {
    let site = Site::with("[captcha]\nmode = \"work\"\nbits = 8\n");
    let started = site.run(&["request", "start", "acme", "-o", "json"]).succeeded().json();
    assert_eq!((&started["state"], &started["captcha"]["picture"]), (&"captcha".into(), &false.into()));
    let id = started["id"].as_str().unwrap();
    let answer = |text: &str| site.pipe(&["request", "captcha", id, "--answer-stdin", "-o", "json"], text);
    let wrong = answer("x\n");
    assert_eq!((wrong.code, &wrong.error()["reason"]), (11, &"wrong_captcha".into()));
    // Each answer has a challenge of its own.
    let next = site.run(&["request", "show", id, "-o", "json"]).succeeded().json();
    assert_ne!(next["captcha"]["challenge"], started["captcha"]["challenge"]);
    let challenge = next["captcha"]["challenge"].as_str().unwrap();
    let number = (0..=u32::MAX).find(|number| first_byte(challenge, *number) == 0).unwrap();
    assert_eq!(answer(&format!("{number}\n")).succeeded().json()["state"], "method");
}

fn first_byte(challenge: &str, number: u32) -> u8 {
    use sha2::Digest;
    sha2::Sha256::digest(format!("{challenge}:{number}"))[0]
}

#[test]
fn s2_a_picture_is_made_anew_and_only_so_often() {
    let site = Site::with("");
    let id = site.run(&["request", "start", "acme", "-o", "json"]).succeeded().json();
    let id = id["id"].as_str().unwrap();
    let shown = |at: usize| {
        let name = format!("{at}.png");
        let ended = site.run(&["request", "captcha", id, "--png", &name, "-o", "json"]);
        (ended, std::fs::read(site.path().join(name)).unwrap_or_default())
    };
    let (first, picture) = shown(0);
    assert_eq!((first.code, &picture[1..4]), (0, &b"PNG"[..]));
    let mut refused = None;
    for at in 1..50 {
        let (ended, other) = shown(at);
        assert_ne!(other, picture);
        if ended.code != 0 {
            refused = Some(ended);
            break;
        }
    }
    let refused = refused.unwrap();
    assert_eq!((refused.code, &refused.error()["reason"]), (4, &"captcha_spent".into()));
    site.run(&["request", "captcha", id, "--work"]).succeeded();
}

#[test]
fn five_requests_of_a_person_and_no_sixth_code() {
    let site = site();
    let ids: Vec<String> = (0..6).map(|_| site.request("acme")).collect();
    for id in &ids {
        let send = site.run(&["request", "send", id, "--method", "email", "--address", "acme@example.com"]);
        assert_eq!(send.code, 0);
    }
    assert_eq!(site.mails_to("acme@example.com").len(), 5);
    assert_eq!(site.count("codes", |code| code["state_reason"] == "too_many_requests"), 1);
}

#[test]
fn operators_see_the_requests_of_a_person() {
    let site = site();
    let id = site.request("acme");
    let list = site.run(&["request", "list", "acme", "-o", "json"]).succeeded().json();
    assert_eq!(list[0]["id"], id.as_str());
    insta::assert_snapshot!(site.shown(&site.run(&["request", "list", "nobody"])), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no account called nobody
    hint: check the name (`regain user find nobody` searches), or create one: `regain account create nobody`
    ");
}

#[test]
fn what_cannot_be_anyone_is_refused_at_once() {
    let site = site();
    for user in ["", "/", "a/b/c", "1x", "acme/", "a@", "+12", "acme/1x"] {
        let ended = site.run(&["request", "start", "--", user]);
        let expected = if user == "acme/" { 0 } else { 2 };
        assert_eq!(ended.code, expected, "{user:?}: {ended:?}");
    }
}

#[test]
fn secrets_come_as_exactly_one_line() {
    let site = site();
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    assert_eq!(site.pipe(&["request", "verify", &id, "--code-stdin"], "").code, 2);
    site.pipe(&["request", "verify", &id, "--code-stdin"], &format!("{code}\r\n")).succeeded();
    assert_eq!(site.run(&["request", "set-password", &id]).code, 9);
    let set = ["request", "set-password", &id, "--password-stdin"];
    assert_eq!(site.pipe(&set, "\n").code, 4, "an empty password is refused (P9)");
    assert_eq!(site.pipe(&set, "bad\u{1}control and more of it\n").code, 2);
    site.pipe(&set, &format!("{NEW}\n")).succeeded();
}

#[test]
fn whoever_has_too_many_open_finds_and_ends_them() {
    let site = Site::with(super::codes::OPEN);
    let begun: Vec<String> = (0..10).map(|at| site.request(&format!("acme/u{at}"))).collect();
    insta::assert_snapshot!(site.shown(&site.run(&["request", "start", "acme/u10"])), @"
    exit 4
    --- stderr
    error: too many requests are open from here
    hint: `regain request list` shows them: finish one, or cancel it, `regain request cancel ID`; each expires 15 minutes after it began
    ");
    let open = site.run(&["request", "list", "-o", "json"]).succeeded().json();
    let ids: Vec<&str> = open.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, begun.iter().rev().map(String::as_str).collect::<Vec<_>>());
    // Of whom they are, nothing is told.
    assert!(!open.to_string().contains("acme"), "{open}");
    site.run(&["request", "cancel", ids[0]]).succeeded();
    site.run(&["request", "start", "acme/u10"]).succeeded();
    assert_eq!(site.run(&["request", "list", "-o", "json"]).json().as_array().unwrap().len(), 10);
}

#[test]
fn a_picture_writes_over_nothing() {
    let site = Site::with("[captcha]\nmode = \"picture\"\n");
    site.account("acme");
    let started = site.json(&["request", "start", "acme"]);
    let id = started["id"].as_str().unwrap();
    std::fs::write(site.path().join("there.png"), "mine").unwrap();
    let file = site.path().join("there.png").display().to_string();
    insta::assert_snapshot!(site.shown(&site.run(&["request", "captcha", id, "--png", &file])), @"
    exit 4
    --- stderr
    error: failed to open SITE/there.png
    caused by: File exists (os error 17)
    hint: name a file that does not exist yet
    ");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "mine");
}
