//! Stores that somebody wrote to without regain, clocks that go back, and ways out when something is lost.

use std::fs;

use regain::domain::time::{Clock, SystemClock};
use serde_json::json;

use super::{Care, acme, mode, set_mode};
use crate::site::{Ended, RawStore, Row, Site, faketime, later};

const GIVEN: &str = "given for the first sign-in only";

/// With a user whose password is a temporary one.
fn with_alice() -> Site {
    let site = acme();
    let create = ["-y", "user", "create", "acme/alice", "--email", "a@example.com", "--password-stdin"];
    assert_eq!(piped(&site, None, &create, GIVEN).code, 0);
    site
}

/// A command at a time that is moved by so much.
fn piped(site: &Site, span: Option<&str>, arguments: &[&str], input: &str) -> Ended {
    match span {
        Some(span) => later(site, span, arguments, input).unwrap(),
        None => site.pipe(arguments, input),
    }
}

fn verify(site: &Site, span: Option<&str>, password: &str) -> i32 {
    piped(site, span, &["verify", "acme/alice", "--password-stdin"], password).code
}

fn now() -> i64 {
    SystemClock.now().as_millisecond()
}

#[test]
fn k5_a_temporary_password_that_was_over_never_works_again() {
    if faketime().is_none() {
        return;
    }
    let site = with_alice();
    assert_eq!(verify(&site, None, GIVEN), 12, "the control: it works in its time");
    assert_eq!(verify(&site, Some("+86410"), GIVEN), 11);
    assert_eq!(verify(&site, None, GIVEN), 11);
    assert_eq!(verify(&site, Some("-2d"), GIVEN), 11, "nor before it was set");
    let shown = site.ok(&["user", "show", "acme/alice"]);
    assert!(shown.contains("temporary, expired"), "{shown}");
    site.ok(&["audit", "verify"]);
}

#[test]
fn k5_a_password_set_by_a_clock_that_was_ahead_ends_when_it_goes_back() {
    if faketime().is_none() {
        return;
    }
    let site = with_alice();
    let reset = ["-y", "admin-reset", "acme/alice", "--password-stdin"];
    let ahead = Some("+1d");
    assert_eq!(piped(&site, ahead, &reset, "another one that was given").code, 0);
    assert_eq!(verify(&site, None, "another one that was given"), 11);
    assert_eq!(verify(&site, ahead, "another one that was given"), 11, "for good");
}

#[test]
fn a_lock_lasts_no_longer_because_the_clock_was_ahead() {
    if faketime().is_none() {
        return;
    }
    let site = with_alice();
    let ahead = Some("+1d");
    for _ in 0..5 {
        assert_eq!(verify(&site, ahead, "wrong"), 11);
    }
    site.ok(&["-y", "account", "create", "later"]);
    let left = site.only("sign_in_failures").number("locked_until") / 1000 - now() / 1000;
    assert!((1..=15 * 60).contains(&left), "{left} seconds");
}

#[test]
fn messages_leave_and_budgets_end_although_the_clock_was_ahead() {
    if faketime().is_none() {
        return;
    }
    let site = with_alice();
    let ahead = Some("+1d");
    let reset = ["-y", "admin-reset", "acme/alice", "--password-stdin"];
    assert_eq!(piped(&site, ahead, &reset, "another one that was given").code, 0);
    let waiting = || site.count("outbox", |message| message["state"] == "queued");
    assert!(waiting() > 0, "a notice waits");
    let tomorrow = now() + 86_400_000;
    site.raw().add("budgets", &json!({"scope": "sent_to_contact", "subject": [0], "at": tomorrow}));
    site.ok(&["delivery", "run", "--once"]);
    assert_eq!(waiting(), 0);
    assert_eq!(site.count("budgets", |spent| spent.number("at") > now() + 60_000), 0);
    // What is done once a day was done by the clock that was ahead, and is done again.
    site.set_note("purged_at", &tomorrow.to_string());
    let before = site.recorded("purgeStore", "");
    site.ok(&["delivery", "run", "--once"]);
    assert_eq!(site.recorded("purgeStore", ""), before + 1);
}

#[test]
fn k6_a_new_key_begins_no_new_budget() {
    let site = with_alice();
    let spent = |site: &Site| {
        let spent = site.rows("budgets");
        let to_contact = |row: &&Row| row["scope"] == "sent_to_contact";
        let of = |one: &Row| {
            spent.iter().filter(to_contact).filter(|row| row["subject"] == one["subject"]).count()
        };
        spent.iter().filter(to_contact).map(of).max().unwrap()
    };
    site.request_with_code();
    site.ok(&["-y", "store", "rotate-key"]);
    site.request_with_code();
    assert_eq!(spent(&site), 2, "both count for the same contact");
}

