//! Backups, and putting them back.

use std::fs;
use std::path::PathBuf;

use super::{Care, acme, mode};
use crate::site::{RawStore, Row};

#[test]
fn a_backup_is_one_private_file_without_the_key_and_overwrites_nothing() {
    let site = acme();
    let backup = site.at("backup.db");
    let made = site.json(&["store", "backup", backup.to_str().unwrap()]);
    assert_eq!(made["key_included"], false);
    assert_eq!(mode(&backup), 0o600);
    let key = fs::read_to_string(site.key()).unwrap();
    let material = key.lines().last().unwrap().rsplit(' ').next().unwrap();
    assert!(!String::from_utf8_lossy(&fs::read(&backup).unwrap()).contains(material));
    assert!(!site.at("backup.db-wal").exists());
    let before = fs::read(&backup).unwrap();
    site.fails(4, &["store", "backup", backup.to_str().unwrap()]);
    assert_eq!(fs::read(&backup).unwrap(), before);
    let events = RawStore::open(&backup).rows("audit");
    assert_eq!(events.iter().filter(|event| event["action"] == "backupStore").count(), 1);
}

#[test]
fn a_name_that_looks_like_a_uri_is_a_name() {
    let site = acme();
    for name in ["file:copy.db", "file:memory.db?mode=memory"] {
        let made = site.run(&["store", "backup", name]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        let copy = fs::read(site.at(name)).unwrap();
        assert!(copy.starts_with(b"SQLite format 3\0"), "{name} holds {} bytes", copy.len());
    }
    assert!(!site.at("copy.db").exists());
}

#[test]
fn k5_a_restored_backup_revives_nothing_that_lived() {
    let site = acme();
    let id = site.request_with_code();
    let epoch = site.only("users").number("epoch");
    assert_eq!(site.count("codes", |code| code["open"] == 1), 1);
    assert_eq!(site.count("outbox", |message| message.has("sealed")), 1);
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    site.ok(&["-y", "account", "create", "later"]);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);

    assert_eq!(site.rows("accounts").len(), 1);
    let lives = |code: &Row| code["open"] == 1 || ["queued", "sent"].contains(&code.text("state"));
    assert_eq!(site.count("codes", lives), 0);
    assert_eq!(site.count("outbox", |message| message.has("sealed")), 0);
    assert!(site.only("users").number("epoch") > epoch + 1_000);
    let request = site.json(&["request", "show", &id]);
    assert_eq!(request["state"], "expired");
    let newest = &site.json(&["audit", "list", "--limit", "1"])[0];
    assert_eq!((&newest["action"], &newest["rating"]), (&"restoreStore".into(), &"incident".into()));
    site.ok(&["audit", "verify"]);
    site.ok(&["store", "check"]);

    // The former store is whole, and can be put back in its turn.
    let former = fs::read_dir(site.at("data/regain")).unwrap().map(|entry| entry.unwrap().path());
    let former: Vec<PathBuf> =
        former.filter(|path| path.to_string_lossy().contains(".before-restore-")).collect();
    assert_eq!(former.len(), 1);
    assert_eq!(mode(&former[0]), 0o600);
    site.ok(&["-y", "store", "restore", former[0].to_str().unwrap()]);
    site.ok(&["account", "show", "later"]);
}

#[test]
fn what_is_no_backup_of_this_store_is_refused_and_changes_nothing() {
    let site = acme();
    let good = site.at("good.db");
    site.ok(&["store", "backup", good.to_str().unwrap()]);
    let garbage = site.at("garbage.db");
    fs::write(&garbage, "no store at all").unwrap();
    let newer = site.at("newer.db");
    fs::copy(&good, &newer).unwrap();
    RawStore::open(&newer).set_schema(99);
    let trigger = site.at("trigger.db");
    fs::copy(&good, &trigger).unwrap();
    RawStore::open(&trigger).add_trigger("trap", "codes", "requests");
    let cut = site.at("cut.db");
    fs::write(&cut, &fs::read(&good).unwrap()[..60_000]).unwrap();
    let other = acme();
    let foreign = site.at("foreign.db");
    other.ok(&["store", "backup", foreign.to_str().unwrap()]);

    let before = site.bytes();
    for (file, code, said) in [
        (&garbage, 7, "as a store of regain: it is not one"),
        (&newer, 7, "it was written by a newer regain (schema 99"),
        (&trigger, 7, "the backup is damaged: trigger trap is not as regain makes it"),
        (&cut, 7, "it is damaged"),
        (&foreign, 6, "which the key file here does not hold"),
        (&site.at("nothing.db"), 7, "failed to find the backup"),
    ] {
        let output = site.fails(code, &["-y", "store", "restore", file.to_str().unwrap()]);
        assert!(output.stderr.contains(said), "{}: {}", file.display(), output.stderr);
        assert!(site.bytes() == before, "{}", file.display());
    }
    let names = fs::read_dir(site.at("data/regain")).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["regain.db", "regain.db-shm", "regain.db-wal"], "nothing is left behind");
}

#[test]
fn d1_a_process_that_reads_during_a_restore_sees_the_old_store_and_then_the_new_one() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    site.ok(&["-y", "account", "create", "later"]);
    let reader = site.raw();
    reader.begin();
    assert_eq!(reader.count("accounts"), 2);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    assert_eq!(reader.count("accounts"), 2);
    reader.commit();
    assert_eq!(reader.count("accounts"), 1);
}

#[test]
fn a_damaged_or_missing_store_is_replaced_by_a_backup() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    site.put(b"scrambled");
    site.fails(7, &["account", "list"]);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    site.ok(&["account", "show", "acme"]);
    assert_eq!(mode(&site.store()), 0o600);
    fs::remove_file(site.store()).unwrap();
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    site.ok(&["audit", "verify"]);
}
