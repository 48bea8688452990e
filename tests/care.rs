//! Care for the store: records, copies, keys, purging, and what the doctor says of broken things.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// A personal install in a folder of its own, with one account and nothing that waits.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self::empty();
        site.ok(&["init"]);
        let config = "[captcha]\nmode = \"off\"\n[delivery]\nbackground = false\n";
        fs::write(site.config(), config).unwrap();
        site.ok(&["-y", "account", "create", "acme", "--email", "owner@example.com"]);
        site
    }

    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.path("config/regain/config.toml")
    }

    fn key(&self) -> PathBuf {
        self.path("config/regain/regain.key")
    }

    fn store(&self) -> PathBuf {
        self.path("data/regain/regain.db")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regain"));
        command
            .env_clear()
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_DATA_HOME", self.path("data"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn fails(&self, code: i32, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        output
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(arguments)).unwrap()
    }

    fn sql(&self) -> Connection {
        Connection::open(self.store()).unwrap()
    }

    /// A request of the account's owner with a code that was sent.
    fn request_with_code(&self) -> String {
        let request = self.json(&["request", "start", "acme", "-o", "json"]);
        let id = request["id"].as_str().unwrap().to_owned();
        self.ok(&["request", "send", &id, "--method", "account", "-o", "json"]);
        id
    }

    fn findings(&self, code: i32) -> Vec<(String, String, String)> {
        let output = self.fails(code, &["doctor", "-o", "json"]);
        let findings: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
        findings
            .iter()
            .map(|finding| (text(finding, "check"), text(finding, "level"), text(finding, "message")))
            .collect()
    }

    /// The messages of one check's errors and warnings.
    fn complaints(&self, code: i32, check: &str) -> Vec<String> {
        let bad = |level: &str| level == "error" || level == "warning";
        let findings = self.findings(code).into_iter();
        findings.filter(|(of, level, _)| of == check && bad(level)).map(|(_, _, message)| message).collect()
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn count(store: &Connection, sql: &str) -> i64 {
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn u2_an_edit_a_deletion_a_reorder_and_a_cut_tail_are_found_and_named() {
    let site = Site::new();
    for name in ["b", "c", "d", "e", "f"] {
        site.ok(&["-y", "account", "create", name]);
    }
    let sound = site.json(&["audit", "verify", "-o", "json"]);
    assert_eq!(
        (&sound["ok"], &sound["events"], &sound["first_bad"]),
        (&true.into(), &7.into(), &Value::Null)
    );
    let swap = |a: u32, b: u32| {
        format!(
            "UPDATE audit SET seq = 99 WHERE seq = {a}; UPDATE audit SET seq = {a} WHERE seq = {b}; \
                 UPDATE audit SET seq = {b} WHERE seq = 99"
        )
    };
    let columns = "at, action, rating, outcome, reason, code, actor, operator, host, process, target, target_id, \
                   detail, ticket, key_id, hash";
    for (tampering, number, reason) in [
        ("UPDATE audit SET target = 'other' WHERE seq = 4".to_owned(), 4, "changed"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1".to_owned(), 1, "changed"),
        ("UPDATE audit SET detail = 'no json' WHERE seq = 5".to_owned(), 5, "changed"),
        ("UPDATE audit SET key_id = 'aaaaaaaa' WHERE seq = 3".to_owned(), 3, "unknown_key"),
        ("DELETE FROM audit WHERE seq = 4".to_owned(), 4, "missing"),
        ("DELETE FROM audit WHERE seq = 1".to_owned(), 1, "missing"),
        (swap(3, 4), 3, "out_of_order"),
        (swap(2, 6), 2, "out_of_order"),
        ("DELETE FROM audit WHERE seq >= 6".to_owned(), 6, "cut_off"),
        ("DELETE FROM audit".to_owned(), 1, "cut_off"),
        (format!("INSERT INTO audit SELECT 8, {columns} FROM audit WHERE seq = 7"), 8, "changed"),
        (format!("INSERT INTO audit SELECT 0, {columns} FROM audit WHERE seq = 7"), 0, "added"),
        ("DELETE FROM meta WHERE key = 'records_head'".to_owned(), 1, "added"),
    ] {
        let whole = fs::read(site.store()).unwrap();
        let store = site.sql();
        store.execute_batch("DROP TRIGGER audit_keeps_what_was; DROP TRIGGER audit_loses_nothing").unwrap();
        store.execute_batch(&tampering).unwrap();
        drop(store);
        let output = site.fails(7, &["audit", "verify", "-o", "json"]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["ok"], false, "{tampering}");
        assert_eq!((&found["first_bad"], &found["reason"]), (&number.into(), &reason.into()), "{tampering}");
        assert!(stderr(&output).contains(&format!("records are broken at number {number}: ")), "{tampering}");
        fs::write(site.store(), whole).unwrap();
    }
    site.ok(&["audit", "verify"]);
}

#[test]
fn u1_records_are_listed_newest_first_by_person_and_by_trace_name() {
    let site = Site::new();
    site.ok(&["-y", "account", "create", "other", "--reason", "a new customer", "--ticket", "T-7"]);
    let all = site.json(&["audit", "list", "-o", "json"]);
    let seqs: Vec<u64> = all.as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [3, 2, 1]);
    let newest = &all[0];
    assert_eq!((&newest["action"], &newest["outcome"]), (&"createAccount".into(), &"success".into()));
    assert_eq!((&newest["reason"], &newest["ticket"]), (&"a new customer".into(), &"T-7".into()));
    assert_eq!(newest["operator"], newest["actor"]);
    let one = site.json(&["audit", "list", "--user", "other", "-o", "json"]);
    assert_eq!(one.as_array().unwrap().len(), 1);
    let one = site.json(&["audit", "list", "--action", "createstore", "-o", "json"]);
    assert_eq!(one[0]["seq"], 1);
    assert_eq!(site.json(&["audit", "list", "--limit", "2", "-o", "json"]).as_array().unwrap().len(), 2);
    assert_eq!(site.json(&["audit", "list", "--user", "nobody", "-o", "json"]), Value::Array(Vec::new()));
    site.fails(2, &["audit", "list", "--action", "nothing"]);
}

#[test]
fn u3_a_name_that_nobody_has_is_found_by_its_keyed_hash() {
    let site = Site::new();
    site.ok(&["request", "start", "acme/ghost", "-o", "json"]);
    let found = site.json(&["audit", "list", "--user", "acme/ghost", "-o", "json"]);
    assert!(found[0]["target"].as_str().unwrap().starts_with("unknown:"), "{found}");
}

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
    site.fails(7, &["store", "backup", backup.to_str().unwrap()]);
    assert_eq!(fs::read(&backup).unwrap(), before);
    let copy = Connection::open(&backup).unwrap();
    assert_eq!(count(&copy, "SELECT count(*) FROM audit WHERE action = 'backupStore'"), 1);
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

    let before = fs::read(site.store()).unwrap();
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
        assert_eq!(fs::read(site.store()).unwrap(), before, "{}", file.display());
    }
    let names: Vec<_> =
        fs::read_dir(site.path("data/regain")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["regain.db"], "nothing is left behind");
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
    fs::write(site.store(), "scrambled").unwrap();
    site.fails(7, &["account", "list"]);
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    site.ok(&["account", "show", "acme"]);
    assert_eq!(mode(&site.store()), 0o600);
    fs::remove_file(site.store()).unwrap();
    site.ok(&["-y", "store", "restore", backup.to_str().unwrap()]);
    site.ok(&["audit", "verify"]);
}