#[test]
fn d3_a_store_without_the_number_of_its_schema_is_refused_in_a_line() {
    let site = acme();
    site.raw().set_schema(0);
    let before = site.bytes();
    let said = format!(
        "error: failed to open the store {}: it is damaged: the number of its schema is gone\n\
         hint: `regain store restore FILE` restores a backup\n",
        site.store().display()
    );
    assert_eq!(site.fails(7, &["account", "list"]).stderr, said);
    assert_eq!(
        site.complaints(7, "store"),
        [format!(
            "regain cannot open the store {}: it is damaged: the number of its schema is gone.",
            site.store().display()
        )]
    );
    site.fails(7, &["store", "check"]);
    assert!(site.bytes() == before);
}

#[test]
fn d3_no_statement_is_shown_where_the_schema_is_another() {
    let site = acme();
    site.raw().rename_column("users", "epoch", "age");
    let said = site.fails(7, &["user", "list", "acme"]).stderr;
    assert_eq!(
        said,
        "error: failed to read the store: it is damaged\ncaused by: no such column: u.epoch\n\
         hint: `regain store check` shows more; `regain store restore FILE` restores a backup\n"
    );
}

#[test]
fn d3_a_check_reads_every_row_as_commands_do() {
    let site = with_alice();
    site.request_with_code();
    assert_eq!(site.ok(&["store", "check"]), "result  The store is sound.\n");
    for (table, column, damage, finding) in [
        ("users", "created_at", json!(i64::MAX), "has a created_at that nobody can read"),
        (
            "accounts",
            "policy_password",
            json!("{bad"),
            "the password policy of the account acme cannot be read",
        ),
        ("users", "password_hash", json!("plain"), "the password hash of acme/alice cannot be verified"),
        ("requests", "state", json!("none"), "of the table requests has a state that nobody can read"),
        ("codes", "purpose", json!("none"), "of the table codes has a purpose that nobody can read"),
        ("outbox", "kind", json!("none"), "of the table outbox has a kind that nobody can read"),
    ] {
        let whole = site.whole();
        site.edit(table, |row| row[column] = damage.clone());
        let output = site.fails(7, &["store", "check"]);
        let said = &output.stdout;
        assert!(said.contains(finding), "{finding}: {said}");
        assert!(output.stderr.contains("hint: `regain store restore FILE` restores a backup"));
        site.put(&whole);
    }
}

#[test]
fn a_hash_that_cannot_be_verified_is_recorded_and_can_be_replaced() {
    let site = with_alice();
    for hash in [
        "plain",
        "$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        site.edit_user("alice", |user| user["password_hash"] = hash.into());
        assert_eq!(verify(&site, None, GIVEN), 7, "{hash}");
        let newest = &site.json(&["audit", "list", "--limit", "1"])[0];
        assert_eq!((&newest["action"], &newest["code"]), (&"loginFailed".into(), &"unusable_hash".into()));
    }
    let reset = ["-y", "admin-reset", "acme/alice", "--password-stdin"];
    assert_eq!(piped(&site, None, &reset, "another one that was given").code, 0);
    assert_eq!(verify(&site, None, "another one that was given"), 12);
}

#[test]
fn d3_a_trigger_of_somebody_elses_never_runs() {
    let site = with_alice();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    site.raw().add_trigger("evil", "audit", "users");
    let refused = site.fails(7, &["-y", "account", "create", "later"]).stderr;
    let said = format!(
        "error: failed to open the store {}: trigger evil is not as regain makes it\n\
         hint: somebody wrote to the store without regain: keep it as evidence\n\
         hint: `regain store check` shows more; `regain store restore FILE` restores a backup\n",
        site.store().display()
    );
    assert_eq!(refused, said);
    let output = site.fails(7, &["store", "check"]);
    assert_eq!(output.stdout, "result  trigger evil is not as regain makes it\n");
    assert_eq!(site.rows("users").len(), 2);
    // One of ours with another body is somebody else's, too.
    site.raw().drop_trigger("evil");
    site.raw().blunt_trigger("audit_loses_nothing");
    site.fails(7, &["account", "list"]);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    site.ok(&["user", "show", "acme/alice"]);
}

#[test]
fn u2_a_backup_whose_records_are_broken_is_put_back_only_on_purpose() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    RawStore::open(&backup).tamper(|store| store.set_event(1, "actor", "x"));
    let before = site.bytes();
    let refused = site.fails(7, &["-y", "store", "restore", backup.to_str().unwrap()]);
    assert_eq!(
        refused.stderr,
        "error: the operation records of the backup are broken at number 1: it was changed\n\
         hint: use another backup; nothing was changed\n\
         hint: to restore it anyway, which is recorded: --accept-broken-records\n"
    );
    assert!(site.bytes() == before);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap(), "--accept-broken-records"]);
    let newest = &site.json(&["audit", "list", "--limit", "1"])[0];
    assert_eq!(newest["action"], "restoreStore");
    assert_eq!((&newest["detail"]["broken_at"], &newest["detail"]["broken"]), (&1.into(), &"changed".into()));
}

