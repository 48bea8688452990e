//! The file of SQLite: what is refused, found, and left alone.

use std::path::Path;

use regain::store::sqlite::{SCHEMA, Sqlite};
use regain::store::{Engine, StoreError, Transactions};

use super::support::*;

/// A closed store with an account and an event in it.
fn file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("regain.db");
    let whole = Sqlite::create(&path).unwrap();
    let store: &dyn Engine = &whole;
    write(store, |tx| tx.insert_account(&account("acc_a", "Acme"), "acme", &name("Acme").skeleton()));
    write(store, |tx| insert(tx, &user("usr_root", &account("acc_a", "Acme"), "")));
    let event = record(1);
    write(store, |tx| tx.append_event(&event));
    // All of it in the one file.
    whole.finish().unwrap();
    path
}

fn raw(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

fn opening(path: &Path) -> String {
    match Sqlite::open(path) {
        Ok(_) => "opened".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn u2_the_records_cannot_be_changed_even_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let raw = raw(&file(folder.path()));
    for sql in [
        "UPDATE audit SET actor = 'mallory'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE OR REPLACE audit SET seq = 9",
    ] {
        assert_eq!(
            raw.execute(sql, []).unwrap_err().to_string(),
            "operation records are append-only",
            "{sql}"
        );
    }
    let actor: String = raw.query_row("SELECT actor FROM audit", [], |row| row.get(0)).unwrap();
    assert_eq!(actor, "alice");
}

#[test]
fn d3_a_newer_schema_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    raw(&path).pragma_update(None, "user_version", 99).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(
        opening(&path),
        format!("open the store: it was written by a newer regain (schema 99, this one knows {SCHEMA})")
    );
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn d3_what_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("empty"), "").unwrap();
    std::fs::write(at("text"), "This is a letter to my mother, and no store of anything.\n".repeat(100))
        .unwrap();
    raw(&at("other")).execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1);").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    for name in ["empty", "text", "other", "folder"] {
        let path = at(name);
        let before = std::fs::read(&path).ok();
        assert_eq!(
            opening(&path),
            format!("open {} as a store of regain: it is not one", path.display()),
            "{name}"
        );
        assert!(std::fs::read(&path).ok() == before, "{name} was changed");
    }
    assert_eq!(opening(&at("none")), format!("find the store {}", at("none").display()));
    assert!(!at("none").exists(), "looking makes nothing");
    let path = file(folder.path());
    assert!(matches!(Sqlite::create(&path), Err(StoreError::Exists(_))));
    std::os::unix::fs::symlink(&path, at("link")).unwrap();
    assert!(matches!(Sqlite::create(&at("link")), Err(StoreError::Exists(_))));
}

#[test]
fn d3_a_damaged_file_is_never_taken_for_a_sound_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let sound = std::fs::read(&path).unwrap();
    let mut noticed = 0;
    // A page at a time is turned over, the header's too.
    for page in 0..sound.len() / 4096 {
        let mut bytes = sound.clone();
        bytes[page * 4096..(page + 1) * 4096].iter_mut().for_each(|byte| *byte ^= 0x55);
        noticed += u32::from(damage_shows(&path, &bytes));
    }
    assert!(
        noticed as usize >= sound.len() / 4096 - 1,
        "only {noticed} of {} pages were missed",
        sound.len() / 4096
    );
    // A file that lost its end.
    assert!(damage_shows(&path, &sound[..sound.len() / 2]));
    // The control: nothing is found where nothing is wrong.
    assert!(!damage_shows(&path, &sound));
}

/// Whether opening, checking or reading says that something is wrong. None of it may panic.
fn damage_shows(path: &Path, bytes: &[u8]) -> bool {
    std::fs::write(path, bytes).unwrap();
    let store = match Sqlite::open(path) {
        Ok(store) => store,
        Err(StoreError::Corrupt(_) | StoreError::Foreign(_) | StoreError::Newer { .. }) => return true,
        Err(other) => panic!("{other}"),
    };
    let found = store.check(true);
    let store: &dyn Engine = &store;
    let used = store.read(|tx| Ok::<_, StoreError>((tx.users_page(None, None, 10)?.len(), tx.last_event()?)));
    found.is_err() || found.is_ok_and(|lines| !lines.is_empty()) || used.is_err()
}