#[test]
fn a_new_key_is_used_at_once_and_the_old_one_still_verifies() {
    let site = Site::new();
    site.request_with_code();
    let old = fs::read_to_string(site.key()).unwrap();
    let rotated = site.json(&["-y", "store", "rotate-key", "-o", "json"]);
    assert_eq!((&rotated["keys"], &rotated["resealed"]), (&2.into(), &1.into()));
    assert_eq!(mode(&site.key()), 0o600);
    let new = fs::read_to_string(site.key()).unwrap();
    assert!(new.contains(old.lines().last().unwrap()), "the old key stays");
    let id = rotated["key_id"].as_str().unwrap();
    let sealed_with: String =
        site.sql().query_row("SELECT key_id FROM outbox", [], |row| row.get(0)).unwrap();
    assert_eq!(sealed_with, id);
    assert_eq!(site.json(&["audit", "list", "--limit", "1", "-o", "json"])[0]["key_id"], id);
    site.ok(&["audit", "verify"]);
    // With the old key file alone, the first record made with the new key is named.
    fs::write(site.key(), old).unwrap();
    let output = site.fails(7, &["audit", "verify", "-o", "json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["reason"], "unknown_key");
}

#[test]
fn k10_purging_deletes_what_ended_long_ago_and_nothing_of_a_day() {
    let site = Site::new();
    let id = site.request_with_code();
    site.ok(&["request", "cancel", &id]);
    site.ok(&["request", "start", "acme"]);
    let output = site.fails(4, &["-y", "store", "purge", "--older-than", "1h"]);
    assert!(stderr(&output).contains("kept for a day at least"), "{}", stderr(&output));
    assert_eq!(site.json(&["-y", "store", "purge", "-o", "json"])["deleted"], 0);
    let age = "UPDATE requests SET created_at = created_at - 90000000, expires_at = expires_at - 90000000; \
               UPDATE codes SET created_at = created_at - 90000000, expires_at = expires_at - 90000000, open = 0; \
               UPDATE outbox SET created_at = created_at - 90000000, state = 'done', sealed = NULL";
    site.sql().execute_batch(age).unwrap();
    let purged = site.json(&["-y", "store", "purge", "--older-than", "1d", "-o", "json"]);
    assert!(purged["deleted"].as_u64().unwrap() >= 3, "{purged}");
    assert_eq!(count(&site.sql(), "SELECT count(*) FROM codes"), 0);
    site.ok(&["audit", "verify"]);
}

#[test]
fn a_dry_run_of_each_changes_nothing() {
    let site = Site::new();
    let backup = site.path("backup.db");
    site.ok(&["store", "backup", backup.to_str().unwrap()]);
    let (store, key) = (fs::read(site.store()).unwrap(), fs::read(site.key()).unwrap());
    let none = site.path("none.db");
    for arguments in [
        &["store", "backup", none.to_str().unwrap()][..],
        &["store", "restore", backup.to_str().unwrap()],
        &["store", "purge"],
        &["store", "rotate-key"],
    ] {
        let shown = site.json(&[arguments, &["--dry-run", "-o", "json"]].concat());
        assert_eq!(shown["dry_run"], true, "{arguments:?}");
    }
    assert!(!none.exists());
    assert_eq!((fs::read(site.store()).unwrap(), fs::read(site.key()).unwrap()), (store, key));
}

#[test]
fn the_doctor_names_what_is_broken_and_goes_on() {
    let site = Site::new();
    let findings = site.findings(0);
    for check in ["config", "key", "store", "modes", "integrity", "records", "clock", "queue", "purge"] {
        assert!(findings.iter().any(|(of, level, _)| of == check && level == "ok"), "{check}");
    }
    assert!(
        findings.iter().any(|(of, level, text)| of == "transports"
            && level == "note"
            && text.contains("for trying out"))
    );
    assert_eq!(site.complaints(0, "captcha").len(), 1);

    set_mode(&site.key(), 0o644);
    assert!(site.complaints(6, "key")[0].contains("others may read it (mode 0644)"));
    set_mode(&site.key(), 0o600);
    set_mode(&site.store(), 0o640);
    assert!(site.complaints(7, "modes")[0].contains("others may read it (mode 0640)"));
    set_mode(&site.store(), 0o600);

    let config = fs::read_to_string(site.config()).unwrap();
    fs::write(site.config(), format!("{config}[codes]\nlenght = 6\ntries = 99\n")).unwrap();
    let complaints = site.complaints(6, "config");
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].contains("line 6: `codes.lenght` is no setting; did you mean `codes.length`?"));
    assert!(site.findings(6).iter().any(|(of, level, _)| of == "records" && level == "ok"), "it goes on");
    let wished = "[operators]\nadmin = [\"nobody-like-this\", \"%no-such-group\"]\n[password]\nextra_list = \"/no/list\"\n";
    fs::write(site.config(), format!("{config}{wished}")).unwrap();
    assert_eq!(site.complaints(0, "operators").len(), 2);
    assert_eq!(site.complaints(0, "extra_list").len(), 1);
    fs::write(site.config(), config).unwrap();

    site.request_with_code();
    site.sql().execute_batch("UPDATE outbox SET created_at = created_at - 400000").unwrap();
    assert!(site.complaints(0, "queue")[0].starts_with("1 messages by email wait"));
    let ahead = "UPDATE meta SET value = value + 86400000 WHERE key = 'latest_moment'";
    site.sql().execute_batch(ahead).unwrap();
    assert_eq!(site.complaints(0, "clock").len(), 1);

    fs::remove_file(site.store()).unwrap();
    assert!(site.complaints(7, "store")[0].contains("find the store"));
    fs::remove_dir_all(site.path("config")).unwrap();
    assert!(site.complaints(6, "config")[0].contains("there is none at"));
}

