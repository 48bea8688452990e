//! What people and scripts get wrong: a clear message, its exit code, and everything as it was.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::site::Site;

pub(super) const PASSWORD: &str = "correct horse battery staple";

pub(super) fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site
}

#[test]
fn bytes_that_are_no_text_are_refused_and_not_echoed() {
    let site = site();
    let bad = OsStr::from_bytes(b"acme/al\xffice");
    let texts = ["user", "show"].map(OsStr::new);
    insta::assert_snapshot!(site.shown(&site.run(&[&texts[..], &[bad]].concat())), @"
    exit 2
    --- stderr
    error: `regain user show`: an argument is not valid UTF-8
    hint: `regain user show --help` lists what it takes
    ");
    for command in [["verify"].as_slice(), &["request", "start"], &["contact", "list"], &["admin-reset"]] {
        let mut arguments: Vec<&OsStr> = command.iter().map(OsStr::new).collect();
        arguments.push(bad);
        assert_eq!(site.run(&arguments).code, 2, "{command:?}");
    }
    // A file may be called anything.
    let file = OsStr::from_bytes(b"copy-\xff.db");
    site.run(&[OsStr::new("store"), OsStr::new("backup"), file]).succeeded();
    assert!(site.path().join(file).exists());
}

#[test]
fn secrets_that_cannot_be_are_refused_and_change_nothing() {
    let site = site();
    let id = site.sent("acme/alice", "alice@example.com");
    let code = site.code_to("alice@example.com");
    let verify = ["request", "verify", &id, "--code-stdin"];
    for bad in [&b"12\xff456\n"[..], b"12\x00456\n", b"1234567\n", b"\n", b"twelve\n", &[b'1'; 10_000]] {
        assert_eq!(site.pipe(&verify, bad).code, 2, "{bad:?}");
    }
    assert_eq!(site.only("codes")["tries_left"], 5, "K1: no try is spent");
    site.verify(&id, &code).succeeded();
    let set = ["request", "set-password", &id, "--password-stdin"];
    let long = [&[b'a'; 5_000][..], b"\n"].concat();
    for bad in [&b"enough of \xff it, really\n"[..], b"enough of \x00 it, really\n", &long] {
        let refused = site.pipe(&set, bad);
        assert_eq!(refused.code, 2, "{refused:?}");
        // A program that judges sign-ins has one answer for them.
        let denied = site.pipe(&["verify", "acme/alice", "--password-stdin"], bad);
        assert_eq!((denied.code, denied.stderr.as_str()), (11, ""), "{bad:?}");
    }
    insta::assert_snapshot!(site.shown(&site.pipe(&set, &long)), @"
    exit 2
    --- stderr
    error: --password-stdin: the secret is longer than 4096 bytes
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&set, b"enough of \x00 it, really\n")), @"
    exit 2
    --- stderr
    error: --password-stdin: the secret cannot be used
    caused by: the secret holds a control character
    ");
    assert_eq!(site.pipe(&["verify", "acme/alice", "--password-stdin"], PASSWORD).code, 0);
}

