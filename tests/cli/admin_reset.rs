//! `regain admin-reset …`: the administrator's reset, of one or many.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::site::{Ended, Site};

pub(super) const OLD: &str = "an entirely fresh passphrase";
const NEW: &str = "quite another long sentence";

/// An account with alice, who has an email address, and bob, who has none; both have a password.
pub(super) fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.run(&["user", "create", "acme/alice", "--email", "alice@example.com", "-y"]).succeeded();
    site.run(&["user", "create", "acme/bob", "-y"]).succeeded();
    for user in ["acme/alice", "acme/bob"] {
        give(&site, user, OLD, &["--no-must-change"]).succeeded();
    }
    site
}

pub(super) fn give(site: &Site, user: &str, password: &str, rest: &[&str]) -> Ended {
    let arguments = [&["admin-reset", user, "--password-stdin", "-y"], rest].concat();
    site.pipe(&arguments, &format!("{password}\n"))
}

pub(super) fn reset(site: &Site, arguments: &[&str]) -> Ended {
    site.run(&[&["admin-reset", "-y"], arguments].concat())
}

pub(super) fn user(site: &Site, who: &str) -> Value {
    site.run(&["user", "show", who, "-o", "json"]).succeeded().json()
}

pub(super) fn lock(site: &Site, who: &str) {
    for _ in 0..5 {
        site.judged(who, "wrong");
    }
    assert!(user(site, who)["locked_until"].is_string());
}

