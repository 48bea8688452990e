//! Stores that others can write, or wrote: no command takes them for sound.

use std::fs;

use super::{Care, acme, mode, set_mode};
use crate::site::RawStore;
use crate::site::engine::Act;

#[test]
fn t4_a_store_that_others_can_write_is_refused_by_every_command() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let (store, folder) = (site.store(), site.at("data/regain"));
    let log = site.at("data/regain/regain.db-wal");
    assert!(log.exists(), "the control: the log is there");
    for (path, bits, sound) in
        [(&store, 0o620, 0o600), (&store, 0o602, 0o600), (&log, 0o666, 0o600), (&folder, 0o777, 0o700)]
    {
        set_mode(path, bits);
        let said = format!(
            "error: failed to trust {}: others may write to it (mode {bits:04o})\nhint: chmod go-w {0}\n",
            path.display()
        );
        for arguments in [
            &["user", "list"][..],
            &["-y", "account", "create", "later"],
            &["request", "start", "acme"],
            &["verify", "acme", "--password-stdin"],
            &["audit", "verify"],
            &["store", "check"],
            &["-y", "store", "restore", backup.to_str().unwrap()],
            &["delivery", "run", "--once"],
        ] {
            assert_eq!(site.fails(7, arguments).stderr, said, "{arguments:?}");
        }
        assert_eq!(site.complaints(7, "modes").len(), 1);
        set_mode(path, sound);
    }
    // What only others can read is the doctor's to tell.
    set_mode(&store, 0o640);
    site.ok(&["user", "list"]);
}

#[test]
fn d3_a_schema_number_that_was_set_back_is_found() {
    let site = acme();
    for number in [8, 1] {
        site.raw().set_schema(number);
        let before = site.bytes();
        let said = format!(
            "open the store {}: it is damaged: its tables are not those of its schema's number",
            site.store().display()
        );
        assert_eq!(site.complaints(7, "store"), [format!("regain cannot {said}.")]);
        let refused = site.fails(7, &["account", "list"]).stderr;
        assert_eq!(
            refused,
            format!("error: failed to {said}\nhint: `regain store restore FILE` restores a backup\n")
        );
        assert!(site.bytes() == before);
    }
}

#[test]
fn d3_every_write_finds_what_was_dropped_or_added() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let damages: [(Act<'_>, &str); 5] = [
        (&|store| store.drop_trigger("audit_loses_nothing"), "trigger audit_loses_nothing is missing"),
        (&|store| store.drop_trigger("audit_keeps_what_was"), "trigger audit_keeps_what_was is missing"),
        (&|store| store.add_table("more"), "table more is not as regain makes it"),
        (&|store| store.add_index("more", "users", "epoch"), "index more is not as regain makes it"),
        (&|store| store.drop_index("contacts_by_look"), "index contacts_by_look is missing"),
    ];
    for (damage, finding) in damages {
        damage(&site.raw());
        let said = format!(
            "error: failed to open the store {}: {finding}\n\
             hint: somebody wrote to the store without regain: keep it as evidence\n\
             hint: `regain store check` shows more; `regain store restore FILE` restores a backup\n",
            site.store().display()
        );
        for arguments in [
            &["-y", "account", "create", "later"][..],
            &["-y", "user", "create", "acme/bob"],
            &["request", "start", "acme"],
            &["-y", "store", "rotate-key"],
        ] {
            assert_eq!(site.fails(7, arguments).stderr, said, "{arguments:?}");
        }
        assert_eq!(site.rows("accounts").len(), 1);
        let found = site.complaints(7, "integrity");
        assert_eq!(found, [format!("The store is damaged: {finding}.")]);
        // Nothing was lost by it, and what can be read can be put right.
        site.ok(&["user", "list"]);
        site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
        site.ok(&["-y", "user", "create", "acme/bob"]);
    }
}

#[test]
fn t4_the_log_stays_between_commands_for_its_owner_alone() {
    let site = acme();
    for tail in ["-wal", "-shm"] {
        assert_eq!(mode(&site.at(&format!("data/regain/regain.db{tail}"))), 0o600);
    }
    // A look reads what stands in it, and writes nothing.
    let before = site.bytes();
    assert!(!before[1].is_empty(), "the control");
    assert!(site.findings(0).iter().any(|(of, level, _)| of == "records" && level == "ok"));
    assert!(site.bytes() == before);
    // A copy holds it, and has none of its own.
    let backup = site.at("backup.db");
    site.ok(&["-y", "account", "create", "later"]);
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    assert!(!site.at("backup.db-wal").exists());
    assert_eq!(RawStore::open(&backup).count("accounts"), 2);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    assert_eq!(site.bytes()[1].len(), 0, "K10: the log is empty after it");
    site.ok(&["store", "check"]);
}

#[test]
fn a_log_of_a_lost_store_is_not_taken_for_that_of_a_new_one() {
    let site = acme();
    assert!(site.at("data/regain/regain.db-wal").metadata().unwrap().len() > 0, "the control");
    fs::remove_file(site.store()).unwrap();
    site.ok(&["init", "--new-store"]);
    assert_eq!(site.json(&["account", "list"]), serde_json::json!([]));
    site.ok(&["store", "check"]);
}

#[test]
fn what_a_killed_restore_left_is_removed_by_the_next_and_two_do_not_meet() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let left = site.at("data/regain/.regain-restore-x");
    fs::create_dir(&left).unwrap();
    let held = fs::File::open(site.at("data/regain")).unwrap();
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let said = site.fails(7, &["-y", "store", "restore", backup.to_str().unwrap()]).stderr;
    assert_eq!(
        said,
        "error: failed to begin: another restore of this store is running\nhint: wait for it, and check what it \
        restored\n"
    );
    assert!(left.exists());
    drop(held);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    assert!(!left.exists());
}
