//! Backups, and putting them back.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use super::site::{Site, count, mode, stderr};

#[test]
fn a_backup_is_one_private_file_without_the_key_and_overwrites_nothing() {
    let site = Site::new();
    let backup = site.path("backup.db");
    let made = site.json(&["store", "backup", backup.to_str().unwrap(), "-o", "json"]);
    assert_eq!(made["key_included"], false);
    assert_eq!(mode(&backup), 0o600);
    let key = fs::read_to_string(site.key()).unwrap();
    let material = key.lines().last().unwrap().rsplit(' ').next().unwrap();
    assert!(!String::from_utf8_lossy(&fs::read(&backup).unwrap()).contains(material));
    assert!(!site.path("backup.db-wal").exists());
    let before = fs::read(&backup).unwrap();
    site.fails(4, &["store", "backup", backup.to_str().unwrap()]);
    assert_eq!(fs::read(&backup).unwrap(), before);
    let copy = Connection::open(&backup).unwrap();
    assert_eq!(count(&copy, "SELECT count(*) FROM audit WHERE action = 'backupStore'"), 1);
}

#[test]
fn a_name_that_looks_like_a_uri_is_a_name() {
    let site = Site::new();
    for name in ["file:copy.db", "file:memory.db?mode=memory"] {
        let made =
            site.command().current_dir(site.path("")).args(["store", "backup", name]).output().unwrap();
        assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
        let copy = fs::read(site.path(name)).unwrap();
        assert!(copy.starts_with(b"SQLite format 3\0"), "{name} holds {} bytes", copy.len());
    }
    assert!(!site.path("copy.db").exists());
}

#[test]
fn k5_a_restored_backup_revives_nothing_that_lived() {
    let site = Site::new();
    let id = site.request_with_code();
    let epoch = count(&site.sql(), "SELECT max(epoch) FROM users");
    assert_eq!(count(&site.sql(), "SELECT count(*) FROM codes WHERE open = 1"), 1);
    assert_eq!(count(&site.sql(), "SELECT count(*) FROM outbox WHERE sealed IS NOT NULL"), 1);
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    site.ok(&["-y", "account", "create", "later"]);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);

    let store = site.sql();
    assert_eq!(count(&store, "SELECT count(*) FROM accounts"), 1);
    assert_eq!(count(&store, "SELECT count(*) FROM codes WHERE open = 1"), 0);
    assert_eq!(count(&store, "SELECT count(*) FROM codes WHERE state IN ('queued', 'sent')"), 0);
    assert_eq!(count(&store, "SELECT count(*) FROM outbox WHERE sealed IS NOT NULL"), 0);
    assert!(count(&store, "SELECT max(epoch) FROM users") > epoch + 1_000);
    let request = site.json(&["request", "show", &id, "-o", "json"]);
    assert_eq!(request["state"], "expired");
    let newest = &site.json(&["audit", "list", "--limit", "1", "-o", "json"])[0];
    assert_eq!((&newest["action"], &newest["rating"]), (&"restoreStore".into(), &"incident".into()));
    site.ok(&["audit", "verify"]);
    site.ok(&["store", "check"]);

    // The former store is whole, and can be put back in its turn.
    let former = fs::read_dir(site.path("data/regain")).unwrap().map(|entry| entry.unwrap().path());
    let former: Vec<PathBuf> =
        former.filter(|path| path.to_string_lossy().contains(".before-restore-")).collect();
    assert_eq!(former.len(), 1);
    assert_eq!(mode(&former[0]), 0o600);
    site.ok(&["-y", "store", "restore", former[0].to_str().unwrap()]);
    site.ok(&["account", "show", "later"]);
}

#[test]
fn what_is_no_backup_of_this_store_is_refused_and_changes_nothing() {
    let site = Site::new();
    let good = site.path("good.db");
    site.ok(&["store", "backup", good.to_str().unwrap()]);
    let garbage = site.path("garbage.db");
    fs::write(&garbage, "no store at all").unwrap();
    let newer = site.path("newer.db");
    fs::copy(&good, &newer).unwrap();
    Connection::open(&newer).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let trigger = site.path("trigger.db");
    fs::copy(&good, &trigger).unwrap();
    let hostile = "CREATE TRIGGER trap AFTER INSERT ON codes BEGIN DELETE FROM requests; END";
    Connection::open(&trigger).unwrap().execute_batch(hostile).unwrap();
    let cut = site.path("cut.db");
    fs::write(&cut, &fs::read(&good).unwrap()[..60_000]).unwrap();
    let other = Site::new();
    let foreign = site.path("foreign.db");
    other.ok(&["store", "backup", foreign.to_str().unwrap()]);

    let before = site.bytes();
    for (file, code, said) in [
        (&garbage, 7, "as a store of regain: it is something else"),
        (&newer, 7, "it was written by a newer regain (schema 99"),
        (&trigger, 4, "the backup is damaged: trigger trap is not as regain makes it"),
        (&cut, 7, "it is damaged"),
        (&foreign, 4, "which the key file here does not hold"),
        (&site.path("nothing.db"), 2, "there is no file"),
    ] {
        let output = site.fails(code, &["-y", "store", "restore", file.to_str().unwrap()]);
        assert!(stderr(&output).contains(said), "{}: {}", file.display(), stderr(&output));
        assert!(site.bytes() == before, "{}", file.display());
    }
    let names = fs::read_dir(site.path("data/regain")).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["regain.db", "regain.db-shm", "regain.db-wal"], "nothing is left behind");
}

#[test]
fn d1_a_process_that_reads_during_a_restore_sees_the_old_store_and_then_the_new_one() {
    let site = Site::new();
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    site.ok(&["-y", "account", "create", "later"]);
    let reader = site.sql();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader, "SELECT count(*) FROM accounts"), 2);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    assert_eq!(count(&reader, "SELECT count(*) FROM accounts"), 2);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(&reader, "SELECT count(*) FROM accounts"), 1);
}

#[test]
fn a_damaged_or_missing_store_is_replaced_by_a_backup() {
    let site = Site::new();
    let backup = site.path("backup.db");
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
