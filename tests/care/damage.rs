//! Stores that somebody wrote to without regain, clocks that go back, and ways out when something is lost.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use super::site::{Site, count, mode, set_mode, stderr};

const GIVEN: &str = "given for the first sign-in only";

/// With a user whose password is a temporary one.
fn with_alice() -> Site {
    let site = Site::new();
    let create = ["-y", "user", "create", "acme/alice", "--email", "a@example.com", "--password-stdin"];
    assert_eq!(piped(&site, None, &create, GIVEN).status.code(), Some(0));
    site
}

fn piped(site: &Site, clock: Option<(&Path, &str)>, arguments: &[&str], input: &str) -> Output {
    let mut command = site.command();
    if let Some((library, span)) = clock {
        command.env("LD_PRELOAD", library).env("FAKETIME", span);
    }
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that never asks may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn verify(site: &Site, clock: Option<(&Path, &str)>, password: &str) -> Option<i32> {
    piped(site, clock, &["verify", "acme/alice", "--password-stdin"], password).status.code()
}

/// Where time can be moved.
fn faketime() -> Option<&'static Path> {
    let library = installed();
    // On a build server nothing may be left out.
    assert!(library.is_some() || std::env::var_os("CI").is_none(), "libfaketime is not installed");
    library
}

fn installed() -> Option<&'static Path> {
    let places = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib64/faketime/libfaketime.so.1",
    ];
    places.map(Path::new).into_iter().find(|path| path.exists())
}

#[test]
fn k5_a_temporary_password_that_was_over_never_works_again() {
    let Some(library) = faketime() else { return };
    let site = with_alice();
    assert_eq!(verify(&site, None, GIVEN), Some(12), "the control: it works in its time");
    assert_eq!(verify(&site, Some((library, "+86410")), GIVEN), Some(11));
    assert_eq!(verify(&site, None, GIVEN), Some(11));
    assert_eq!(verify(&site, Some((library, "-2d")), GIVEN), Some(11), "nor before it was set");
    let shown = site.ok(&["user", "show", "acme/alice"]);
    assert!(shown.contains("temporary, expired"), "{shown}");
    site.ok(&["audit", "verify"]);
}

#[test]
fn k5_a_password_set_by_a_clock_that_was_ahead_ends_when_it_goes_back() {
    let Some(library) = faketime() else { return };
    let site = with_alice();
    let reset = ["-y", "admin-reset", "acme/alice", "--password-stdin"];
    let ahead = Some((library, "+1d"));
    assert_eq!(piped(&site, ahead, &reset, "another one that was given").status.code(), Some(0));
    assert_eq!(verify(&site, None, "another one that was given"), Some(11));
    assert_eq!(verify(&site, ahead, "another one that was given"), Some(11), "for good");
}

#[test]
fn a_lock_lasts_no_longer_because_the_clock_was_ahead() {
    let Some(library) = faketime() else { return };
    let site = with_alice();
    let ahead = Some((library, "+1d"));
    for _ in 0..5 {
        assert_eq!(verify(&site, ahead, "wrong"), Some(11));
    }
    site.ok(&["-y", "account", "create", "later"]);
    let left = "SELECT max(locked_until) / 1000 - unixepoch() FROM sign_in_failures";
    let left = count(&site.sql(), left);
    assert!((1..=15 * 60).contains(&left), "{left} seconds");
}