#[test]
fn names_and_addresses_that_cannot_be_are_refused_at_once_and_by_everyone() {
    let site = site();
    let before = site.counts();
    let long = format!("acme/{}", "a".repeat(65));
    let longer = format!("{}@example.com", "a".repeat(300));
    let longest = "a".repeat(100_000);
    let users = [
        "",
        "/",
        "//",
        "acme//alice",
        "acme/alice/x",
        "acme/1alice",
        "acme/al\u{7}ice",
        "acme/al\nice",
        "acme/аlice",
        "a@b.example,c@d.example",
        "acme/a@b.example c@d.example",
        "@",
        "a@",
        "+",
        "+49x",
        "00",
        "a@b.example\r\nBcc: c@d.example",
        "acme/al\u{fffd}ice",
        &long,
        &longer,
        &longest,
    ];
    for user in users {
        for command in [
            &["verify", "--password-stdin"][..],
            &["login", "--password-stdin"],
            &["password", "change", "--password-stdin"],
            &["request", "start"],
            &["user", "show"],
            &["user", "disable", "-y"],
            &["contact", "list"],
            &["codes", "list"],
        ] {
            let ended = site.pipe(&[command, &["--", user]].concat(), "x\n");
            assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{command:?} {user:?}: {ended:?}");
            let shown = ended.stderr.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
            assert_eq!(shown, None, "{ended:?}");
            assert!(ended.stderr.len() < 1_000, "what is over-long is not repeated");
        }
    }
    assert_eq!(site.counts(), before);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", "acme/1alice"])), @"
    exit 2
    --- stderr
    error: the account is invalid or not supported: a name begins with a letter, '-', '_' or '.', not with a digit
    hint: check the name, or create one; write acme/alice, acme, alice@example.com or +4915112345678
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", "a@b.example,c@d.example"])), @"
    exit 2
    --- stderr
    error: the account is invalid or not supported: give one email address, not several
    hint: check the name, or create one; write acme/alice, acme, alice@example.com or +4915112345678
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", &long])), @"
    exit 2
    --- stderr
    error: the account is invalid or not supported: a name has at most 64 characters
    hint: check the name, or create one; write acme/alice, acme, alice@example.com or +4915112345678
    ");
}

