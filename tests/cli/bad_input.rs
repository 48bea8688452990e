//! What people and scripts get wrong, and what the world around the program does: a clear message, its exit
//! code, and everything as it was.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::support::{Ended, REGAIN, Site, ended, skipped};

const PASSWORD: &str = "correct horse battery staple";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site
}

/// A command by a shell, in which `$REGAIN` is the program.
fn shell(site: &Site, script: &str) -> Ended {
    let mut command = site.program("/bin/bash", &["-c", script]);
    command.env("REGAIN", REGAIN);
    ended(command.spawn().unwrap(), "")
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
    assert_eq!(site.ask("SELECT tries_left FROM codes WHERE open = 1"), "5", "K1: no try is spent");
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
    error: the secret is longer than 4096 bytes
    ");
    insta::assert_snapshot!(site.shown(&site.pipe(&set, b"enough of \x00 it, really\n")), @"
    exit 2
    --- stderr
    error: the secret cannot be used
    caused by: the secret holds a control character
    ");
    assert_eq!(site.pipe(&["verify", "acme/alice", "--password-stdin"], PASSWORD).code, 0);
}

#[test]
fn names_and_addresses_that_cannot_be_are_refused_at_once_and_by_everyone() {
    let site = site();
    let before = site.rows();
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
        "acme/ alice",
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
        "acme/\u{202e}alice",
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
    assert_eq!(site.rows(), before);
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", "acme/1alice"])), @"
    exit 2
    --- stderr
    error: a name begins with a letter, '-', '_' or '.', not with a digit or a space
    hint: write acme/alice, acme, alice@example.com or +4915112345678
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", "a@b.example,c@d.example"])), @"
    exit 2
    --- stderr
    error: give one email address, not several
    hint: write acme/alice, acme, alice@example.com or +4915112345678
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["user", "show", &long])), @"
    exit 2
    --- stderr
    error: a name has at most 64 characters
    hint: write acme/alice, acme, alice@example.com or +4915112345678
    ");
}

#[test]
fn one_address_means_one_address() {
    let site = site();
    let before = site.rows();
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
    assert_eq!(site.rows(), before);
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
    let before = site.rows()["users"];
    assert_eq!(create("acme/ALICE", "x@example.com"), (4, "exists".to_owned()));
    assert_eq!(create("acme/a1ice", "x@example.com"), (4, "looks_alike".to_owned()));
    assert_eq!(create("acme/Acme", "x@example.com"), (4, "named_like_account".to_owned()));
    for email in ["alice@example.com", "ALICE@example.COM", "acme@example.com"] {
        assert_eq!(create("acme/bob", email), (4, "contact_taken".to_owned()), "{email}");
    }
    assert_eq!(site.rows()["users"], before);
}

