//! `regain store …`: copies, checks, purging, keys.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::site::{RawStore, Site, later};

const PASSWORD: &str = "correct horse battery staple";
const NEXT: &str = "four other words altogether";

fn site() -> Site {
    let site = Site::new();
    site.account("acme");
    site.user("acme/alice", PASSWORD);
    site
}

fn verify(site: &Site, password: &str) -> i32 {
    site.pipe(&["verify", "acme/alice", "--password-stdin"], password).code
}

fn key(site: &Site) -> std::path::PathBuf {
    site.path().join("config/regain/regain.key")
}

/// Where a former store is kept, as shown.
fn fixed(text: &str) -> String {
    let moment = regex::Regex::new(r"before-restore-\d{8}T\d{9}Z").unwrap();
    moment.replace_all(text, "before-restore-MOMENT").into_owned()
}

#[test]
fn a_backup_is_private_complete_and_without_the_key() {
    let site = site();
    let script = format!("umask 000; exec {} store backup copy.db", crate::site::REGAIN);
    let ended = crate::site::ended(site.program("/bin/sh", &["-c", &script]).spawn().unwrap(), "");
    insta::assert_snapshot!(site.shown(&ended), @"
    exit 0
    --- stderr
    Wrote a copy of the store to copy.db.
    hint: the key is not in it: keep a copy of the key file elsewhere
    ");
    let copy = site.path().join("copy.db");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    let beside: Vec<_> =
        ["copy.db-wal", "copy.db-shm"].iter().filter(|name| site.path().join(name).exists()).collect();
    assert!(beside.is_empty(), "one file: {beside:?}");
    let key = std::fs::read_to_string(key(&site)).unwrap();
    let bytes = std::fs::read(&copy).unwrap();
    let words: Vec<&str> =
        key.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 24).collect();
    assert!(!words.is_empty(), "{key}");
    for word in words {
        assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "the key is in the backup");
    }
    assert_eq!(RawStore::open(&copy).count("users"), 2);
    assert_eq!(site.event("")["action"], "backupStore");
}

