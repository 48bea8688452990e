//! `regain user create …`

use std::os::unix::fs::PermissionsExt;

use super::user::{GIVEN, make, reason, site};
use crate::site::Site;

#[test]
fn without_a_mode_there_is_no_password_and_no_sign_in() {
    let site = site();
    let create =
        ["user", "create", "acme/alice", "--email", "alice@example.com", "--mobile", "+4915112345678"];
    insta::assert_snapshot!(site.shown(&site.run(&[&create[..], &["-y"]].concat())), @"
    exit 0
    --- stderr
    Made the user acme/alice.
    hint: it has no password yet: `regain admin-reset acme/alice` sets one
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", "alice@example.com", "-o", "json"])), @r#"
    exit 0
    --- stdout
    {
      "id": "usr_ID",
      "account": "acme",
      "name": "alice",
      "root": false,
      "title": "IAM user",
      "status": "enabled",
      "description": null,
      "access_mode": "default",
      "login_protection": "none",
      "must_change": false,
      "password_set": false,
      "password_changed_at": null,
      "password_expires_at": null,
      "locked_until": null,
      "disowned_at": null,
      "mfa": false,
      "epoch": 0,
      "last_login_at": null,
      "created_at": "TIME",
      "contacts": [
        {
          "channel": "email",
          "address": "a***@e***.com",
          "verified": true,
          "verified_at": "TIME",
          "usable_from": "TIME",
          "security": false
        },
        {
          "channel": "mobile",
          "address": "+49***78",
          "verified": true,
          "verified_at": "TIME",
          "usable_from": "TIME",
          "security": false
        }
      ],
      "external_id": null,
      "setup_token": null
    }
    "#);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", "+49 151 12345678"])), @"
    exit 0
    --- stdout
    user          acme/alice
    kind          IAM user
    status        enabled
    password      none
    setup token   none
    contacts      a***@e***.com, +49***78
    last sign-in  never
    signs in      at a console and by program
    description   none
    external ID   none
    ");
    assert_eq!(site.judged("acme/alice", GIVEN), 11);
    // Vouched for by an admin, a contact receives codes at once.
    site.sent("acme/alice", "alice@example.com");
    site.code_to("alice@example.com");
}