#[test]
fn unknown_names_are_told_to_operators_each_in_its_words() {
    let site = site();
    let run = |arguments: &[&str]| site.shown(&site.run(arguments));
    insta::assert_snapshot!(run(&["user", "show", "acme/nobody"]), @"
    exit 3
    --- stderr
    error: there is no user acme/nobody
    hint: check the name; `regain user find TEXT` searches
    ");
    insta::assert_snapshot!(run(&["user", "show", "nowhere/alice"]), @"
    exit 3
    --- stderr
    error: there is no user nowhere/alice
    hint: check the name; `regain user find TEXT` searches
    ");
    insta::assert_snapshot!(run(&["user", "show", "nobody@example.com"]), @"
    exit 3
    --- stderr
    error: nobody has the verified contact nobody@example.com
    hint: check the name; `regain user find TEXT` searches
    ");
    insta::assert_snapshot!(run(&["user", "show", "+4915199999999"]), @"
    exit 3
    --- stderr
    error: nobody has the verified contact +4915199999999
    hint: check the name; `regain user find TEXT` searches
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

/// A store in which something is wrong: what commands say, and that they leave it as it is.
fn with_store(break_it: impl FnOnce(&Path)) -> (Site, String) {
    let site = site();
    // Everything into the one file, so that nothing else has to be spoilt.
    site.open().pragma_update(None, "wal_checkpoint", "TRUNCATE").ok();
    for tail in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{tail}", site.store().display()));
    }
    break_it(&site.store());
    let before = std::fs::read(site.store()).ok();
    let shown = site.shown(&site.run(&["user", "disable", "acme/alice", "-y"]));
    let asked = site.run(&["user", "show", "acme/alice", "-o", "json"]);
    assert_eq!(asked.code, 7, "{asked:?}");
    let verified = site.pipe(&["verify", "acme/alice", "--password-stdin"], PASSWORD);
    assert_eq!(verified.code, 7, "never an answer about the person: {verified:?}");
    assert_eq!(std::fs::read(site.store()).ok(), before, "it is left as it is");
    (site, shown)
}

#[test]
fn d3_a_store_that_is_none_is_refused_cleanly() {
    let (_, missing) = with_store(|path| std::fs::remove_file(path).unwrap());
    insta::assert_snapshot!(missing, @"
    exit 7
    --- stderr
    error: failed to find the store SITE/data/regain/regain.db
    hint: `regain store restore FILE` brings a backup back; --store names another store
    hint: `regain init --new-store` begins with an empty one
    ");
    let (_, text) =
        with_store(|path| std::fs::write(path, "text, and quite a lot of it: ".repeat(100)).unwrap());
    insta::assert_snapshot!(text, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is something else
    hint: name a store made by `regain init`
    ");
    let (_, empty) = with_store(|path| std::fs::write(path, "").unwrap());
    insta::assert_snapshot!(empty, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is something else
    hint: name a store made by `regain init`
    ");
    let (_, foreign) = with_store(|path| {
        std::fs::remove_file(path).unwrap();
        rusqlite::Connection::open(path).unwrap().execute_batch("CREATE TABLE users (x)").unwrap();
    });
    insta::assert_snapshot!(foreign, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is something else
    hint: name a store made by `regain init`
    ");
    let (_, newer) = with_store(|path| {
        rusqlite::Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    });
    insta::assert_snapshot!(newer, @r"
    exit 7
    --- stderr
    error: failed to open the store: it was written by a newer regain (schema 99, this one knows 8)
    hint: install the newest regain
    ");
    let (_, torn) = with_store(|path| {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[4096..].fill(0x5a);
        std::fs::write(path, bytes).unwrap();
    });
    insta::assert_snapshot!(torn, @"
    exit 7
    --- stderr
    error: failed to read the store: it is damaged
    caused by: database disk image is malformed
    caused by: Error code 11: database disk image is malformed
    hint: `regain store check` tells more; `regain store restore FILE` brings a backup back
    ");
    let (_, folder) = with_store(|path| {
        std::fs::remove_file(path).unwrap();
        std::fs::create_dir(path).unwrap();
    });
    insta::assert_snapshot!(folder, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is something else
    hint: name a store made by `regain init`
    ");
}

#[test]
fn a_value_that_somebody_wrote_into_the_store_is_not_believed() {
    let site = site();
    let store = site.open();
    let verify = || site.pipe(&["verify", "acme/alice", "--password-stdin"], PASSWORD).code;
    // A hash at a cost of nothing, and one that would take the machine's memory.
    for hash in [
        "plain",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA",
        "$argon2id$v=19$m=4294967295,t=9,p=1$c2FsdHNhbHQ$AAAA",
    ] {
        store.execute("UPDATE users SET password_hash = ?1 WHERE name = 'alice'", [hash]).unwrap();
        assert_eq!(verify(), 7, "{hash}");
    }
    store.execute("UPDATE users SET access_mode = 'everything' WHERE name = 'alice'", []).unwrap();
    let ended = site.run(&["user", "show", "acme/alice"]);
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 7
    --- stderr
    error: failed to read what the store holds: the access_mode of a row is none that is known
    hint: `regain store check` tells more; `regain store restore FILE` brings a backup back
    ");
}

/// Whether this machine lets a test mount things for itself alone.
fn can_mount(site: &Site) -> bool {
    let can = shell(site, "unshare -rm mount -t tmpfs none /mnt").code == 0;
    if !can {
        skipped("no mounts of its own here: read-only and full disks are not tested");
    }
    can
}

#[test]
fn a_store_that_cannot_be_written_is_told_and_stays_as_it_was() {
    let site = site();
    if !can_mount(&site) {
        return;
    }
    let before = site.rows();
    let script = "unshare -rm bash -c 'mount --bind data data && mount -o remount,ro,bind data && \
                  exec \"$REGAIN\" user disable acme/alice -y'";
    insta::assert_snapshot!(site.shown(&shell(&site, script)), @"
    exit 7
    --- stderr
    error: failed to write to the store: it is read-only
    hint: check the modes of the file and its folder, and the mount
    ");
    assert_eq!(site.rows(), before);
}

#[test]
fn a_full_disk_is_told_and_everything_stays_as_it_was() {
    let site = site();
    if !can_mount(&site) {
        return;
    }
    // The store on a disk of its own that has room for what is there and little more.
    let script = r#"
        unshare -rm bash -c '
            set -e
            size=$(( $(du -sk data | cut -f1) + 64 ))
            mkdir disk && mount -t tmpfs -o size=${size}k none disk && cp -a data/. disk/
            head -c 10M /dev/zero > disk/filler 2>/dev/null || true
            mount --bind disk data
            code=0
            "$REGAIN" user disable acme/alice -y || code=$?
            rm disk/filler
            "$REGAIN" user show acme/alice -o json | grep \"status\"
            "$REGAIN" store check >&2
            exit $code'
    "#;
    insta::assert_snapshot!(site.shown(&shell(&site, script)), @r#"
    exit 7
    --- stdout
      "status": "enabled",
    --- stderr
    error: failed to write to the store: the disk is full
    hint: free some space; nothing was changed
    result  The store is sound.
    "#);
}

#[test]
fn without_a_terminal_the_option_that_would_have_answered_is_named() {
    let site = site();
    let id = site.sent("acme/alice", "alice@example.com");
    let cases: [(&[&str], &str); 13] = [
        (&["login", "acme/alice"], "--password-stdin"),
        (&["password", "change", "acme/alice"], "--password-stdin"),
        (&["password", "setup"], "--token-stdin"),
        (&["request", "verify", &id], "--code-stdin"),
        (&["request", "set-password", &id], "--password-stdin"),
        (&["contact", "change", "acme/alice", "--email", "x@example.com"], "--password-stdin"),
        (&["contact", "verify", "acme/alice", "--email", "alice@example.com"], "--code-stdin"),
        (&["user", "create", "acme/bob", "--ask"], "--password-stdin"),
        (&["admin-reset", "acme/alice", "--ask"], "--password-stdin"),
        (&["user", "disable", "acme/alice"], "--yes"),
        (&["policy", "set", "acme", "login", "login_failed_times=4"], "--yes"),
        (&["store", "purge"], "--yes"),
        (&["account", "update", "acme", "--user-quota", "9"], "--yes"),
    ];
    let before = site.rows();
    for (command, option) in cases {
        for no_input in [false, true] {
            let more: &[&str] = if no_input { &["--no-input"] } else { &[] };
            let ended = site.run(&[command, more].concat());
            assert_eq!(ended.code, 9, "{command:?}: {ended:?}");
            let hint = format!("hint: {option} would have answered\n");
            assert!(ended.stderr.ends_with(&hint), "{command:?}: {}", ended.stderr);
        }
    }
    assert_eq!(site.rows(), before);
    insta::assert_snapshot!(site.shown(&site.run(&["password", "reset"])), @"
    exit 9
    --- stderr
    error: this needs an answer, and there is no terminal to ask at
    hint: `regain request start USER` and the steps after it, which never ask, would have answered
    ");
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let site = site();
    for at in 0..60 {
        site.pipe(&["verify", "acme/alice", "--password-stdin"], &format!("wrong {at}\n"));
    }
    for command in [
        "audit list --limit 100000 -o jsonl",
        "policy show acme",
        "--help",
        "user --help",
        "doctor",
        "config show",
    ] {
        let ended = shell(&site, &format!("\"$REGAIN\" {command} | true; exit ${{PIPESTATUS[0]}}"));
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{command}");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let site = site();
    insta::assert_snapshot!(site.shown(&shell(&site, "\"$REGAIN\" user list acme > /dev/full")), @"
    exit 1
    --- stderr
    error: the output could not be written
    caused by: No space left on device (os error 28)
    hint: look whether the disk is full; what was changed before stays changed
    ");
    for command in
        ["account list", "audit list -o jsonl", "config show -o csv", "doctor", "--version", "--help"]
    {
        let ended = shell(&site, &format!("\"$REGAIN\" {command} > /dev/full"));
        assert_eq!(ended.code, 1, "{command}");
        assert!(
            ended.stderr.contains("the output could not be written") && !ended.stderr.contains("bug"),
            "{command}: {ended:?}"
        );
    }
    // Nobody hears an error then, but the exit code stays the answer.
    let ended = shell(&site, "echo wrong | \"$REGAIN\" login acme/alice --password-stdin 2> /dev/full");
    assert_eq!(ended.code, 11);
}

#[test]
fn t5_a_secret_that_cannot_be_handed_out_is_not_set() {
    let site = site();
    let before = site.rows()["audit"];
    for file in ["/dev/full", "no/such/folder", "."] {
        let generate = ["admin-reset", "acme/alice", "--generate", "--secrets-to", file, "-y"];
        let ended = site.run(&generate);
        assert!(matches!(ended.code, 2 | 4 | 8), "{file}: {ended:?}");
    }
    assert_eq!(
        site.pipe(&["verify", "acme/alice", "--password-stdin"], PASSWORD).code,
        0,
        "the old one works"
    );
    assert_eq!(
        site.ask("SELECT count(*) FROM audit WHERE action = 'updateUserPwd' AND outcome = 'success'"),
        "0"
    );
    assert!(site.rows()["audit"] > before);
}

#[test]
fn t7_a_home_of_the_caller_changes_nothing_that_was_named() {
    let site = site();
    let ended = shell(&site, "HOME=/nonexistent \"$REGAIN\" account list -o json");
    assert_eq!(ended.succeeded().json()[0]["name"], "acme");
}