#[test]
fn messages_leave_and_budgets_end_although_the_clock_was_ahead() {
    let Some(library) = faketime() else { return };
    let site = with_alice();
    let ahead = Some((library, "+1d"));
    let reset = ["-y", "admin-reset", "acme/alice", "--password-stdin"];
    assert_eq!(piped(&site, ahead, &reset, "another one that was given").status.code(), Some(0));
    let waiting = "SELECT count(*) FROM outbox WHERE state = 'queued'";
    assert!(count(&site.sql(), waiting) > 0, "a notice waits");
    site.sql()
        .execute_batch("INSERT INTO budgets VALUES ('sent_to_contact', x'00', (unixepoch() + 86400) * 1000)")
        .unwrap();
    site.ok(&["delivery", "run", "--once"]);
    assert_eq!(count(&site.sql(), waiting), 0);
    assert_eq!(count(&site.sql(), "SELECT count(*) FROM budgets WHERE at > (unixepoch() + 60) * 1000"), 0);
    // What is done once a day was done by the clock that was ahead, and is done again.
    let purges = "SELECT count(*) FROM audit WHERE action = 'purgeStore'";
    site.sql()
        .execute_batch("UPDATE meta SET value = (unixepoch() + 86400) * 1000 WHERE key = 'purged_at'")
        .unwrap();
    let before = count(&site.sql(), purges);
    site.ok(&["delivery", "run", "--once"]);
    assert_eq!(count(&site.sql(), purges), before + 1);
}

#[test]
fn k6_a_new_key_begins_no_new_budget() {
    let site = with_alice();
    let spent = |site: &Site| {
        count(
            &site.sql(),
            "SELECT max(n) FROM (SELECT count(*) AS n FROM budgets WHERE scope = 'sent_to_contact' GROUP BY subject)",
        )
    };
    site.request_with_code();
    site.ok(&["-y", "store", "rotate-key"]);
    site.request_with_code();
    assert_eq!(spent(&site), 2, "both count for the same contact");
}

#[test]
fn d3_a_store_without_the_number_of_its_schema_is_refused_in_a_line() {
    let site = Site::new();
    site.sql().execute_batch("PRAGMA user_version = 0").unwrap();
    let before = site.bytes();
    let said = format!(
        "error: failed to open the store {}: it is damaged: the number of its schema is gone\n\
         hint: `regain store restore FILE` brings a backup back\n",
        site.store().display()
    );
    assert_eq!(stderr(&site.fails(7, &["account", "list"])), said);
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
    let site = Site::new();
    site.sql().execute_batch("ALTER TABLE users RENAME COLUMN epoch TO age").unwrap();
    let said = stderr(&site.fails(7, &["user", "list", "acme"]));
    assert_eq!(
        said,
        "error: failed to read the store: it is damaged\ncaused by: no such column: u.epoch\n\
         hint: `regain store check` tells more; `regain store restore FILE` brings a backup back\n"
    );
}