#[test]
fn a_backup_overwrites_nothing_and_follows_no_link() {
    let site = site();
    std::fs::write(site.path().join("copy.db"), "mine").unwrap();
    std::os::unix::fs::symlink("elsewhere", site.path().join("link.db")).unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&["store", "backup", "copy.db"])), @"
    exit 4
    --- stderr
    error: failed to make copy.db: it exists already
    hint: name a file that does not exist yet
    ");
    assert_eq!(site.run(&["store", "backup", "link.db", "-o", "json"]).error()["reason"], "exists");
    assert!(!site.path().join("elsewhere").exists());
    assert_eq!(std::fs::read_to_string(site.path().join("copy.db")).unwrap(), "mine");
    insta::assert_snapshot!(site.shown(&site.run(&["store", "backup", "no/such/folder.db"])), @"
    exit 2
    --- stderr
    error: failed to make no/such/folder.db: its folder does not exist
    hint: name a folder that exists, or create it first
    ");
    let before = site.counts();
    insta::assert_snapshot!(site.shown(&site.run(&["store", "backup", "dry.db", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  a copy of the whole store is written to the new file dry.db; the key is not in it: keep a copy of the key file elsewhere
    ");
    assert!(!site.path().join("dry.db").exists());
    assert_eq!(site.counts(), before);
}

#[test]
fn k5_a_restore_brings_people_back_and_revives_nothing() {
    let site = site();
    site.unprotected("acme");
    let id = site.sent("acme/alice", "alice@example.com");
    let code = site.code_to("alice@example.com");
    let waiting = site.sent("acme", "acme@example.com");
    site.run(&["admin-reset", "acme/alice", "--setup", "--secrets-to", "token.jsonl", "-y"]).succeeded();
    site.run(&["store", "backup", "copy.db", "-q"]).succeeded();
    let change = ["password", "change", "acme/alice", "--password-stdin"];
    site.pipe(&change, &format!("{PASSWORD}\n{NEXT}\n")).succeeded();
    let epoch = site.row("users", "name", "alice").number("epoch");
    let ended = site.run(&["store", "restore", "copy.db", "-y"]);
    insta::assert_snapshot!(fixed(&site.shown(&ended)), @"
    exit 0
    --- stderr
    Replaced the store with copy.db.
    hint: the former store is kept as SITE/data/regain/regain.db.before-restore-MOMENT
    ");
    assert_eq!((verify(&site, NEXT), verify(&site, PASSWORD)), (11, 0));
    assert_eq!(site.verify(&id, &code).code, 4, "a request of then");
    assert_eq!(site.run(&["request", "show", &waiting, "-o", "json"]).json()["state"], "expired");
    assert_eq!(site.count("codes", |code| code["open"] == 1), 0);
    assert_eq!(site.count("setup_tokens", |token| token["state"] == "live"), 0);
    assert_eq!(
        site.count("outbox", |message| ["queued", "leased"].contains(&message.text("state"))
            || message.has("sealed")),
        0
    );
    assert_eq!(
        site.count("requests", |request| !["done", "expired", "cancelled"].contains(&request.text("state"))),
        0
    );
    let after = site.row("users", "name", "alice").number("epoch");
    assert!(after > epoch, "sessions that follow the epoch end: {epoch} {after}");
    let token = std::fs::read_to_string(site.path().join("token.jsonl")).unwrap();
    let token: serde_json::Value = serde_json::from_str(&token).unwrap();
    let setup = ["password", "setup", "--token-stdin", "--password-stdin"];
    let redeemed = site.pipe(&setup, &format!("{}\n{NEXT}\n", token["secret"].as_str().unwrap()));
    assert_eq!(redeemed.code, 11, "{redeemed:?}");
    site.run(&["audit", "verify"]).succeeded();
    site.run(&["store", "check"]).succeeded();
    assert_eq!(site.event("restoreStore")["rating"], "incident");
    // What was there is kept.
    let folder = site.store().parent().unwrap().to_owned();
    let kept = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.into_iter().find(|path| path.to_string_lossy().contains("before-restore")).unwrap();
    assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    let former = RawStore::open(&kept).rows("audit");
    assert_eq!(former.iter().filter(|event| event["action"] == "changePassword").count(), 2);
}

#[test]
fn a_restore_is_shown_before_it_is_done() {
    let site = site();
    site.run(&["store", "backup", "copy.db", "-q"]).succeeded();
    let before = site.counts();
    insta::assert_snapshot!(
        fixed(&site.shown(&site.run(&["store", "restore", "copy.db", "--dry-run"]))), @"
    exit 0
    --- stdout
    would happen  the store becomes what it was at TIME: all later changes are undone, passwords included; anchors that `audit export` wrote since then no longer fit: export a new one; every request, code, setup token, appeal and waiting message in the backup ends, and so does every session that follows the credential epoch; the present store is kept beside it, as SITE/data/regain/regain.db.before-restore- and the time
    ");
    assert_eq!(site.run(&["store", "restore", "copy.db"]).code, 9);
    assert_eq!(site.counts(), before);
    assert_eq!(verify(&site, PASSWORD), 0);
}

#[test]
fn a_restore_refuses_what_is_no_sound_backup_of_this_store() {
    let site = site();
    let run = |file: &str| site.shown(&site.run(&["store", "restore", file, "-y"]));
    let path = |name: &str| site.path().join(name);
    let copy = |name: &str| {
        site.run(&["store", "backup", name, "-q"]).succeeded();
        RawStore::open(&path(name))
    };
    std::fs::write(path("text.db"), "no database at all, but long enough to be looked at twice").unwrap();
    std::fs::write(path("empty.db"), "").unwrap();
    RawStore::open(&path("foreign.db")).add_table("t");
    copy("newer.db").set_schema(99);
    copy("trigger.db").add_trigger("evil", "codes", "users");
    copy("damaged.db");
    spoil(&path("damaged.db"));
    let other = Site::new();
    other.run(&["store", "backup", path("other.db").to_str().unwrap(), "-q"]).succeeded();
    let before = site.counts();
    insta::assert_snapshot!(run("nothing.db"), @"
    exit 7
    --- stderr
    error: failed to find the backup nothing.db
    hint: name a file that `regain store backup` made
    ");
    insta::assert_snapshot!(run("text.db"), @"
    exit 7
    --- stderr
    error: failed to open text.db as a store of regain: it is not one
    hint: name a store made by `regain init`, or a copy made by `regain store backup`
    ");
    insta::assert_snapshot!(run("empty.db"), @"
    exit 7
    --- stderr
    error: failed to open empty.db as a store of regain: it is not one
    hint: name a store made by `regain init`, or a copy made by `regain store backup`
    ");
    insta::assert_snapshot!(run("foreign.db"), @"
    exit 7
    --- stderr
    error: failed to open foreign.db as a store of regain: it is not one
    hint: name a store made by `regain init`, or a copy made by `regain store backup`
    ");
    insta::assert_snapshot!(run("newer.db"), @"
    exit 7
    --- stderr
    error: failed to open the store: it was written by a newer regain (schema 99, this one knows 16)
    hint: install the newest regain
    ");
    insta::assert_snapshot!(run("trigger.db"), @"
    exit 7
    --- stderr
    error: the backup is damaged: trigger evil is not as regain makes it
    hint: use another backup; nothing was changed
    ");
    let damaged = site.run(&["store", "restore", "damaged.db", "-y"]);
    assert!(damaged.code == 7, "{damaged:?}");
    let foreign_key = site.run(&["store", "restore", "other.db", "-y", "-o", "json"]);
    assert_eq!((foreign_key.code, &foreign_key.error()["reason"]), (6, &"backup_of_other_key".into()));
    assert_eq!(site.counts(), before, "nothing happened to the store");
    let beside = std::fs::read_dir(site.store().parent().unwrap()).unwrap();
    let left: Vec<String> = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!left.iter().any(|name| name.contains("restore")), "{left:?}");
}

/// Overwrites a file from its second page on.
fn spoil(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[4096..].fill(0x5a);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_restore_brings_back_a_store_that_was_lost() {
    let site = site();
    site.run(&["store", "backup", "copy.db", "-q"]).succeeded();
    for lose in [
        |path: &Path| std::fs::remove_file(path).unwrap(),
        spoil,
        |path: &Path| {
            std::fs::write(path, "").unwrap();
        },
    ] {
        for tail in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{tail}", site.store().display()));
        }
        lose(&site.store());
        assert_eq!(site.run(&["user", "list", "acme"]).code, 7);
        site.run(&["store", "restore", "copy.db", "-y"]).succeeded();
        assert_eq!(verify(&site, PASSWORD), 0);
        site.run(&["store", "check"]).succeeded();
    }
}

#[test]
fn k10_purging_deletes_what_ended_long_ago_and_nothing_else() {
    let site = site();
    site.sent("acme/alice", "alice@example.com");
    site.deliver();
    let rows = || {
        let rows = site.counts();
        ["requests", "codes", "outbox", "users", "contacts"].map(|table| rows[table])
    };
    let before = rows();
    insta::assert_snapshot!(site.shown(&site.run(&["store", "purge", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  nothing ended longer ago than 30 days
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["store", "purge", "--older-than", "1h", "-y"])), @"
    exit 2
    --- stderr
    error: --older-than takes at least 1d: budgets count what was sent within a day
    hint: give a longer time, such as 7d
    ");
    insta::assert_snapshot!(site.shown(&site.run(&["store", "purge", "--older-than", "soon", "-y"])), @"
    exit 2
    --- stderr
    error: --older-than: a length of time is a number and a unit, such as 60s, 10m, 24h or 7d
    ");
    site.run(&["store", "purge", "-y"]).succeeded();
    assert_eq!(rows(), before, "all of it is of today");
    let records = site.counts()["audit"];
    let Some(purged) = later(&site, "+31d", &["store", "purge", "-y", "-o", "json"], "") else { return };
    assert!(purged.succeeded().json()["deleted"].as_u64().unwrap() >= 3);
    assert_eq!(rows(), [0, 0, 0, before[3], before[4]]);
    assert!(site.counts()["audit"] > records, "records stay");
}

#[test]
fn a_new_key_leaves_everything_that_was_made_with_the_old_one_in_use() {
    let site = site();
    let sent = site.sent("acme/alice", "alice@example.com");
    let code = site.code_to("alice@example.com");
    let waiting = site.sent("acme", "acme@example.com");
    let before = std::fs::read_to_string(key(&site)).unwrap();
    let first = site.events("")[0].text("key_id").to_owned();
    let rotated = site.run(&["store", "rotate-key", "-y", "-o", "json"]).succeeded().json();
    assert_eq!((&rotated["keys"], &rotated["resealed"]), (&2.into(), &1.into()));
    let name = rotated["key_id"].as_str().unwrap();
    let after = std::fs::read_to_string(key(&site)).unwrap();
    assert!(
        after.len() > before.len() && after.contains(name) && after.contains(&first),
        "the old one stays"
    );
    assert_eq!(key(&site).metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(site.event("")["key_id"], name);
    // A code that was sent, one that waits to be sent, passwords, records.
    site.verify(&sent, &code).succeeded();
    let code = site.code_to("acme@example.com");
    site.verify(&waiting, &code).succeeded();
    assert_eq!(verify(&site, PASSWORD), 0);
    let again = site.set_password(&sent, PASSWORD);
    assert_eq!(again.code, 4, "the history is still read: {again:?}");
    site.set_password(&sent, NEXT).succeeded();
    site.run(&["audit", "verify"]).succeeded();
    site.run(&["doctor"]).succeeded();
    // Without the old key the records say so.
    std::fs::write(key(&site), after.replace(&before_key(&before), "")).unwrap();
    let missing = site.run(&["audit", "verify", "-o", "json"]);
    assert_eq!((missing.code, &missing.json()["reason"]), (7, &"unknown_key".into()), "{missing:?}");
}

#[test]
fn the_key_of_another_store_writes_nothing_into_this_one() {
    let (site, other) = (site(), site());
    let own = std::fs::read(key(&site)).unwrap();
    let before = std::fs::read(site.store()).unwrap();
    std::fs::copy(key(&other), key(&site)).unwrap();
    let wanted = site.event("").text("key_id").to_owned();
    let said = format!(
        "exit 6\n--- stderr\nerror: failed to find key {wanted} in the key file\n\
         hint: the store was written with another key file: put that one back beside the config"
    );
    for command in [
        &["user", "create", "acme/evil", "-y"][..],
        &["user", "list"],
        &["audit", "list"],
        &["store", "check"],
    ] {
        let ended = site.run(command);
        assert_eq!(site.shown(&ended).replace("KEY", &wanted), said, "{command:?}");
    }
    assert_eq!(std::fs::read(site.store()).unwrap(), before);
    let verified = site.run(&["audit", "verify", "-o", "json"]);
    assert_eq!((verified.code, &verified.json()["reason"]), (7, &"unknown_key".into()), "{verified:?}");
    let doctor = site.run(&["doctor"]);
    assert!(doctor.stdout.contains("put the key file back that the store was written with"), "{doctor:?}");
    std::fs::write(key(&site), own).unwrap();
    site.run(&["audit", "verify"]).succeeded();
}

/// The line of the key in a key file that holds one.
fn before_key(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && line.len() > 40).collect();
    assert_eq!(lines.len(), 1, "{text}");
    format!("{}\n", lines[0])
}

#[test]
fn rotating_is_shown_before_it_is_done() {
    let site = site();
    let before = std::fs::read(key(&site)).unwrap();
    insta::assert_snapshot!(site.shown(&site.run(&["store", "rotate-key", "--dry-run"])), @"
    exit 0
    --- stdout
    would happen  SITE/config/regain/regain.key gets a new key, which is used for everything new; the old keys stay in it: records, codes, authenticators and former passwords keep the key they were made with; waiting messages and what appeals claim are sealed again with it; your copy of the key file is out of date: make a new one
    ");
    assert_eq!(site.run(&["store", "rotate-key"]).code, 9);
    assert_eq!(std::fs::read(key(&site)).unwrap(), before);
}

#[test]
fn a_check_finds_what_was_changed_without_regain() {
    let site = site();
    insta::assert_snapshot!(site.shown(&site.run(&["store", "check"])), @"
    exit 0
    --- stdout
    result  The store is sound.
    ");
    let store = site.raw();
    store.drop_trigger("audit_loses_nothing");
    store.add_table("extra");
    store.add_view("v");
    insta::assert_snapshot!(site.shown(&site.run(&["store", "check"])), @"
    exit 7
    --- stdout
    result  table extra is not as regain makes it; view v is not as regain makes it; trigger audit_loses_nothing is missing
    --- stderr
    error: the store is not in order: 3 found
    hint: `regain store restore FILE` restores a backup
    ");
    let found = site.run(&["store", "check", "-o", "json"]);
    assert_eq!((found.code, &found.json()["ok"]), (7, &false.into()));
}
