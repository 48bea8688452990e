//! The codes of an authenticator wherever somebody proves who they are: signing in, a reset, a setup token.

use std::process::Command;

use jiff::Timestamp;
use regain::domain::mfa::step;

use super::mfa::{NEW, PASSWORD, USER, bind, settle, site, unused};
use crate::site::{Site, not};

fn verify(site: &Site, lines: &str) -> i32 {
    site.pipe(&["verify", USER, "--password-stdin", "--totp-stdin"], lines).code
}

#[test]
fn codes_of_oathtool_are_right_at_any_time() {
    // 160 bits of every kind, and moments on both sides of a step, in this century and beyond 2038.
    for (key, bytes) in [
        ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", *b"12345678901234567890"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", [0; 20]),
        ("7777777777777777777777777777777_", [0xff; 20]),
    ] {
        let key = key.replace('_', "7");
        let seed = regain::domain::mfa::Seed::from_bytes(&bytes).unwrap();
        assert_eq!(seed.base32().expose(), key);
        for second in [0, 29, 30, 59, 1_234_567_890, 1_763_755_199, 1_763_755_200, 4_102_444_800] {
            let at = Timestamp::from_second(second).unwrap();
            let now = format!("@{second}");
            let out =
                Command::new("oathtool").args(["--totp", "--base32", "--now", &now, &key]).output().unwrap();
            assert_eq!(
                seed.code(step(at)).expose(),
                String::from_utf8(out.stdout).unwrap().trim(),
                "{second}"
            );
        }
    }
}

#[test]
fn verify_takes_password_and_code_in_the_order_of_the_options() {
    let site = site();
    let phone = bind(&site);
    settle();
    assert_eq!(site.judged(USER, PASSWORD), 11, "missing");
    assert_eq!(verify(&site, &format!("{PASSWORD}\nnonsense\n")), 11);
    assert_eq!(verify(&site, &format!("{PASSWORD}\n{}\n", phone.shows(-30))), 11);
    assert_eq!(verify(&site, &format!("wrong\n{}\n", phone.shows(0))), 11);
    assert_eq!(verify(&site, &format!("{PASSWORD}\n{}\n", phone.shows(0))), 0);
    assert_eq!(verify(&site, &format!("{PASSWORD}\n{}\n", phone.shows(0))), 11, "used");
    unused(&site);
    let code_first = ["verify", USER, "--totp-stdin", "--password-stdin"];
    assert_eq!(site.pipe(&code_first, &format!("{}\n{PASSWORD}\n", phone.shows(0))).code, 0);
    unused(&site);
    site.edit("users", |user| user["must_change"] = 1.into());
    assert_eq!(verify(&site, &format!("{PASSWORD}\n{}\n", phone.shows(-30))), 11);
    assert_eq!(verify(&site, &format!("{PASSWORD}\n{}\n", phone.shows(0))), 12);
}

#[test]
fn twelve_sign_ins_with_one_code_are_one() {
    let site = site();
    let phone = bind(&site);
    site.run(&["policy", "set", "acme", "login", "login_failed_times=10", "-y"]).succeeded();
    settle();
    let lines = format!("{PASSWORD}\n{}\n", phone.shows(0));
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..12).map(|_| scope.spawn(|| verify(&site, &lines))).collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
}

