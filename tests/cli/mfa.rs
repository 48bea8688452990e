//! `regain mfa …`: authenticators enrolled, bound and taken away; `mfa_codes.rs` has where their codes are asked for.

use std::process::Command;

use regain::domain::time::{Clock, SystemClock};

use crate::site::{Ended, Site};

pub(super) const PASSWORD: &str = "quiet lemon orbits a violin";
pub(super) const NEW: &str = "seven bronze kettles hum softly";
pub(super) const USER: &str = "acme/alice";

/// A site where Alice has a password that she chose herself, and a verified email address.
pub(super) fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    let create = ["user", "create", USER, "--email", "alice@example.com", "--password-stdin", "-y", "-q"];
    site.pipe(&create, "first-a-temporary-passphrase\n").succeeded();
    let both = format!("first-a-temporary-passphrase\n{PASSWORD}\n");
    site.pipe(&["password", "change", USER, "--password-stdin", "-q"], &both).succeeded();
    site
}

/// An authenticator of somebody else's making.
pub(super) struct Authenticator {
    key: String,
}

impl Authenticator {
    /// That takes this secret in.
    pub(super) fn of(uri: &str) -> Self {
        let (_, key) = uri.split_once("?secret=").unwrap();
        let (key, rest) = key.split_once('&').unwrap();
        assert_eq!((key.len(), rest), (32, "issuer=acme&algorithm=SHA1&digits=6&period=30"));
        Self { key: key.to_owned() }
    }

    /// The code so many steps from now.
    pub(super) fn shows(&self, off: i64) -> String {
        let now = SystemClock.now().as_second() + 30 * off;
        let out = Command::new("oathtool")
            .args(["--totp", "--base32", "--now", &format!("@{now}"), &self.key])
            .output()
            .unwrap();
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    /// Two codes in a row, and time enough for both.
    pub(super) fn pair(&self) -> String {
        settle();
        format!("{}\n{}\n", self.shows(-1), self.shows(0))
    }
}

/// Waits where the step is about to end, so that what is shown now is what is judged.
pub(super) fn settle() {
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
    assert!(uri.starts_with("otpauth://totp/acme:alice?secret="));
    Authenticator::of(&uri)
}

pub(super) fn bind(site: &Site) -> Authenticator {
    let phone = enrol(site);
    site.pipe(&["mfa", "confirm", USER, "--totp-stdin", "-q"], &phone.pair()).succeeded();
    unused(site);
    phone
}

/// An authenticator of somebody who is not [`USER`].
pub(super) fn bind_for(site: &Site, user: &str) {
    site.run(&["mfa", "enrol", user, "--secrets-to", "totp.jsonl", "-y", "-q"]).succeeded();
    let [_, _, uri] = site.secrets("totp.jsonl").remove(0);
    let key = uri.split(['=', '&']).nth(1).unwrap().to_owned();
    let pair = Authenticator { key }.pair();
    site.pipe(&["mfa", "confirm", user, "--totp-stdin", "-q"], &pair).succeeded();
}

/// Forgets which code was used last, as if half a minute had passed.
pub(super) fn unused(site: &Site) {
    site.edit("mfa", |mfa| mfa["last_step"] = 0.into());
}

#[test]
fn from_enrolling_to_taking_away() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "enrol", USER, "--secrets-to", "x", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  acme/alice gets the secret of an authenticator, which is shown once; it is not asked for until two of its codes were entered: `regain mfa confirm`
    ");
    let enrolled = site.run(&["mfa", "enrol", USER, "--secrets-to", "x", "-y"]);
    insta::assert_snapshot!(site.shown(&enrolled), @"
    exit 0
    --- stderr
    Enrolled an authenticator for acme/alice. Its codes are not asked for until it is bound.
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
    hint: enter the code that is shown and the next one, 30 seconds later
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
      "login_protection": "none",
      "changed": true
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
    hint: remove it first: `regain mfa remove acme/alice`
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "remove", USER, "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  acme/alice is no longer asked for the code of an authenticator; a***@e***.com is told
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "remove", USER, "-y"])), @"
    exit 0
    --- stderr
    Removed the authenticator of acme/alice.
    ");
    assert_eq!(site.run(&["user", "show", USER, "-o", "json"]).json()["mfa"], false);
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "remove", USER, "-y"])), @"
    exit 0
    --- stderr
    Nothing to change: acme/alice has no authenticator enrolled.
    ");
    let told: Vec<String> = site.mails_to("alice@example.com");
    for subject in ["An authenticator was bound", "Your authenticator was removed"] {
        assert_eq!(told.iter().filter(|mail| mail.contains(subject)).count(), 1, "{told:?}");
    }
    let mut events = site.events("");
    events.retain(|event| event.text("action").ends_with("MFA") && event["outcome"] == "success");
    let actions: Vec<&str> = events.iter().map(|event| event.text("action")).collect();
    assert_eq!(actions, ["createMFA", "createMFA", "BindMFA", "UnBindMFA", "deleteMFA"]);
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
    hint: give --totp-stdin to answer
    ");
    let change = [&change[..], &["--totp-stdin"]].concat();
    site.pipe(&change, &format!("{lines}{}\n", phone.shows(0))).succeeded();
    let remove = ["mfa", "remove", USER, "--password-stdin", "--totp-stdin"];
    site.run(&["user", "update", USER, "--login-protection", "vmfa", "-y"]).succeeded();
    insta::assert_snapshot!(site.shown(&site.pipe(&remove, &format!("{NEW}\n{}\n", phone.shows(1)))), @"
    exit 4
    --- stderr
    error: login protection uses the authenticator, so only an administrator may remove it
    ");
    site.run(&["user", "update", USER, "--login-protection", "none", "-y"]).succeeded();
    unused(&site);
    settle();
    site.pipe(&remove, &format!("{NEW}\n{}\n", phone.shows(0))).succeeded();
    assert_eq!(site.judged(USER, NEW), 0);
}

#[test]
fn t5_without_a_way_out_for_the_secret_nothing_is_enrolled() {
    let site = site();
    let refused = |ended: Ended| (ended.code, site.rows("mfa").len());
    insta::assert_snapshot!(site.shown(&site.run(&["mfa", "enrol", USER, "-y"])), @"
    exit 2
    --- stderr
    error: there is no terminal to show a secret on, and no file for it was named
    hint: name a new file with --secrets-to FILE
    ");
    std::fs::write(site.path().join("there"), "mine").unwrap();
    let there = ["mfa", "enrol", USER, "-y", "--secrets-to", "there"];
    assert_eq!(refused(site.run(&there)), (4, 0));
    assert_eq!(refused(site.run(&["mfa", "enrol", USER, "--secrets-to", "new"])), (9, 0));
    assert!(!site.path().join("new").exists());
    assert_eq!(refused(site.run(&["mfa", "enrol", USER, "-y", "--secrets-to", "/dev/full"])), (4, 0));
}
