//! `regain support …`: a caller proves who they are, and support may send a setup token.

use serde_json::{Value, json};

use crate::site::{Ended, Site, later, not};

const HELPER: u32 = 61_235;
const ALICE: &str = "alice@example.com";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    for (user, rest) in [
        ("acme/alice", &["--email", ALICE, "--mobile", "+4915112345678"][..]),
        ("acme/bob", &["--mobile", "+4915187654321"]),
        ("acme/carol", &[]),
    ] {
        site.run(&[&["user", "create", user, "-y", "-q"], rest].concat()).succeeded();
    }
    site
}

fn challenge(site: &Site, rest: &[&str]) -> Value {
    site.json(&[&["support", "challenge"], rest].concat())
}

fn confirm(site: &Site, id: &str, code: &str) -> Ended {
    site.pipe(&["support", "confirm", id, "--code-stdin", "-o", "json"], &format!("{code}\n"))
}

fn confirmed(site: &Site, user: &str, address: &str) -> String {
    let id = challenge(site, &[user])["id"].as_str().unwrap().to_owned();
    confirm(site, &id, &site.code_to(address)).succeeded();
    id
}

/// With the name of whoever runs the tests replaced.
fn by_us(site: &Site, ended: &Ended) -> String {
    site.shown(ended).replace(site.newest("challenges").text("operator"), "OPERATOR")
}

fn reason(ended: &Ended) -> (i32, String) {
    (ended.code, ended.error()["reason"].as_str().unwrap().to_owned())
}