#[test]
fn the_doctor_writes_nothing() {
    let site = Site::new();
    let before = fs::read(site.store()).unwrap();
    site.ok(&["doctor"]);
    assert_eq!(fs::read(site.store()).unwrap(), before);
}

#[test]
fn settings_are_shown_with_their_origin_and_mistakes_with_their_line() {
    let site = Site::new();
    let settings = site.json(&["config", "show", "-o", "json"]);
    let origin = |key: &str| {
        let setting = settings.as_array().unwrap().iter().find(|setting| setting["key"] == key).unwrap();
        setting["origin"].as_str().unwrap().to_owned()
    };
    assert_eq!(origin("captcha.mode"), format!("{}:2", site.config().display()));
    assert_eq!(origin("codes.length"), "default");
    site.ok(&["config", "check"]);
    let draft = site.path("draft.toml");
    fs::write(&draft, "[codes]\nlength = 12\n[nothing]\nx = 1\n").unwrap();
    let output = site.fails(6, &["config", "check", draft.to_str().unwrap(), "-o", "json"]);
    let problems: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&problems[0]["line"], &problems[0]["key"]), (&2.into(), &"codes.length".into()));
    assert_eq!(problems.len(), 2);
}

#[test]
fn names_complete_from_the_store_and_nothing_is_written_or_said() {
    let site = Site::new();
    site.ok(&["-y", "account", "create", "aardvark"]);
    site.ok(&["-y", "account", "create", "two words"]);
    let complete = |site: &Site, words: &[&str]| {
        let index = (words.len() - 1).to_string();
        let mut command = site.command();
        command.env("REGAIN_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", index).env("_CLAP_IFS", "\n");
        let output = command.arg("--").args(words).output().unwrap();
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let before = fs::read(site.store()).unwrap();
    assert_eq!(complete(&site, &["regain", "account", "show", "a"]), "aardvark\nacme");
    assert_eq!(complete(&site, &["regain", "account", "show", "t"]), "", "a name with a space is not safe");
    assert_eq!(complete(&site, &["regain", "account", "sh"]), "show");
    assert_eq!(complete(&site, &["regain", "--store", "/nowhere", "account", "show", "a"]), "");
    assert_eq!(fs::read(site.store()).unwrap(), before);
    fs::write(site.config(), "broken = [").unwrap();
    assert_eq!(complete(&site, &["regain", "account", "show", "a"]), "");
    assert_eq!(complete(&Site::empty(), &["regain", "account", "show", "a"]), "");
}