#[test]
fn a_generated_password_goes_into_the_file_and_must_be_changed_first() {
    let site = site();
    let create = ["user", "create", "acme/bob", "--generate", "--secrets-to", "bob.jsonl", "-y"];
    insta::assert_snapshot!(site.shown(&site.run(&create)), @"
    exit 0
    --- stderr
    Made the user acme/bob.
    ");
    let [[user, kind, password]] = &site.secrets("bob.jsonl")[..] else { panic!("one secret") };
    assert_eq!((user.as_str(), kind.as_str()), ("acme/bob", "password"));
    assert_eq!(site.judged("acme/bob", password), 12);
    let mode = site.path().join("bob.jsonl").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    let user = site.run(&["user", "show", "acme/bob", "-o", "json"]).succeeded().json();
    assert_eq!((&user["must_change"], &user["password_set"]), (&true.into(), &true.into()));
    let hours = |key: &str| user[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let life = hours("password_expires_at").duration_since(hours("password_changed_at"));
    assert_eq!(life, jiff::SignedDuration::from_hours(24));
}

#[test]
fn p6_a_given_password_is_judged_like_any_other() {
    let site = site();
    let create = ["user", "create", "acme/carol", "--password-stdin", "-y"];
    insta::assert_snapshot!(site.shown(&site.pipe(&create, "acme/carol\n")), @"
    exit 4
    --- stderr
    error: the password is too weak
    caused by: the password is too short: use at least 15 characters; four or more random words are easy to type and hard to guess
    caused by: the password is made of names that belong to this account: use words that have nothing to do with the user, the account or their addresses
    ");
    assert_eq!(site.pipe(&create, "\n").code, 4, "an empty password is refused (P9)");
    assert_eq!(site.rows("users").len(), 1);
    assert_eq!(site.recorded("createUser", "refused"), 2);
    site.pipe(&create, &format!("{GIVEN}\n")).succeeded();
    assert_eq!((site.judged("acme/carol", GIVEN), site.judged("acme/carol", "another one")), (12, 11));
    // From a file, too.
    let file = site.path().join("first");
    std::fs::write(&file, format!("{GIVEN}\n")).unwrap();
    let create = ["user", "create", "acme/dave", "--password-file", "first", "-y"];
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&create)), @"
    exit 2
    --- stderr
    error: --password-file: first can be read by others than its owner
    hint: chmod 600 first
    ");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    site.run(&create).succeeded();
    assert_eq!(site.judged("acme/dave", GIVEN), 12);
}

#[test]
fn a_setup_token_is_mailed_or_goes_into_the_file() {
    let site = site();
    let create = |name, rest: &[&str]| site.run(&[&["user", "create", name, "--setup", "-y"], rest].concat());
    insta::assert_snapshot!(site.shown(&create("acme/erin", &["--email", "erin@example.com"])), @"
    exit 0
    --- stderr
    Made the user acme/erin, and sent a setup token to e***@e***.com.
    ");
    let mail = site.mails_to("erin@example.com").pop().unwrap();
    assert!(mail.contains("\nrgn_setup_"), "{mail}");
    assert!(mail.contains("Subject: Set your password\n"), "{mail}");
    // Where a file was named, it goes there, also for somebody with an address.
    create("acme/frank", &["--email", "frank@example.com", "--secrets-to", "frank.jsonl"]).succeeded();
    assert_eq!(site.mails_to("frank@example.com"), Vec::<String>::new());
    let [[user, kind, token]] = &site.secrets("frank.jsonl")[..] else { panic!("one secret") };
    assert_eq!((user.as_str(), kind.as_str()), ("acme/frank", "setup_token"));
    assert!(token.starts_with("rgn_setup_"), "{token}");
    // A week for somebody new.
    let token = site.rows("setup_tokens").into_iter().find(|token| token["state"] == "live").unwrap();
    assert_eq!((token.number("expires_at") - token.number("created_at")) / 3_600_000, 168);
}

#[test]
fn a_secret_with_nowhere_to_go_is_refused_before_anything_is_made() {
    let site = site();
    for mode in ["--generate", "--setup"] {
        let before = site.digest();
        let create = site.run(&["user", "create", "acme/gina", mode, "-y"]);
        insta::allow_duplicates! { insta::assert_snapshot!(site.shown(&create), @"
        exit 2
        --- stderr
        error: there is no terminal to show a secret on, and no file for it was named
        hint: name a new file with --secrets-to FILE
        "); }
        assert_eq!(site.digest(), before);
    }
    assert_eq!(site.run(&["user", "create", "acme/gina", "--ask", "-y"]).code, 9);
    for two in [["--ask", "--generate"], ["--generate", "--setup"], ["--setup", "--password-stdin"]] {
        assert_eq!(site.run(&[&["user", "create", "acme/gina", "-y"], &two[..]].concat()).code, 2, "{two:?}");
    }
}

#[test]
fn made_as_it_was_asked_for() {
    let site = site();
    let rest = ["--description", "night shift", "--access-mode", "programmatic", "--login-protection", "sms"];
    let user = site.json(&[&["user", "create", "acme/night shift", "--disabled"], &rest[..]].concat());
    for (key, value) in [
        ("status", "disabled"),
        ("description", "night shift"),
        ("access_mode", "programmatic"),
        ("login_protection", "sms"),
        ("name", "night shift"),
    ] {
        assert_eq!(user[key], value, "{key}");
    }
    // Nobody in it can recover; to strangers it looks like everybody (E1).
    site.run(&["request", "start", "acme/night shift"]).succeeded();
}

#[test]
fn d4_no_second_user_of_that_name_or_look() {
    let site = site();
    make(&site, &["acme/alice", "acme/corner"]);
    for (name, expected) in [
        ("ALICE", "exists"),
        ("a1ice", "looks_alike"),
        ("aIice", "looks_alike"),
        ("comer", "looks_alike"),
        ("ACME", "named_like_account"),
        ("acrne", "looks_alike"),
    ] {
        let create = site.run(&["user", "create", &format!("acme/{name}"), "-y", "-o", "json"]);
        assert_eq!(reason(&create), (4, expected.to_owned()), "{name}");
    }
    insta::assert_snapshot!(site.shown(&site.run(&["user", "create", "acme/comer", "-y"])), @"
    exit 4
    --- stderr
    error: the name looks like corner, which exists already
    hint: choose a name that cannot be mistaken for another
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "create", "acme/acme", "-y"])), @"
    exit 4
    --- stderr
    error: a user cannot be called like its account
    ");
    // Another account is another place.
    site.account("other");
    make(&site, &["other/a1ice"]);
    assert_eq!(site.count("users", |user| user["root"] == 0), 3);
    assert_eq!(site.recorded("createUser", "refused"), 8);
}

#[test]
fn what_cannot_be_a_name_is_refused_at_once() {
    let site = site();
    let long = format!("acme/{}", "a".repeat(65));
    for name in
        ["acme", "acme/", "/alice", "acme/1x", "acme/x  y", "acme/a@b", "acme/a/b", "acme/аlice", &long]
    {
        let ended = site.run(&["user", "create", "-y", "--", name]);
        assert_eq!(ended.code, 2, "{name:?}: {ended:?}");
    }
    make(&site, &[&long[..69]]);
    assert_eq!(site.run(&["user", "create", "nobody/alice", "-y"]).code, 3);
}

#[test]
fn a_quota_holds() {
    let site = Site::new();
    site.run(&["account", "create", "acme", "--user-quota", "2", "-y"]).succeeded();
    make(&site, &["acme/alice", "acme/bob"]);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "create", "acme/carol", "-y"])), @"
    exit 4
    --- stderr
    error: the account may have 2 users, and has reached this limit
    hint: raise it: `regain account update acme --user-quota N`
    ");
    assert_eq!(site.run(&["user", "create", "acme/carol", "--dry-run"]).code, 4);
    site.json(&["user", "disable", "acme/bob"]);
    site.json(&["user", "delete", "acme/bob"]);
    make(&site, &["acme/carol"]);
}