#[test]
fn d3_a_table_or_trigger_of_somebody_elses_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    raw(&path)
        .execute_batch(
            "CREATE TRIGGER spy AFTER UPDATE ON users BEGIN UPDATE users SET password_hash = NULL; END; \
             DROP TRIGGER audit_loses_nothing;",
        )
        .unwrap();
    // It opens for no command but a look, which writes nothing and so lets nothing run.
    let refused = format!("open the store {}: trigger spy is not as regain makes it", path.display());
    assert_eq!(opening(&path), refused);
    let found = Sqlite::open_read_only(&path).unwrap().check(true).unwrap();
    assert_eq!(found, ["trigger spy is not as regain makes it", "trigger audit_loses_nothing is missing"]);
}

#[test]
fn two_processes_may_open_an_older_file_at_once() {
    // Nothing but the migrations makes a schema: an empty one that bears the mark is brought up to date.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regain.db");
    raw(&path).execute_batch("PRAGMA application_id = 0x72676e31; PRAGMA user_version = 0;").unwrap();
    std::thread::scope(|scope| {
        let opened: Vec<_> = (0..4).map(|_| scope.spawn(|| opening(&path))).collect();
        for one in opened {
            assert_eq!(one.join().unwrap(), "opened");
        }
    });
    assert_eq!(Sqlite::open(&path).unwrap().check(true).unwrap(), Vec::<String>::new());
}

#[test]
fn a_copy_is_whole_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let store = Sqlite::open(&path).unwrap();
    let copy = folder.path().join("copy.db");
    std::fs::write(&copy, "").unwrap();
    store.backup(&copy).unwrap();
    assert!(!folder.path().join("copy.db-wal").exists(), "it has no log");
    let live: &dyn Engine = &store;
    write(live, |tx| tx.delete_account("acc_a"));
    assert!(read(live, |tx| tx.account_by_key("acme")).is_none());
    live.restore(&copy).unwrap();
    assert!(read(live, |tx| tx.account_by_key("acme")).is_some());
    assert_eq!(live.check(true).unwrap(), Vec::<String>::new());
    live.compact().unwrap();
    let log = std::fs::metadata(folder.path().join("regain.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "K10: nothing is left behind in the log");
}

#[test]
fn a_look_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let before = std::fs::read(&path).unwrap();
    {
        let store = Sqlite::open_read_only(&path).unwrap();
        let store: &dyn Engine = &store;
        assert!(read(store, |tx| tx.account_by_key("acme")).is_some());
        let written: Step = store.write(|tx| tx.set_meta("half", "done"));
        assert!(
            matches!(written, Err(StoreError::ReadOnly)),
            "{:?}",
            written.err().map(|error| error.to_string())
        );
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

/// What is read steadily is of one moment, whatever others write meanwhile, and keeps nobody from it.
#[test]
fn whoever_reads_steadily_sees_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regain.db");
    let ours = Sqlite::create(&path).unwrap();
    let theirs = Sqlite::open(&path).unwrap();
    let (ours, theirs): (&dyn Engine, &dyn Engine) = (&ours, &theirs);
    let write = |text: &'static str| theirs.write(move |tx| tx.set_meta("note", text)).unwrap();
    let note = || ours.read(|tx| tx.meta("note")).unwrap();
    write("before");
    let mut seen = Vec::new();
    ours.steadily(&mut || {
        seen.push(note());
        write("meanwhile");
        seen.push(note());
    })
    .unwrap();
    seen.push(note());
    let seen: Vec<&str> = seen.iter().map(|note| note.as_deref().unwrap_or("none")).collect();
    assert_eq!(seen, ["before", "before", "meanwhile"]);
}
