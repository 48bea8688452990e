//! `regain mfa …`, and its codes wherever somebody proves who they are.

use std::process::Command;

use jiff::Timestamp;
use regain::domain::mfa::step;
use regain::domain::time::{Clock, SystemClock};

use super::support::{Ended, Site};

const PASSWORD: &str = "quiet lemon orbits a violin";
const NEW: &str = "seven bronze kettles hum softly";
const USER: &str = "acme/alice";

/// A site where Alice has a password that she chose herself, and a verified email address.
fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    let create = ["user", "create", USER, "--email", "alice@example.com", "--password-stdin", "-y", "-q"];
    site.pipe(&create, "first-a-temporary-passphrase\n").succeeded();
    let both = format!("first-a-temporary-passphrase\n{PASSWORD}\n");
    site.pipe(&["password", "change", USER, "--password-stdin", "-q"], &both).succeeded();
    site
}

/// An authenticator of somebody else's making.
struct Authenticator {
    key: String,
}

impl Authenticator {
    /// The code so many steps from now.
    fn shows(&self, off: i64) -> String {
        let now = SystemClock.now().as_second() + 30 * off;
        let out = Command::new("oathtool")
            .args(["--totp", "--base32", "--now", &format!("@{now}"), &self.key])
            .output()
            .unwrap();
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    /// Two codes in a row, and time enough for both.
    fn pair(&self) -> String {
        settle();
        format!("{}\n{}\n", self.shows(-1), self.shows(0))
    }
}

/// Waits where the step is about to end, so that what is shown now is what is judged.
fn settle() {
    let left = 30 - SystemClock.now().as_second() % 30;
    if left <= 3 {
        std::thread::sleep(std::time::Duration::from_secs(u64::try_from(left).unwrap()));
    }
}

fn enrol(site: &Site) -> Authenticator {
    site.run(&["mfa", "enrol", USER, "--secrets-to", "totp.jsonl", "-y", "-q"]).succeeded();
    let [user, kind, uri] = site.secrets("totp.jsonl").remove(0);
    std::fs::remove_file(site.path().join("totp.jsonl")).unwrap();
    assert_eq!((user.as_str(), kind.as_str()), (USER, "totp_uri"));
    let key = uri.strip_prefix("otpauth://totp/acme:alice?secret=").unwrap();
    let (key, rest) = key.split_once('&').unwrap();
    assert_eq!((key.len(), rest), (32, "issuer=acme&algorithm=SHA1&digits=6&period=30"));
    Authenticator { key: key.to_owned() }
}

fn bind(site: &Site) -> Authenticator {
    let phone = enrol(site);
    site.pipe(&["mfa", "confirm", USER, "--totp-stdin", "-q"], &phone.pair()).succeeded();
    unused(site);
    phone
}

/// Forgets which code was used last, as if half a minute had passed.
fn unused(site: &Site) {
    site.open().execute("UPDATE mfa SET last_step = 0", []).unwrap();
}

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
fn from_enrolling_to_taking_away() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "enrol", USER, "--secrets-to", "x", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  acme/alice gets the secret of an authenticator, which is shown once; nothing is asked for before two codes of it were given: `regain mfa confirm`
    ");
    let enrolled = site.run(&["mfa", "enrol", USER, "--secrets-to", "x", "-y"]);
    insta::assert_snapshot!(site.shown(&enrolled), @"
    exit 0
    --- stderr
    Enrolled an authenticator for acme/alice. Nothing is asked for before it is bound.
    hint: bind it with two codes in a row: `regain mfa confirm acme/alice`
    ");
    let status = ["mfa", "status", USER];
    insta::assert_snapshot!(site.shown(&site.run(&status)), @"
    exit 0
    --- stdout
    user              acme/alice
    MFA               enrolled
    enrolled          TIME
    bound
    login protection  none
    ");
    // What is only enrolled is asked of nobody.
    assert_eq!(site.judged(USER, PASSWORD), 0);
    let phone = enrol(&site);
    let confirm = ["mfa", "confirm", USER, "--totp-stdin"];
    let same = format!("{}\n{0}\n", phone.shows(0));
    insta::assert_snapshot!(site.shown(&site.pipe(&confirm, &same)), @"
    exit 11
    --- stderr
    error: these are not two codes in a row
    hint: give the code that is shown, and the one that follows it half a minute later
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&confirm, "12345\n123456\n")), @"
    exit 2
    --- stderr
    error: a code has 6 digits
    ");
    let bound = site.pipe(&[&confirm[..], &["-o", "json"]].concat(), &phone.pair());
    insta::assert_snapshot!(site.shown(&bound), @r#"
    exit 0
    --- stdout
    {
      "user": "acme/alice",
      "state": "bound",
      "enrolled_at": "TIME",
      "bound_at": "TIME",
      "login_protection": "none"
    }
    --- stderr
    Bound the authenticator of acme/alice; its code is asked for from now on.
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "status", "acme"])), @"
    exit 0
    --- stdout
    USER        MFA    ENROLLED              BOUND                 LOGIN PROTECTION
    ───────────────────────────────────────────────────────────────────────────────
    acme        none                                               none
    acme/alice  bound  TIME  TIME  none
    ");
    assert_eq!(site.run(&["user", "show", USER, "-o", "json"]).json()["mfa"], true);
    let again = site.run(&["mfa", "enrol", USER, "--secrets-to", "y", "-y"]);
    insta::assert_snapshot!(site.shown(&again), @"
    exit 4
    --- stderr
    error: acme/alice has an authenticator bound already
    hint: take it away first: `regain mfa remove acme/alice`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "remove", USER, "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  acme/alice is no longer asked for the code of an authenticator; a***@e***.com is told
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "remove", USER, "-y"])), @"
    exit 0
    --- stderr
    Took the authenticator of acme/alice away.
    ");
    assert_eq!(site.run(&["user", "show", USER, "-o", "json"]).json()["mfa"], false);
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "remove", USER, "-y"])), @"
    exit 3
    --- stderr
    error: acme/alice has no authenticator enrolled
    hint: `regain mfa status` tells who has one
    ");
    let told: Vec<String> = site.mails_to("alice@example.com");
    for subject in ["An authenticator was bound", "Your authenticator was taken away"] {
        assert_eq!(told.iter().filter(|mail| mail.contains(subject)).count(), 1, "{told:?}");
    }
    let actions = "SELECT group_concat(action) FROM (SELECT action FROM audit WHERE action LIKE '%MFA' \
                   AND outcome = 'success' ORDER BY seq)";
    assert_eq!(site.ask(actions), "createMFA,createMFA,BindMFA,UnBindMFA,deleteMFA");
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
    site.open().execute("UPDATE users SET must_change = 1", []).unwrap();
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
    hint: --totp-stdin would have answered
    ");
    let with = |off| login(&["--totp-stdin"], &format!("{PASSWORD}\n{}\n", phone.shows(off)));
    insta::assert_snapshot!(with(30), @"
    exit 11
    --- stderr
    error: the code of the authenticator is wrong
    hint: take the entry of this user that was added last, and see that the phone's clock is right
    hint: phone lost? an administrator takes it away: `regain mfa remove USER`
    ");
    insta::assert_snapshot!(with(-4), @"
    exit 11
    --- stderr
    error: this code is too old, or the clock of the authenticator is behind
    hint: see that the phone's clock sets itself
    ");
    insta::assert_snapshot!(with(0), @"
    exit 0
    --- stdout
    Signed in as acme/alice (IAM user).
    Last sign-in: never before.
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
    error: the code of the authenticator is wrong
    hint: take the entry of this user that was added last, and see that the phone's clock is right
    hint: phone lost? an administrator takes it away: `regain mfa remove USER`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["request", "verify", &id])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: --totp-stdin would have answered
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
        let wrong = super::support::not(&site.code_to("alice@example.com"));
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
fn a_person_acts_with_their_password_and_is_not_asked_whether() {
    let site = site();
    let enrol = ["mfa", "enrol", USER, "--password-stdin", "--secrets-to", "mine.jsonl"];
    assert_eq!(site.pipe(&enrol, "wrong\n").code, 11);
    // Operation protection asks for a code first; once for this and what follows.
    assert_eq!(site.pipe(&enrol, &format!("{PASSWORD}\n")).code, 9);
    let coded = [&enrol[..], &["--code-stdin"]].concat();
    let code = site.code_to("alice@example.com");
    site.pipe(&coded, &format!("{PASSWORD}\n{code}\n")).succeeded();
    let key = site.secrets("mine.jsonl").remove(0)[2].split(['=', '&']).nth(1).unwrap().to_owned();
    let phone = Authenticator { key };
    let confirm = ["mfa", "confirm", USER, "--password-stdin", "--totp-stdin"];
    site.pipe(&confirm, &format!("{PASSWORD}\n{}", phone.pair())).succeeded();
    unused(&site);
    settle();
    let change = ["password", "change", USER, "--password-stdin"];
    let lines = format!("{PASSWORD}\n{NEW}\n");
    insta::assert_snapshot!(site.shown(&site.pipe(&change, &lines)), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: --totp-stdin would have answered
    ");
    let change = [&change[..], &["--totp-stdin"]].concat();
    site.pipe(&change, &format!("{lines}{}\n", phone.shows(0))).succeeded();
    let remove = ["mfa", "remove", USER, "--password-stdin", "--totp-stdin"];
    site.run(&["user", "update", USER, "--login-protection", "vmfa", "-y"]).succeeded();
    insta::assert_snapshot!(site.shown(&site.pipe(&remove, &format!("{NEW}\n{}\n", phone.shows(1)))), @"
    exit 4
    --- stderr
    error: login protection uses the authenticator, so only an administrator may take it away
    ");
    site.run(&["user", "update", USER, "--login-protection", "none", "-y"]).succeeded();
    unused(&site);
    settle();
    site.pipe(&remove, &format!("{NEW}\n{}\n", phone.shows(0))).succeeded();
    assert_eq!(site.judged(USER, NEW), 0);
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
    hint: --totp-stdin would have answered
    ");
    settle();
    assert_eq!(redeem(&["--totp-stdin"], &format!("{token}\n{NEW}\n{}\n", phone.shows(30))).code, 11);
    // Three lines in the order of the options, whichever that is.
    let between = ["password", "setup", "--token-stdin", "--totp-stdin", "--password-stdin"];
    site.pipe(&between, &format!("{token}\n{}\n{NEW}\n", phone.shows(0))).succeeded();
    assert_eq!(site.run(&["user", "show", USER, "-o", "json"]).json()["mfa"], true);
}

#[test]
fn t5_without_a_way_out_for_the_secret_nothing_is_enrolled() {
    let site = site();
    let refused = |ended: Ended| (ended.code, site.ask("SELECT count(*) FROM mfa"));
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "enrol", USER, "-y"])), @"
    exit 2
    --- stderr
    error: there is no terminal to show a secret on, and no file for it was named
    hint: name a new file with --secrets-to FILE
    ");
    std::fs::write(site.path().join("there"), "mine").unwrap();
    let there = ["mfa", "enrol", USER, "-y", "--secrets-to", "there"];
    assert_eq!(refused(site.run(&there)), (4, "0".to_owned()));
    assert_eq!(refused(site.run(&["mfa", "enrol", USER, "--secrets-to", "new"])), (9, "0".to_owned()));
    assert!(!site.path().join("new").exists());
    assert_eq!(
        refused(site.run(&["mfa", "enrol", USER, "-y", "--secrets-to", "/dev/full"])),
        (4, "0".to_owned())
    );
}