#[test]
fn half_a_user_is_never_made() {
    let site = site();
    let taken = ["user", "create", "acme/alice", "--email", "ACME@example.com", "-y"];
    insta::assert_snapshot!(site.shown(&site.run(&taken)), @"
    exit 4
    --- stderr
    error: this contact belongs to somebody else
    hint: a contact belongs to one identity only; unbind it there first
    ");
    assert_eq!(site.rows("users").len(), 1);
}

#[test]
fn if_missing_leaves_whoever_is_there() {
    let site = site();
    site.pipe(&["user", "create", "acme/alice", "--password-stdin", "-y"], GIVEN).succeeded();
    let before = site.digest();
    let again = ["user", "create", "acme/ALICE", "--generate", "--secrets-to", "f", "--if-missing", "-y"];
    let ended = site.run(&[&again[..], &["-o", "json"]].concat()).succeeded();
    assert_eq!(ended.json()["name"], "alice");
    assert_eq!(
        ended.stderr,
        "acme/alice exists already, and is left as it is.\nNote: it differs from what you asked for: no password was \
        set.\n"
    );
    assert_eq!(site.digest(), before);
    assert!(!site.path().join("f").exists());
    let missing = ["user", "create", "acme/bob", "--if-missing", "-y", "-o", "json"];
    assert_eq!(site.run(&missing).succeeded().json()["name"], "bob");
}

#[test]
fn if_missing_tells_what_is_not_as_asked_for() {
    let site = site();
    make(&site, &["acme/alice"]);
    let asked = [
        "user",
        "create",
        "acme/alice",
        "--if-missing",
        "--email",
        "alice@example.com",
        "--description",
        "x",
        "--access-mode",
        "console",
        "--login-protection",
        "vmfa",
        "--disabled",
        "--setup",
        "--expires",
        "2d",
        "-y",
    ];
    let ended = site.run(&[&asked[..], &["-o", "json"]].concat()).succeeded();
    assert_eq!(
        ended.stderr,
        "acme/alice exists already, and is left as it is.\nNote: it differs from what you asked for: \
        alice@example.com is not \
         bound to it; its description differs; its access mode is default, not console; its login protection is none, \
         not vmfa; it is enabled; no setup token was made.\n"
    );
    let same = ["user", "create", "acme/alice", "--if-missing", "-y", "-o", "json"];
    let ended = site.run(&same).succeeded();
    assert_eq!(ended.stderr, "acme/alice exists already, and is left as it is.\n");
    assert_eq!(ended.json()["changed"], false);
    assert_eq!(site.recorded("createUser", ""), 1, "it leaves no event");
}

#[test]
fn if_missing_is_decided_where_it_is_made() {
    let site = site();
    for (create, made, path) in [
        (&["user", "create", "acme/alice"][..], "createUser", "acme/alice"),
        (&["account", "create", "globex"], "createAccount", "globex"),
    ] {
        let command = [create, &["--if-missing", "-y", "-o", "json"]].concat();
        let before = site.recorded(made, "success");
        let running: Vec<_> = (0..8).map(|_| site.command(&command).spawn().unwrap()).collect();
        let ended: Vec<_> =
            running.into_iter().map(|child| crate::site::ended(child, "").succeeded()).collect();
        let changed = ended.iter().filter(|ended| ended.json()["changed"] == true).count();
        assert_eq!(changed, 1, "{path} is made once: {ended:?}");
        let told = format!("{path} exists already, and is left as it is.\n");
        assert_eq!(ended.iter().filter(|ended| ended.stderr == told).count(), 7, "{ended:?}");
        assert_eq!((site.recorded(made, "success"), site.recorded(made, "refused")), (before + 1, 0));
    }
}

#[test]
fn what_is_made_for_a_first_sign_in_ends_when_it_is_told_to() {
    let site = site();
    let create =
        |user: &str, rest: &[&str]| site.pipe(&[&["user", "create", user, "-y", "-q"], rest].concat(), GIVEN);
    create("acme/alice", &["--password-stdin", "--expires", "2h"]).succeeded();
    let alice = site.row("users", "name", "alice");
    assert_eq!(alice.number("password_expires_at") - alice.number("password_changed_at"), 7_200_000);
    create("acme/bob", &["--setup", "--secrets-to", "f", "--expires", "3d"]).succeeded();
    let token = site.only("setup_tokens");
    assert_eq!((token.number("expires_at") - token.number("created_at")) / 3_600_000, 72);
    for (rest, message) in [
        (&["--expires", "2h"][..], "--expires is for a password or a setup token, and none is made"),
        (&["--generate", "--expires", "8d"], "--expires takes a time from one second to 7 days"),
        (&["--generate", "--expires", "0s"], "--expires takes a time from one second to 7 days"),
        (
            &["--generate", "--expires", "soon"],
            "--expires: a length of time is a number and a unit, such as 60s, 10m, \
                                                24h or 7d",
        ),
    ] {
        let refused = create("acme/carol", &[rest, &["-o", "json"]].concat()).with_code(2);
        assert_eq!(refused.error()["message"], message, "{rest:?}");
    }
    assert_eq!(site.count("users", |user| user["name"] == "carol"), 0);
}