#[test]
fn d3_a_check_reads_every_row_as_commands_do() {
    let site = with_alice();
    site.request_with_code();
    assert_eq!(site.ok(&["store", "check"]), "result  The store is sound.\n");
    for (damage, finding) in [
        ("UPDATE users SET created_at = 9223372036854775807", "has a created_at that nobody can read"),
        (
            "UPDATE accounts SET policy_password = '{bad'",
            "the password policy of the account acme cannot be read",
        ),
        (
            "UPDATE users SET password_hash = 'plain'",
            "the password hash of acme/alice is none that can be verified",
        ),
        ("UPDATE requests SET state = 'none'", "of the table requests has a state that nobody can read"),
        ("UPDATE codes SET purpose = 'none'", "of the table codes has a purpose that nobody can read"),
        ("UPDATE outbox SET kind = 'none'", "of the table outbox has a kind that nobody can read"),
    ] {
        let whole = site.whole();
        site.sql().execute_batch(damage).unwrap();
        let output = site.fails(7, &["store", "check"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(finding), "{damage}: {said}");
        assert!(stderr(&output).contains("hint: `regain store restore FILE` brings a backup back"));
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
        let damage = format!("UPDATE users SET password_hash = '{hash}' WHERE root = 0");
        site.sql().execute_batch(&damage).unwrap();
        assert_eq!(verify(&site, None, GIVEN), Some(7), "{hash}");
        let newest = &site.json(&["audit", "list", "--limit", "1", "-o", "json"])[0];
        assert_eq!((&newest["action"], &newest["code"]), (&"loginFailed".into(), &"unusable_hash".into()));
    }
    let reset = ["-y", "admin-reset", "acme/alice", "--password-stdin"];
    assert_eq!(piped(&site, None, &reset, "another one that was given").status.code(), Some(0));
    assert_eq!(verify(&site, None, "another one that was given"), Some(12));
}

#[test]
fn d3_a_trigger_of_somebody_elses_never_runs() {
    let site = with_alice();
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    site.sql()
        .execute_batch("CREATE TRIGGER evil AFTER INSERT ON audit BEGIN DELETE FROM users; END")
        .unwrap();
    let refused = stderr(&site.fails(7, &["-y", "account", "create", "later"]));
    let said = format!(
        "error: failed to open the store {}: trigger evil is not as regain makes it\n\
         hint: somebody wrote to the store without regain: keep it as evidence\n\
         hint: `regain store check` tells more; `regain store restore FILE` brings a backup back\n",
        site.store().display()
    );
    assert_eq!(refused, said);
    let output = site.fails(7, &["store", "check"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "result  trigger evil is not as regain makes it\n");
    assert_eq!(count(&site.sql(), "SELECT count(*) FROM users"), 2);
    // One of ours with another body is somebody else's, too.
    site.sql()
        .execute_batch(
            "DROP TRIGGER evil; DROP TRIGGER audit_loses_nothing; \
             CREATE TRIGGER audit_loses_nothing BEFORE DELETE ON audit BEGIN SELECT 1; END",
        )
        .unwrap();
    site.fails(7, &["account", "list"]);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    site.ok(&["user", "show", "acme/alice"]);
}

#[test]
fn u2_a_backup_whose_records_are_broken_is_put_back_only_on_purpose() {
    let site = Site::new();
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let trigger = "CREATE TRIGGER audit_keeps_what_was BEFORE UPDATE ON audit\n\
                   BEGIN SELECT RAISE(ABORT, 'operation records are append-only'); END;";
    rusqlite::Connection::open(&backup)
        .unwrap()
        .execute_batch(&format!(
            "DROP TRIGGER audit_keeps_what_was; UPDATE audit SET actor = 'x' WHERE seq = 1; {trigger}"
        ))
        .unwrap();
    let before = site.bytes();
    let refused = site.fails(4, &["-y", "store", "restore", backup.to_str().unwrap()]);
    assert_eq!(
        stderr(&refused),
        "error: the operation records of the backup are broken at number 1: it was changed\n\
         hint: take another backup; nothing was changed\n\
         hint: to put it back all the same, and have that recorded: --accept-broken-records\n"
    );
    assert!(site.bytes() == before);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap(), "--accept-broken-records"]);
    let newest = &site.json(&["audit", "list", "--limit", "1", "-o", "json"])[0];
    assert_eq!(newest["action"], "restoreStore");
    assert_eq!((&newest["detail"]["broken_at"], &newest["detail"]["broken"]), (&1.into(), &"changed".into()));
}

#[test]
fn a_lost_store_comes_back_with_its_folder_or_is_begun_anew() {
    let site = Site::new();
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    fs::remove_dir_all(site.path("data")).unwrap();
    let ways = "hint: `regain store restore FILE` brings a backup back; --store names another store\n\
                hint: `regain init --new-store` begins with an empty one\n";
    let said = stderr(&site.fails(7, &["account", "list"]));
    assert_eq!(said, format!("error: failed to find the store {}\n{ways}", site.store().display()));
    let said = stderr(&site.fails(4, &["init"]));
    assert!(said.contains("is missing, although its config and key are there"), "{said}");
    assert!(said.contains("hint: `regain init --new-store` begins with an empty one"), "{said}");
    site.fails(2, &["-y", "store", "restore", site.path("none.db").to_str().unwrap()]);
    site.ok(&["--dry-run", "store", "restore", backup.to_str().unwrap()]);
    assert!(!site.path("data/regain").exists(), "nothing was restored, nothing is left");
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    assert_eq!((mode(&site.path("data/regain")), mode(&site.store())), (0o700, 0o600));
    site.ok(&["account", "show", "acme"]);

    site.fails(4, &["init", "--new-store"]);
    fs::remove_dir_all(site.path("data")).unwrap();
    let (config, key) = (fs::read(site.config()).unwrap(), fs::read(site.key()).unwrap());
    site.ok(&["init", "--new-store"]);
    assert_eq!((fs::read(site.config()).unwrap(), fs::read(site.key()).unwrap()), (config, key));
    assert_eq!(site.json(&["account", "list", "-o", "json"]), serde_json::json!([]));
    site.ok(&["audit", "verify"]);
}