#[test]
fn login_names_what_is_wrong_with_a_code_and_the_option_that_gives_one() {
    let site = site();
    let phone = bind(&site);
    settle();
    let login = |arguments: &[&str], lines: &str| {
        let all = [&["login", USER, "--password-stdin"], arguments].concat();
        site.shown(&site.pipe(&all, lines))
    };
    insta::assert_snapshot!(login(&[], &format!("{PASSWORD}\n")), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --totp-stdin to answer
    ");
    let with = |off| login(&["--totp-stdin"], &format!("{PASSWORD}\n{}\n", phone.shows(off)));
    insta::assert_snapshot!(with(30), @"
    exit 11
    --- stderr
    error: the code of the authenticator is wrong
    hint: use the newest entry for this user, and check that the phone's clock is right
    hint: phone lost? ask your administrator to remove the authenticator
    hint: `regain faq mfa` lists the causes
    ");
    insta::assert_snapshot!(with(-4), @"
    exit 11
    --- stderr
    error: this code is too old, or the clock of the authenticator is behind
    hint: check that the phone sets its clock automatically
    hint: `regain faq mfa` lists the causes
    ");
    insta::assert_snapshot!(with(0), @"
    exit 0
    --- stdout
    Signed in as acme/alice (IAM user).
    ");
    insta::assert_snapshot!(with(0), @"
    exit 11
    --- stderr
    error: this code was used already; wait for the next one
    ");
    // Whoever has not the password hears nothing of a code.
    let stranger = login(&["--totp-stdin"], "wrong\n000000\n");
    assert_eq!(stranger, login(&[], "wrong\n"));
}

fn reset(site: &Site) -> (String, String) {
    let id = site.sent(USER, "alice@example.com");
    let code = site.code_to("alice@example.com");
    (id, code)
}

#[test]
fn s6_a_reset_step_by_step_asks_for_both() {
    let site = site();
    let phone = bind(&site);
    let (id, code) = reset(&site);
    assert!(site.verify(&id, &code).succeeded().stdout.contains("second"));
    assert_eq!(site.run(&["request", "show", &id, "-o", "json"]).json()["state"], "second");
    assert_eq!(site.set_password(&id, NEW).code, 4);
    settle();
    let second = ["request", "verify", &id, "--totp-stdin"];
    insta::assert_snapshot!(site.shown(&site.pipe(&second, &format!("{}\n", phone.shows(30)))), @"
    exit 11
    --- stderr
    error: the code of the authenticator is wrong; 4 tries are left
    hint: use the newest entry for this user, and check that the phone's clock is right
    hint: phone lost? ask your administrator to remove the authenticator
    hint: `regain faq mfa` lists the causes
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "verify", &id])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --totp-stdin to answer
    ");
    site.pipe(&second, &format!("{}\n", phone.shows(0))).succeeded();
    site.set_password(&id, NEW).succeeded();
    // The reset left MFA as it was.
    assert_eq!(site.judged(USER, NEW), 11);
    assert_eq!(verify(&site, &format!("{NEW}\n{}\n", phone.shows(1))), 0);
}

#[test]
fn s6_both_codes_can_come_at_once_in_the_order_of_the_options() {
    let site = site();
    let phone = bind(&site);
    settle();
    let (id, code) = reset(&site);
    let both = ["request", "verify", &id, "--code-stdin", "--totp-stdin", "-o", "json"];
    let view = site.pipe(&both, &format!("{code}\n{}\n", phone.shows(0))).succeeded().json();
    assert_eq!(view["state"], "password");
    unused(&site);
    let (id, code) = reset(&site);
    let turned = ["request", "verify", &id, "--totp-stdin", "--code-stdin", "-o", "json"];
    let view = site.pipe(&turned, &format!("{}\n{code}\n", phone.shows(0))).succeeded().json();
    assert_eq!(view["state"], "password");
    // Where none is bound, the second line is of no consequence.
    let id = site.sent("acme", "acme@example.com");
    let code = site.code_to("acme@example.com");
    let both = ["request", "verify", &id, "--code-stdin", "--totp-stdin", "-o", "json"];
    assert_eq!(site.pipe(&both, &format!("{code}\n000000\n")).succeeded().json()["state"], "password");
}

#[test]
fn e2_before_a_right_code_nobody_learns_of_an_authenticator() {
    let (with, without) = (site(), site());
    bind(&with);
    let seen = |site: &Site| {
        let id = site.sent(USER, "alice@example.com");
        let wrong = not(&site.code_to("alice@example.com"));
        let both = ["request", "verify", &id, "--code-stdin", "--totp-stdin", "-o", "json"];
        [
            site.shown(&site.run(&["request", "show", &id, "-o", "json"])),
            site.shown(&site.pipe(&both, &format!("{wrong}\n000000\n"))),
            site.shown(&site.pipe(&["request", "verify", &id, "--totp-stdin"], "000000\n")),
            site.shown(&site.pipe(&["login", USER, "--password-stdin", "--totp-stdin"], "wrong\n000000\n")),
            site.shown(
                &site.pipe(&["mfa", "enrol", USER, "--password-stdin", "--secrets-to", "x"], "wrong\n"),
            ),
        ]
    };
    assert_eq!(seen(&with), seen(&without));
}

#[test]
fn a_setup_token_asks_for_the_code_and_a_reset_leaves_mfa_alone() {
    let site = site();
    let phone = bind(&site);
    let reset = ["admin-reset", USER, "--setup", "--secrets-to", "setup.jsonl", "-y"];
    site.run(&reset).succeeded();
    let token = site.secrets("setup.jsonl").remove(0)[2].clone();
    let setup = ["password", "setup", "--token-stdin", "--password-stdin"];
    let redeem = |more: &[&str], lines: &str| site.pipe(&[&setup[..], more].concat(), lines);
    insta::assert_snapshot!(site.shown(&redeem(&[], &format!("{token}\n{NEW}\n"))), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give --totp-stdin to answer
    ");
    settle();
    assert_eq!(redeem(&["--totp-stdin"], &format!("{token}\n{NEW}\n{}\n", phone.shows(30))).code, 11);
    // Three lines in the order of the options, whichever that is.
    let between = ["password", "setup", "--token-stdin", "--totp-stdin", "--password-stdin"];
    site.pipe(&between, &format!("{token}\n{}\n{NEW}\n", phone.shows(0))).succeeded();
    assert_eq!(site.run(&["user", "show", USER, "-o", "json"]).json()["mfa"], true);
}
