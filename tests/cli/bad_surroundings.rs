//! What the world around the program does, from a damaged store to a full disk: a clear message, its exit code, and
//! everything as it was.

use std::path::Path;

use super::bad_input::{PASSWORD, site};
use crate::site::{Ended, REGAIN, RawStore, Site, ended, skipped};

/// A command by a shell, in which `$REGAIN` is the program.
pub(super) fn shell(site: &Site, script: &str) -> Ended {
    let mut command = site.program("/bin/bash", &["-c", script]);
    command.env("REGAIN", REGAIN);
    ended(command.spawn().unwrap(), "")
}

/// A store in which something is wrong: what commands say, and that they leave it as it is.
fn with_store(break_it: impl FnOnce(&Path)) -> (Site, String) {
    let site = site();
    // Everything into the one file, so that nothing else has to be spoilt.
    site.raw().fold_log();
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
    hint: `regain store restore FILE` restores a backup; --store names another store
    hint: `regain init --new-store` creates an empty one
    ");
    let (_, text) =
        with_store(|path| std::fs::write(path, "text, and quite a lot of it: ".repeat(100)).unwrap());
    insta::assert_snapshot!(text, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is not one
    hint: name a store made by `regain init`, or a copy made by `regain store backup`
    ");
    let (_, empty) = with_store(|path| std::fs::write(path, "").unwrap());
    insta::assert_snapshot!(empty, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is not one
    hint: name a store made by `regain init`, or a copy made by `regain store backup`
    ");
    let (_, foreign) = with_store(|path| {
        std::fs::remove_file(path).unwrap();
        RawStore::open(path).add_table("users");
    });
    insta::assert_snapshot!(foreign, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is not one
    hint: name a store made by `regain init`, or a copy made by `regain store backup`
    ");
    let (_, newer) = with_store(|path| {
        RawStore::open(path).set_schema(99);
    });
    insta::assert_snapshot!(newer, @"
    exit 7
    --- stderr
    error: failed to open the store: it was written by a newer regain (schema 99, this one knows 16)
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
    hint: `regain store check` shows more; `regain store restore FILE` restores a backup
    ");
    let (_, folder) = with_store(|path| {
        std::fs::remove_file(path).unwrap();
        std::fs::create_dir(path).unwrap();
    });
    insta::assert_snapshot!(folder, @"
    exit 7
    --- stderr
    error: failed to open SITE/data/regain/regain.db as a store of regain: it is not one
    hint: name a store made by `regain init`, or a copy made by `regain store backup`
    ");
}

#[test]
fn a_value_that_somebody_wrote_into_the_store_is_not_believed() {
    let site = site();
    let verify = || site.pipe(&["verify", "acme/alice", "--password-stdin"], PASSWORD).code;
    // A hash at a cost of nothing, and one that would take the machine's memory.
    for hash in [
        "plain",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA",
        "$argon2id$v=19$m=4294967295,t=9,p=1$c2FsdHNhbHQ$AAAA",
    ] {
        site.edit_user("alice", |user| user["password_hash"] = hash.into());
        assert_eq!(verify(), 7, "{hash}");
    }
    site.edit_user("alice", |user| user["access_mode"] = "everything".into());
    let ended = site.run(&["user", "show", "acme/alice"]);
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 7
    --- stderr
    error: failed to read what the store holds: the access_mode of a row has an unknown value
    hint: `regain store check` shows more; `regain store restore FILE` restores a backup
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
    let before = site.counts();
    let script = "unshare -rm bash -c 'mount --bind data data && mount -o remount,ro,bind data && \
                  exec \"$REGAIN\" user disable acme/alice -y'";
    insta::assert_snapshot!(site.shown(&shell(&site, script)), @"
    exit 7
    --- stderr
    error: failed to write to the store: it is read-only
    hint: check the modes of the file, of those beside it and of its folder, and the mount
    ");
    assert_eq!(site.counts(), before);
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
    hint: free some space, and try again: the unfinished change was undone
    result  The store is sound.
    "#);
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let site = site();
    site.configure("[sources]\nslow_most = \"0s\"\n");
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
    hint: check whether the disk is full
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
    let before = site.counts()["audit"];
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
    assert_eq!(site.recorded("updateUserPwd", "success"), 0);
    assert!(site.counts()["audit"] > before);
}

#[test]
fn t7_a_home_of_the_caller_changes_nothing_that_was_named() {
    let site = site();
    let ended = shell(&site, "HOME=/nonexistent \"$REGAIN\" account list -o json");
    assert_eq!(ended.succeeded().json()[0]["name"], "acme");
}