#[test]
fn a_lost_config_is_made_anew_and_a_lost_key_is_not() {
    let site = Site::new();
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let key = fs::read(site.key()).unwrap();
    fs::remove_file(site.config()).unwrap();
    let made = site.run(&["init"]);
    assert_eq!((made.status.code(), stderr(&made).as_str()), (Some(0), "Made the config.\n"));
    site.ok(&["account", "show", "acme"]);

    fs::remove_file(site.key()).unwrap();
    let said = stderr(&site.fails(4, &["init"]));
    assert_eq!(
        said,
        format!(
            "error: the key file {} is missing, and nobody can use the store without it\n\
             hint: put your copy of the key file back there\n\
             hint: where there is none, move the store away, and `regain init` begins anew\n",
            site.key().display()
        )
    );
    fs::rename(site.store(), site.path("old.db")).unwrap();
    site.ok(&["init"]);
    site.ok(&["-y", "account", "create", "anew"]);

    // On a new machine: the copy of the key, and a backup.
    let other = Site::empty();
    fs::create_dir_all(other.key().parent().unwrap()).unwrap();
    for folder in ["config", "config/regain"] {
        set_mode(&other.path(folder), 0o700);
    }
    fs::write(other.key(), key).unwrap();
    set_mode(&other.key(), 0o600);
    let made = other.run(&["init"]);
    assert_eq!(
        (made.status.code(), stderr(&made).as_str()),
        (
            Some(0),
            "Made the config.\nhint: `regain store restore FILE` brings a backup back\n\
             hint: `regain init --new-store` begins with an empty one\n"
        )
    );
    other.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    other.ok(&["account", "show", "acme"]);
}

#[test]
fn the_store_is_no_backup_of_itself() {
    let site = Site::new();
    let refused = site.fails(4, &["-y", "store", "restore", site.store().to_str().unwrap()]);
    assert!(stderr(&refused).contains("is the store itself, and no backup of it"), "{}", stderr(&refused));
}

#[test]
fn what_is_wrong_is_said_once_and_of_the_right_file() {
    let site = Site::new();
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let open = site.sql();
    open.execute_batch("BEGIN").unwrap();
    count(&open, "SELECT count(*) FROM users");
    site.ok(&["-y", "account", "create", "later"]);
    assert!(site.path("data/regain/regain.db-wal").exists(), "the control: there are several files");
    set_mode(&site.path("data/regain"), 0o770);
    assert_eq!(site.complaints(7, "modes").len(), 1);
    set_mode(&site.path("data/regain"), 0o700);
    drop(open);

    let cut = site.path("cut.db");
    fs::write(&cut, &fs::read(&backup).unwrap()[..60_000]).unwrap();
    let said = stderr(&site.run(&["-y", "store", "restore", cut.to_str().unwrap()]));
    assert!(said.contains("backup") && !said.contains("the store: it is damaged"), "{said}");

    let whole = site.whole();
    let mut bytes = whole.clone();
    bytes[4_096..40_960].fill(0x5a);
    site.put(&bytes);
    let said = stderr(&site.fails(7, &["store", "check"]));
    assert!(!said.contains("store check"), "{said}");
}