#[test]
fn a_lost_store_comes_back_with_its_folder_or_is_begun_anew() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    fs::remove_dir_all(site.at("data")).unwrap();
    let ways = "hint: `regain store restore FILE` restores a backup; --store names another store\n\
                hint: `regain init --new-store` creates an empty one\n";
    let said = site.fails(7, &["account", "list"]).stderr;
    assert_eq!(said, format!("error: failed to find the store {}\n{ways}", site.store().display()));
    let said = site.fails(4, &["init"]).stderr;
    assert!(said.contains("is missing, although its config and key are there"), "{said}");
    assert!(said.contains("hint: `regain init --new-store` creates an empty one"), "{said}");
    site.fails(7, &["-y", "store", "restore", site.at("none.db").to_str().unwrap()]);
    site.ok(&["--dry-run", "store", "restore", backup.to_str().unwrap()]);
    assert!(!site.at("data/regain").exists(), "nothing was restored, nothing is left");
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    assert_eq!((mode(&site.at("data/regain")), mode(&site.store())), (0o700, 0o600));
    site.ok(&["account", "show", "acme"]);

    site.fails(4, &["init", "--new-store"]);
    fs::remove_dir_all(site.at("data")).unwrap();
    let (config, key) = (fs::read(site.config()).unwrap(), fs::read(site.key()).unwrap());
    site.ok(&["init", "--new-store"]);
    assert_eq!((fs::read(site.config()).unwrap(), fs::read(site.key()).unwrap()), (config, key));
    assert_eq!(site.json(&["account", "list"]), serde_json::json!([]));
    site.ok(&["audit", "verify"]);
}

#[test]
fn a_lost_config_is_made_anew_and_a_lost_key_is_not() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let key = fs::read(site.key()).unwrap();
    fs::remove_file(site.config()).unwrap();
    let made = site.run(&["init"]);
    assert_eq!((made.code, made.stderr.as_str()), (0, "Made the config.\n"));
    site.ok(&["account", "show", "acme"]);

    fs::remove_file(site.key()).unwrap();
    let said = site.fails(4, &["init"]).stderr;
    assert_eq!(
        said,
        format!(
            "error: the key file {} is missing, and nobody can use the store without it\n\
             hint: put your copy of the key file back there\n\
             hint: if you have none, move the store away, and start over with `regain init`\n",
            site.key().display()
        )
    );
    fs::rename(site.store(), site.at("old.db")).unwrap();
    site.ok(&["init"]);
    site.ok(&["-y", "account", "create", "anew"]);

    // On a new machine: the copy of the key, and a backup.
    let other = Site::bare();
    fs::create_dir_all(other.key().parent().unwrap()).unwrap();
    for folder in ["config", "config/regain"] {
        set_mode(&other.at(folder), 0o700);
    }
    fs::write(other.key(), key).unwrap();
    set_mode(&other.key(), 0o600);
    let made = other.run(&["init"]);
    assert_eq!(
        (made.code, made.stderr.as_str()),
        (
            0,
            "Made the config.\nhint: `regain store restore FILE` restores a backup\n\
             hint: `regain init --new-store` creates an empty one\n"
        )
    );
    other.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    other.ok(&["account", "show", "acme"]);
}

#[test]
fn the_store_is_no_backup_of_itself() {
    let site = acme();
    let refused = site.fails(4, &["-y", "store", "restore", site.store().to_str().unwrap()]);
    assert!(refused.stderr.contains("is the store itself, not a backup of it"), "{}", refused.stderr);
}

#[test]
fn what_is_wrong_is_said_once_and_of_the_right_file() {
    let site = acme();
    let backup = site.at("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let open = site.raw();
    open.begin();
    open.count("users");
    site.ok(&["-y", "account", "create", "later"]);
    assert!(site.at("data/regain/regain.db-wal").exists(), "the control: there are several files");
    set_mode(&site.at("data/regain"), 0o770);
    assert_eq!(site.complaints(7, "modes").len(), 1);
    set_mode(&site.at("data/regain"), 0o700);
    drop(open);

    let cut = site.at("cut.db");
    fs::write(&cut, &fs::read(&backup).unwrap()[..60_000]).unwrap();
    let said = site.run(&["-y", "store", "restore", cut.to_str().unwrap()]).stderr;
    assert!(said.contains("backup") && !said.contains("the store: it is damaged"), "{said}");

    let whole = site.whole();
    let mut bytes = whole.clone();
    bytes[4_096..40_960].fill(0x5a);
    site.put(&bytes);
    let said = site.fails(7, &["store", "check"]).stderr;
    assert!(!said.contains("store check"), "{said}");
}