#[test]
fn a_caller_reads_out_what_staff_says_it_will_ask_for() {
    let site = site();
    insta::assert_snapshot!(by_us(&site, &site.run(&["support", "challenge", "acme/alice", "-y"])), @"
    exit 0
    --- stdout
    challenge  chl_ID
    state      sent
    to         a***@e***.com
    sent by    OPERATOR
    expires    TIME
    --- stderr
    A code is on its way to a***@e***.com. Ask the caller to read it out.
    hint: enter the code that they read out: `regain support confirm chl_ID`
    ");
    let mail = site.mails_to(ALICE).remove(0);
    let code = site.code_to(ALICE);
    let reference = regex::Regex::new("[a-z]{5}-[a-z]{5}-[a-z]{5}").unwrap();
    let text = crate::site::text_of(&mail).replace(&code, "CODE");
    insta::assert_snapshot!(site.normalised(&reference.replace(&text, "REFERENCE")), @"
    Your code for the call with support is CODE

    The member of staff you are talking to now will ask you for this code, to know that it is you.
    It is good until CLOCK, 10 minutes after it was asked for, and can be used once. It changes nothing by itself.

    If you are not talking to support at this moment, tell it to nobody.

    To say that it was not you, run this:

        regain request disown REFERENCE
    ");
    let id = site.only("challenges").text("id").to_owned();
    insta::assert_snapshot!(by_us(&site, &site.run(&["user", "diagnose", "acme/alice", "-v", "-q"])).split_once("\nCHALLENGE ").unwrap().1, @"
                        STATE  TO             SENT BY  EXPIRES
    ─────────────────────────────────────────────────────────────────────────────────
    chl_ID  sent   a***@e***.com  OPERATOR     TIME

    What to do next
    - They can reset the password by themselves: `regain password reset acme/alice`.
    - If no code came, send a new one: `regain codes resend cod_ID`.
    - OPERATOR waits for the code that a caller reads out, until TIME: `regain support confirm chl_ID`.
    ");
    insta::assert_snapshot!(site.shown(&confirm(&site, &id, &not(&code))), @r#"
    exit 11
    --- stderr
    {"error":{"kind":"denied","message":"the code is wrong; 4 tries are left","reason":"wrong_code","causes":[],"hints":[],"tries_left":4}}
    "#);
    insta::assert_snapshot!(site.shown(&site.pipe(&["support", "confirm", &id, "--code-stdin"], &code)), @"
    exit 0
    --- stderr
    The caller is acme/alice: only you can use this, once, within 15 minutes.
    hint: send a setup token: `regain admin-reset acme/alice --setup --verified-caller chl_ID`
    ");
    assert_eq!(reason(&confirm(&site, &id, &code)), (4, "code_spent".to_owned()));
    let reset = ["admin-reset", "acme/alice", "--setup", "--verified-caller", &id, "-y", "-o", "json"];
    site.run(&reset).succeeded();
    assert_eq!(site.event("setupTokenSent")["detail"]["verified_caller"], id);
    assert_eq!(reason(&site.run(&reset)), (4, "caller_not_verified".to_owned()), "it counts once");
}

#[test]
fn the_channel_can_be_chosen_and_must_be_able_to_prove_something() {
    let site = site();
    let sent = challenge(&site, &["acme/alice", "--mobile"]);
    assert_eq!((&sent["channel"], &sent["destination"]), (&json!("mobile"), &json!("+49***78")));
    assert_eq!((&sent["state"], &sent["tries_left"]), (&json!("sent"), &json!(5)));
    assert_eq!(challenge(&site, &["acme/bob"])["destination"], "+49***21");
    let sms = site.mails_to("+4915187654321").remove(0);
    assert!(sms.contains("Staff WILL ask for it."), "{sms}");
    let refused = |arguments: &[&str]| {
        reason(&site.run(&[&["support", "challenge"], arguments, &["-y", "-o", "json"]].concat()))
    };
    assert_eq!(refused(&["acme/bob", "--email"]), (4, "no_contact".to_owned()));
    assert_eq!(refused(&["acme/carol"]), (4, "no_contact".to_owned()));
    assert_eq!(refused(&["acme/nobody"]), (3, "no_such_user".to_owned()));
    site.cool_down("mobile");
    assert_eq!(refused(&["acme/bob"]), (4, "contact_cooldown".to_owned()));
    site.run(&["contact", "bind", "acme/carol", "--email", "carol@example.com", "-y", "-q"]).succeeded();
    assert_eq!(refused(&["acme/carol"]), (4, "unverified_contact".to_owned()));
    let before = site.counts();
    site.run(&["support", "challenge", "acme/alice", "--dry-run"]).succeeded();
    assert_eq!(before["challenges"], site.counts()["challenges"]);
}

#[test]
fn k3_k4_a_challenge_counts_for_its_code_its_person_and_five_tries() {
    let site = site();
    let first = challenge(&site, &["acme/alice"])["id"].as_str().unwrap().to_owned();
    let first_code = site.code_to(ALICE);
    let id = challenge(&site, &["acme/alice"])["id"].as_str().unwrap().to_owned();
    let code = site.code_to(ALICE);
    assert_eq!(reason(&confirm(&site, &first, &first_code)), (4, "code_spent".to_owned()), "a newer one");
    // Neither a reset nor a contact takes it.
    let request = site.request("acme/alice");
    assert_eq!(site.verify(&request, &code).code, 4);
    for left in (0..5).rev() {
        let wrong = confirm(&site, &id, &not(&code)).error();
        assert!(wrong["message"].as_str().unwrap().contains(&match left {
            0 => "no try is left".to_owned(),
            1 => "1 try is left".to_owned(),
            many => format!("{many} tries are left"),
        }));
    }
    assert_eq!(reason(&confirm(&site, &id, &code)), (4, "code_spent".to_owned()));
    // Of one person, it says nothing of another.
    let alices = confirmed(&site, "acme/alice", ALICE);
    let bob = ["admin-reset", "acme/bob", "--generate", "--secrets-to", "s", "--verified-caller", &alices];
    assert_eq!(
        reason(&site.run(&[&bob[..], &["-y", "-o", "json"]].concat())),
        (4, "caller_not_verified".to_owned())
    );
    let two = ["admin-reset", "acme/alice", "acme/bob", "--setup", "--verified-caller", &alices, "-y"];
    assert_eq!(site.run(&two).code, 2);
    // A new password ends it.
    site.run(&["admin-reset", "acme/alice", "--generate", "--secrets-to", "t", "-y", "-q"]).succeeded();
    assert_eq!(site.row("challenges", "id", &alices)["state"], "ended");
}

#[test]
fn k5_a_verified_caller_is_good_for_a_quarter_of_an_hour() {
    let site = site();
    let id = confirmed(&site, "acme/alice", ALICE);
    let reset = ["admin-reset", "acme/alice", "--setup", "--verified-caller", &id, "-y", "-o", "json"];
    let Some(late) = later(&site, "+15m", &reset, "") else { return };
    assert_eq!(reason(&late), (4, "caller_not_verified".to_owned()));
    assert_eq!(site.only("challenges")["state"], "expired");
}

#[test]
fn k6_the_budgets_of_codes_hold_for_challenges() {
    let site = Site::with("[captcha]\nmode = \"off\"\n[budgets]\ncontact_per_hour = 2\n");
    site.account("acme");
    challenge(&site, &["acme"]);
    let again = ["support", "challenge", "acme", "-y", "-o", "json"];
    assert_eq!(reason(&site.run(&again)), (4, "too_soon".to_owned()));
    site.edit("challenges", |challenge| challenge.shift("created_at", -100_000));
    site.run(&again).succeeded();
    site.edit("challenges", |challenge| challenge.shift("created_at", -100_000));
    assert_eq!(reason(&site.run(&again)), (4, "contact_throttled".to_owned()));
}

#[test]
fn a_code_that_did_not_come_is_sent_again_for_the_same_challenge() {
    let site = site();
    let id = challenge(&site, &["acme/alice"])["id"].as_str().unwrap().to_owned();
    let before = site.code_to(ALICE);
    let code = site.only("challenges").text("code_id").to_owned();
    site.run(&["codes", "resend", &code, "-y", "-q"]).succeeded();
    let after = site.code_to(ALICE);
    if before != after {
        assert_eq!(confirm(&site, &id, &before).code, 11);
    }
    confirm(&site, &id, &after).succeeded();
}

#[test]
fn o2_support_sends_a_token_only_to_a_verified_caller_of_its_own() {
    let site = site();
    let operators = format!("[operators]\nsupport = [\"uid:{HELPER}\", \"uid:{}\"]\n", HELPER + 1);
    site.configure(&format!("[codes]\nresend_after = \"0s\"\n{operators}"));
    if !site.let_in(HELPER) {
        return;
    }
    let by = |arguments: &[&str]| site.run_as(HELPER, &[arguments, &["-y"]].concat());
    insta::assert_snapshot!(site.shown(&by(&["admin-reset", "acme/alice", "--setup"])), @"
    exit 4
    --- stderr
    error: the caller has not been verified as acme/alice
    hint: send them a code that they read out: `regain support challenge acme/alice`
    hint: then give its ID with --verified-caller; only you can use it, once, within 15 minutes
    ");
    let privileged = by(&["support", "challenge", "acme", "-o", "json"]);
    assert_eq!(reason(&privileged), (4, "not_allowed".to_owned()));
    // One that the admin sent is not support's.
    site.let_in(0);
    let admins = confirmed(&site, "acme/alice", ALICE);
    site.let_in(HELPER);
    let with =
        |id: &str| by(&["admin-reset", "acme/alice", "--setup", "--verified-caller", id, "-o", "json"]);
    assert_eq!(reason(&with(&admins)), (4, "caller_not_verified".to_owned()));
    let sent = by(&["support", "challenge", "acme/alice", "-o", "json"]).succeeded().json();
    let id = sent["id"].as_str().unwrap();
    assert_eq!(sent["destination"], "a***@e***.com");
    assert_eq!(reason(&with(id)), (4, "caller_not_verified".to_owned()), "not before it is confirmed");
    site.let_in(0);
    let code = site.code_to(ALICE);
    assert_eq!(reason(&confirm(&site, id, &code)), (3, "no_such_challenge".to_owned()), "only who sent it");
    site.let_in(HELPER);
    let mut command = site.command_as(HELPER, &["support", "confirm", id, "--code-stdin"]);
    command.stdin(std::process::Stdio::piped());
    crate::site::ended(command.spawn().unwrap(), &code).succeeded();
    with(id).succeeded();
    assert_eq!(with(id).code, 4);
    site.let_in(0);
    site.configure(&format!("[support]\nverified_caller = \"optional\"\n{operators}"));
    site.let_in(HELPER);
    by(&["admin-reset", "acme/alice", "--setup"]).succeeded();
}

#[test]
fn the_timeline_tells_of_challenges_too() {
    let site = site();
    let id = challenge(&site, &["acme/alice"])["id"].as_str().unwrap().to_owned();
    let code = site.code_to(ALICE);
    let confirm = ["support", "confirm", &id, "--code-stdin"];
    assert_eq!(site.pipe(&confirm, &format!("{}\n", not(&code))).code, 11);
    site.pipe(&confirm, &format!("{code}\n")).succeeded();
    let found = site.json(&["codes", "explain", "acme/alice"]);
    let lines = found["timeline"].as_array().unwrap();
    let steps: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(steps[steps.len() - 4..], ["queued", "handed_over", "wrong_code", "right_code"]);
    assert_eq!(found["answer"]["cause"], "used");
}