#[test]
fn a_generated_password_must_be_changed_within_a_day() {
    let site = site();
    let done = reset(&site, &["acme/alice", "--generate", "--secrets-to", "f"]);
    insta::assert_snapshot!(site.shown(&done), @"
    exit 0
    --- stderr
    Reset the password of acme/alice.
    ");
    let [[who, kind, password]] = &site.secrets("f")[..] else { panic!("one secret") };
    assert_eq!((who.as_str(), kind.as_str()), ("acme/alice", "password"));
    assert_eq!((site.judged("acme/alice", OLD), site.judged("acme/alice", password)), (11, 12));
    let mode = site.path().join("f").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let user = user(&site, "acme/alice");
    let at = |key: &str| user[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let life = at("password_expires_at").duration_since(at("password_changed_at"));
    assert_eq!((&user["must_change"], life), (&true.into(), jiff::SignedDuration::from_hours(24)));
    // Who has a verified contact is told, and the password is in no message.
    let told = site.mails_to("alice@example.com").pop().unwrap();
    assert!(told.contains("Subject: Your password was changed\n") && !told.contains(password), "{told}");
}

#[test]
fn a_given_password_need_not_be_changed_where_told_so() {
    let site = site();
    insta::assert_snapshot!(site.shown(&give(&site, "acme/bob", NEW, &["--no-must-change"])), @"
    exit 0
    --- stderr
    Reset the password of acme/bob.
    ");
    assert_eq!((site.judged("acme/bob", OLD), site.judged("acme/bob", NEW)), (11, 0));
    assert_eq!(user(&site, "acme/bob")["password_expires_at"], Value::Null);
    let both = ["--no-must-change", "--must-change"];
    insta::assert_snapshot!(site.shown(&give(&site, "acme/bob", "one more of these sentences", &both)), @"
    exit 2
    --- stderr
    error: `regain admin-reset`: these cannot be combined: --no-must-change and --must-change
    hint: `regain admin-reset --help` lists what it takes
    ");
    give(&site, "acme/bob", "one more of these sentences", &["--must-change"]).succeeded();
    assert_eq!(site.judged("acme/bob", "one more of these sentences"), 12);
}

#[test]
fn a_setup_token_is_mailed_and_the_old_password_works_until_then() {
    let site = site();
    insta::assert_snapshot!(site.shown(&reset(&site, &["acme/alice", "--setup"])), @"
    exit 0
    --- stderr
    A setup token for acme/alice is on its way.
    Note: the old password of acme/alice works until the token is used.
    ");
    assert_eq!(site.judged("acme/alice", OLD), 0);
    let mails = site.mails_to("alice@example.com");
    let token =
        mails.iter().flat_map(|mail| mail.lines()).find(|line| line.starts_with("rgn_setup_")).unwrap();
    let setup = ["password", "setup", "--token-stdin", "--password-stdin"];
    site.pipe(&setup, &format!("{token}\n{NEW}\n")).succeeded();
    assert_eq!((site.judged("acme/alice", OLD), site.judged("acme/alice", NEW)), (11, 0));
    // A day, for somebody who comes back.
    let token = site.only("setup_tokens");
    assert_eq!((token.number("expires_at") - token.number("created_at")) / 3_600_000, 24);
}

#[test]
fn without_a_way_or_a_place_nothing_happens() {
    let site = site();
    let before = site.digest();
    insta::assert_snapshot!(site.shown(&reset(&site, &["acme/bob"])), @"
    exit 2
    --- stderr
    error: say how the password is reset
    hint: one of --setup, --generate, --ask or --password-stdin
    ");
    insta::assert_snapshot!(site.shown(&reset(&site, &["acme/bob", "--generate"])), @"
    exit 2
    --- stderr
    error: there is no terminal to show a secret on, and no file for it was named
    hint: name a new file with --secrets-to FILE
    ");
    insta::assert_snapshot!(site.shown(&reset(&site, &["acme/bob", "acme/alice", "--password-stdin"])), @"
    exit 2
    --- stderr
    error: a password that is asked for or given is for one USER
    hint: use --generate or --setup for several people
    ");
    for (arguments, code) in [
        (&["acme/bob", "--ask"][..], 9),
        (&["acme/bob", "acme/alice", "--ask"], 2),
        (&["acme/bob", "--generate", "--setup"], 2),
        (&["acme/bob", "--from", "list", "--setup"], 2),
        (&["--from", "list", "--setup"], 2),
        (&["--generate", "--secrets-to", "f"], 2),
        (&["acme/bob", "--generate", "--secrets-to", "none/f"], 2),
        (&["acme/bob", "--generate", "--secrets-to", "f", "--expires", "soon"], 2),
        (&["acme/bob", "--generate", "--secrets-to", "f", "--expires", "0s"], 2),
    ] {
        assert_eq!(reset(&site, arguments).code, code, "{arguments:?}");
    }
    assert_eq!(site.run(&["admin-reset", "acme/bob", "--generate", "--secrets-to", "f"]).code, 9);
    assert_eq!(site.digest(), before);
    assert!(!site.path().join("f").exists());
}

#[test]
fn a_setup_token_that_can_go_nowhere_keeps_none_of_the_others_back() {
    let site = site();
    insta::assert_snapshot!(site.shown(&reset(&site, &["acme/bob", "--setup"])), @"
    exit 4
    --- stderr
    error: acme/bob has no verified email address for a setup token
    hint: an administrator can hand one out with --secrets-to FILE, or use --generate
    ");
    insta::assert_snapshot!(site.shown(&reset(&site, &["acme/bob", "acme/alice", "--setup", "-o", "csv"])), @r#"
    exit 10
    --- stdout
    row,user,text,outcome,changed,reason,message,must_change,expires_at,effects
    1,acme/bob,,failed,false,no_verified_email,acme/bob has no verified email address for a setup token,,,[]
    2,acme/alice,,done,true,,,,TIME,"[""a setup token for acme/alice, good for 24 hours, goes to a***@e***.com"",""the old password of acme/alice works until the token is used""]"
    --- stderr
    error: 1 of 2 was not done
    "#);
    assert_eq!(site.rows("setup_tokens").len(), 1);
}

#[test]
fn o3_a_dry_run_changes_nothing_and_ends_like_the_run() {
    let site = site();
    lock(&site, "acme/alice");
    site.json(&["user", "disable", "acme/bob"]);
    let before = site.digest();
    let dry = |arguments: &[&str]| {
        let ended = reset(&site, &[arguments, &["--dry-run"]].concat());
        assert_eq!(site.digest(), before, "{arguments:?}");
        ended
    };
    insta::assert_snapshot!(site.shown(&dry(&["acme/alice", "--generate", "--secrets-to", "f"])), @"
    exit 0
    --- stdout
    user         acme/alice
    outcome      would do
    must change  yes
    remarks      acme/alice stays locked until TIME; --unlock ends the lock (`regain faq locked`)
    --- stderr
      - acme/alice gets a generated password
      - the old password of acme/alice stops working; sessions elsewhere can end
      - every live code, setup token and request of acme/alice ends
      - it works for 24 hours and must be changed at the next sign-in
      - a***@e***.com is told
      - acme/alice stays locked until TIME; --unlock ends the lock (`regain faq locked`)
    ");
    let bob = dry(&["acme/bob", "--setup", "--secrets-to", "f", "-o", "json"]);
    insta::assert_snapshot!(site.shown(&bob), @r#"
    exit 0
    --- stdout
    {
      "id": "usr_ID",
      "account": "acme",
      "name": "bob",
      "root": false,
      "title": "IAM user",
      "status": "disabled",
      "description": null,
      "access_mode": "default",
      "login_protection": "none",
      "must_change": false,
      "password_set": true,
      "password_changed_at": "TIME",
      "password_expires_at": null,
      "locked_until": null,
      "disowned_at": null,
      "mfa": false,
      "epoch": 1,
      "last_login_at": null,
      "created_at": "TIME",
      "contacts": [],
      "external_id": null,
      "row": 1,
      "user": "acme/bob",
      "reason": null,
      "message": null,
      "expires_at": null,
      "dry_run": true,
      "outcome": "would_do",
      "effects": [
        "a setup token for acme/bob, good for 24 hours, is handed to you",
        "the old password of acme/bob works until the token is used",
        "acme/bob stays disabled; `regain user enable acme/bob` enables it"
      ],
      "changed": false
    }
    "#);
    insta::assert_snapshot!(
        site.shown(&dry(&["acme/alice", "acme/bob", "--generate", "--unlock", "--secrets-to", "f"])), @"
    exit 0
    --- stdout
    ROW  USER        OUTCOME   MUST CHANGE  REMARKS
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    1    acme/alice  would do  yes          acme/alice gets a generated password; the old password of acme/alice stops working; sessions elsewhere can end; every live code, setup token and request of acme/alice ends; it works for 24 hours and must be changed at the next sign-in; a***@e***.com is told; acme/alice is unlocked
    2    acme/bob    would do  yes          acme/bob gets a generated password; the old password of acme/bob stops working; sessions elsewhere can end; every live code, setup token and request of acme/bob ends; it works for 24 hours and must be changed at the next sign-in; acme/bob stays disabled; `regain user enable acme/bob` enables it
    ");
    assert!(!site.path().join("f").exists());
    assert_eq!(reset(&site, &["acme", "--generate", "--dry-run", "--secrets-to", "f"]).code, 4);
    assert_eq!(reset(&site, &["acme/nobody", "--generate", "--dry-run", "--secrets-to", "f"]).code, 3);
    let weak = ["admin-reset", "acme/bob", "--password-stdin", "--dry-run"];
    assert_eq!(site.pipe(&weak, "weak\n").code, 4);
    site.pipe(&weak, &format!("{NEW}\n")).succeeded();
    assert_eq!(site.judged("acme/bob", NEW), 11);
}

#[test]
fn o3_disabled_stays_disabled_and_locked_stays_locked() {
    let site = site();
    site.json(&["user", "disable", "acme/bob"]);
    lock(&site, "acme/alice");
    insta::assert_snapshot!(site.shown(&give(&site, "acme/bob", NEW, &["--no-must-change"])), @"
    exit 0
    --- stderr
    Reset the password of acme/bob.
    Note: acme/bob stays disabled; `regain user enable acme/bob` enables it.
    ");
    assert_eq!(
        (user(&site, "acme/bob")["status"].clone(), site.judged("acme/bob", NEW)),
        (json!("disabled"), 11)
    );
    give(&site, "acme/alice", NEW, &["--no-must-change"]).succeeded();
    assert!(user(&site, "acme/alice")["locked_until"].is_string());
    assert_eq!(site.judged("acme/alice", NEW), 11, "locked");
    let setup = reset(&site, &["acme/alice", "--setup", "--unlock"]);
    insta::assert_snapshot!(site.shown(&setup), @"
    exit 0
    --- stderr
    A setup token for acme/alice is on its way.
    Note: the old password of acme/alice works until the token is used.
    Note: acme/alice is unlocked.
    ");
    assert_eq!(
        (user(&site, "acme/alice")["locked_until"].clone(), site.judged("acme/alice", NEW)),
        (Value::Null, 0)
    );
    assert_eq!(site.recorded("unlockUser", ""), 1);
}

#[test]
fn a_temporary_password_ends() {
    let site = site();
    give(&site, "acme/bob", NEW, &["--no-must-change", "--expires", "2s"]).succeeded();
    assert_eq!(site.judged("acme/bob", NEW), 0);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(site.judged("acme/bob", NEW), 11, "not 12: it is no way in any more");
    insta::assert_snapshot!(site.shown(&give(&site, "acme/bob", OLD, &["--expires", "8d"])), @"
    exit 2
    --- stderr
    error: --expires takes a time from one second to 7 days
    hint: write it as 24h, or 3d: that is how long the temporary password or the setup token works
    ");
    insta::assert_snapshot!(site.shown(&give(&site, "acme/bob", "the third of them today", &["--expires", "7d"])), @"
    exit 0
    --- stderr
    Reset the password of acme/bob.
    ");
}

#[test]
fn a_root_user_is_reset_by_its_owner_or_the_stores() {
    let site = site();
    for way in [["--generate", "--secrets-to", "f"], ["--setup", "--secrets-to", "f"]] {
        let refused = reset(&site, &[&["acme"], &way[..]].concat());
        insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&refused), @"
        exit 4
        --- stderr
        error: only its owner can change the password of a root user
        hint: the owner of the account resets it: `regain password reset acme`
        hint: the owner of the store may give --override to `regain admin-reset`
        "); }
    }
    assert!(!site.path().join("f").exists());
    assert_eq!(user(&site, "acme")["password_set"], false);
    let refused =
        site.count("audit", |event| event["outcome"] == "refused" && event["code"] == "root_password");
    assert_eq!(refused, 2);
    reset(&site, &["acme", "--override", "--generate", "--secrets-to", "f"]).succeeded();
    assert_eq!(site.judged("acme", &site.secrets("f")[0][2]), 12);
}

#[test]
fn p6_weak_and_former_passwords_are_refused_to_admins_too() {
    let site = site();
    insta::assert_snapshot!(site.shown(&give(&site, "acme/bob", "acme/bob", &[])), @"
    exit 4
    --- stderr
    error: the password is too weak
    caused by: the password is too short: use at least 15 characters; four or more random words are easy to type and hard to guess
    caused by: the password is made of names that belong to this account: use words that have nothing to do with the user, the account or their addresses
    ");
    insta::assert_snapshot!(site.shown(&give(&site, "acme/bob", OLD, &[])), @"
    exit 4
    --- stderr
    error: this password was used before
    hint: choose one that you have not had here
    ");
    let policy = ["policy", "set", "acme", "password", "number_of_recent_passwords_disallowed=3"];
    site.json(&policy);
    for password in ["the second of the sentences", "the third of the sentences"] {
        give(&site, "acme/bob", password, &[]).succeeded();
    }
    // Temporary ones count (cli.md).
    for former in [OLD, "the second of the sentences", "the third of the sentences"] {
        assert_eq!(give(&site, "acme/bob", former, &["-o", "json"]).error()["reason"], "reused_password");
    }
    give(&site, "acme/bob", "the fourth of the sentences", &[]).succeeded();
    give(&site, "acme/bob", OLD, &["--no-must-change"]).succeeded();
    assert_eq!(site.judged("acme/bob", OLD), 0);
}

#[test]
fn s7_every_bound_contact_is_told_and_everything_open_ends() {
    let site = site();
    let bind = ["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "--verified", "-y"];
    site.run(&bind).succeeded();
    let id = site.sent("acme/alice", "alice@example.com");
    let code = site.code_to("alice@example.com");
    let before = ["alice@example.com", "+4915112345678"].map(|to| site.mails_to(to).len());
    let epoch = user(&site, "acme/alice")["epoch"].as_u64().unwrap();
    give(&site, "acme/alice", NEW, &[]).succeeded();
    let after = ["alice@example.com", "+4915112345678"].map(|to| site.mails_to(to).len());
    assert_eq!(after, before.map(|count| count + 1));
    assert_eq!(user(&site, "acme/alice")["epoch"].as_u64(), Some(epoch + 1));
    assert_eq!(site.verify(&id, &code).code, 4);
    let told = site.mails_to("alice@example.com").pop().unwrap();
    let body = crate::site::text_of(&told);
    let reference = regex::Regex::new("[a-z]{5}-[a-z]{5}-[a-z]{5}").unwrap();
    let body = reference.replace_all(body, "REFERENCE");
    insta::assert_snapshot!(site.normalised(&body).replace(&format!(" on {}", host()), " on HOST"), @"
    The password of acme/alice was set by an administrator, at TIME on HOST.

    If you know of this, there is nothing to do.
    If you do not, run this at once:

        regain request disown REFERENCE

    or tell your administrator or the help desk, and quote the reference REFERENCE.
    ");
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned()
}