#[test]
fn one_address_means_one_address() {
    let site = site();
    let before = site.counts();
    for two in [
        "alice@example.com,eve@example.net",
        "alice@example.com eve@example.net",
        "alice@example.com;eve@example.net",
        "alice@example.com\neve@example.net",
        "alice@example.com%0aeve@example.net",
        "<alice@example.com> eve@example.net",
        "alice@example.com@example.net",
    ] {
        for command in [
            &["contact", "bind", "acme/alice", "-y", "--email"][..],
            &["user", "create", "acme/bob", "-y", "--email"],
            &["account", "create", "other", "-y", "--email"],
        ] {
            let ended = site.run(&[command, &[two]].concat());
            assert_eq!(ended.code, 2, "{command:?} {two:?}: {ended:?}");
        }
    }
    assert_eq!(site.counts(), before);
    let id = site.request("acme/alice");
    let send =
        ["request", "send", &id, "--method", "email", "--address", "alice@example.com,eve@example.net"];
    insta::assert_snapshot!(site.shown(&site.run(&send)), @"
    exit 2
    --- stderr
    error: give one email address, not several
    ");
    site.deliver();
    assert!(site.mails_to("eve@example.net").is_empty());
}

#[test]
fn names_and_contacts_that_fold_or_look_alike_are_not_given_twice() {
    let site = site();
    let create = |user: &str, email: &str| {
        let ended = site.run(&["user", "create", user, "--email", email, "-y", "-o", "json"]);
        (ended.code, ended.error()["reason"].as_str().unwrap().to_owned())
    };
    let before = site.counts()["users"];
    assert_eq!(create("acme/ALICE", "x@example.com"), (4, "exists".to_owned()));
    assert_eq!(create("acme/a1ice", "x@example.com"), (4, "looks_alike".to_owned()));
    assert_eq!(create("acme/Acme", "x@example.com"), (4, "named_like_account".to_owned()));
    for email in ["alice@example.com", "ALICE@example.COM", "acme@example.com"] {
        assert_eq!(create("acme/bob", email), (4, "contact_taken".to_owned()), "{email}");
    }
    assert_eq!(site.counts()["users"], before);
}

#[test]
fn unknown_names_are_told_to_operators_each_in_its_words() {
    let site = site();
    let run = |arguments: &[&str]| site.shown(&site.run(arguments));
    insta::assert_snapshot!(run(&["user", "show", "acme/nobody"]), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no user acme/nobody
    hint: check the name (`regain user find TEXT` searches), or create one: `regain user create acme/nobody`
    ");
    insta::assert_snapshot!(run(&["user", "show", "nowhere/alice"]), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: there is no user nowhere/alice
    hint: check the name (`regain user find TEXT` searches), or create one: `regain user create nowhere/alice`
    ");
    insta::assert_snapshot!(run(&["user", "show", "nobody@example.com"]), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: nobody has the verified contact nobody@example.com
    hint: check the address, or create one; `regain user find TEXT` searches
    ");
    insta::assert_snapshot!(run(&["user", "show", "+4915199999999"]), @"
    exit 3
    --- stderr
    error: the account is invalid or not supported: nobody has the verified contact +4915199999999
    hint: check the address, or create one; `regain user find TEXT` searches
    ");
    insta::assert_snapshot!(run(&["codes", "resend", "cod_000000000000000000000000", "-y"]), @"
    exit 3
    --- stderr
    error: there is no code with the id cod_ID
    hint: `regain codes list` shows the ids
    ");
    for missing in [
        &["account", "show", "nowhere"][..],
        &["account", "delete", "nowhere", "-y"],
        &["user", "create", "nowhere/bob", "-y"],
        &["user", "list", "nowhere"],
        &["user", "delete", "acme/nobody", "-y"],
        &["user", "revoke", "acme/nobody", "-y"],
        &["contact", "bind", "acme/nobody", "--email", "a@example.com", "-y"],
        &["contact", "unbind", "acme/nobody", "--email", "-y"],
        &["admin-reset", "acme/nobody", "--setup", "-y"],
        &["codes", "list", "acme/nobody"],
        &["policy", "show", "nowhere"],
        &["request", "list", "acme/nobody"],
    ] {
        assert_eq!(site.run(missing).code, 3, "{missing:?}");
    }
}

#[test]
fn k3_a_code_of_another_request_is_wrong_and_an_old_one_is_no_code() {
    let site = site();
    let mine = site.sent("acme/alice", "alice@example.com");
    let old = site.code_to("alice@example.com");
    let other = site.sent("acme", "acme@example.com");
    let foreign = site.code_to("acme@example.com");
    if foreign != old {
        assert_eq!(site.verify(&mine, &foreign).code, 11);
    }
    site.run(&["request", "send", &mine, "--method", "account"]).succeeded();
    let new = site.code_to("alice@example.com");
    if new != old {
        assert_eq!(site.verify(&mine, &old).code, 11, "a new code ends the old one");
    }
    site.verify(&mine, &new).succeeded();
    site.verify(&other, &foreign).succeeded();
}

#[test]
fn without_a_terminal_the_option_that_would_have_answered_is_named() {
    let site = site();
    let id = site.sent("acme/alice", "alice@example.com");
    site.run(&["contact", "bind", "acme/alice", "--mobile", "+4915112345678", "-y", "-q"]).succeeded();
    let cases: [(&[&str], &str); 13] = [
        (&["login", "acme/alice"], "--password-stdin"),
        (&["password", "change", "acme/alice"], "--password-stdin"),
        (&["password", "setup"], "--token-stdin"),
        (&["request", "verify", &id], "--code-stdin"),
        (&["request", "set-password", &id], "--password-stdin"),
        (&["contact", "change", "acme/alice", "--email", "x@example.com"], "--password-stdin"),
        (&["contact", "verify", "acme/alice", "--mobile", "+4915112345678"], "--password-stdin"),
        (&["user", "create", "acme/bob", "--ask"], "--password-stdin"),
        (&["admin-reset", "acme/alice", "--ask"], "--password-stdin"),
        (&["user", "disable", "acme/alice"], "--yes"),
        (&["policy", "set", "acme", "login", "login_failed_times=4"], "--yes"),
        (&["store", "purge"], "--yes"),
        (&["account", "update", "acme", "--user-quota", "9"], "--yes"),
    ];
    let before = site.counts();
    for (command, option) in cases {
        for no_input in [false, true] {
            let more: &[&str] = if no_input { &["--no-input"] } else { &[] };
            let ended = site.run(&[command, more].concat());
            assert_eq!(ended.code, 9, "{command:?}: {ended:?}");
            let hint = format!("hint: give {option} to answer\n");
            assert!(ended.stderr.ends_with(&hint), "{command:?}: {}", ended.stderr);
        }
    }
    assert_eq!(site.counts(), before);
    insta::assert_snapshot!(site.shown(&site.run(&["password", "reset"])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: give `regain request start USER` and the steps after it, which never ask, to answer
    ");
}
