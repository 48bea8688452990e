//! Numbered migrations, applied in one transaction.

use std::path::Path;

use data_encoding::HEXLOWER;
use memchr::memmem;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::errors::engine;
use crate::store::{Result, StoreError};

/// The schema this program knows (`user_version`).
pub const SCHEMA: i64 = 16;
/// `rgn1`: tells a store of regain from any other SQLite file (`application_id`).
pub(super) const APPLICATION_ID: i64 = 0x7267_6e31;

/// Migration `n` brings schema `n - 1` to `n`.
const MIGRATIONS: [&str; 16] = [
    include_str!("migrations/0001_identities.sql"),
    include_str!("migrations/0002_mfa.sql"),
    include_str!("migrations/0003_devices.sql"),
    include_str!("migrations/0004_appeals.sql"),
    include_str!("migrations/0005_protection.sql"),
    include_str!("migrations/0006_callers.sql"),
    include_str!("migrations/0007_queue.sql"),
    include_str!("migrations/0008_receipts.sql"),
    include_str!("migrations/0009_indexes.sql"),
    include_str!("migrations/0010_attempts.sql"),
    include_str!("migrations/0011_walks.sql"),
    include_str!("migrations/0012_flat.sql"),
    include_str!("migrations/0013_outcomes.sql"),
    include_str!("migrations/0014_batches.sql"),
    include_str!("migrations/0015_schemes.sql"),
    include_str!("migrations/0016_external_ids.sql"),
];

/// SHA-256 over [`schema`] as [`MIGRATIONS`] make it, so that a command need not make it to compare. Where it is out of
/// date, each command makes it: a test says so, and what it is now.
const FINGERPRINT: &str = "b91189befecae0b644da9eaccd558f23b5b4a06bf2be3bcb561ec22db616523e";

/// Brings the schema up to date, all of it or nothing; cheap when there is nothing to do.
pub(super) fn migrate(connection: &Connection) -> Result<()> {
    if version(connection)? == SCHEMA {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE").map_err(engine)?;
    let result = apply(connection);
    connection.execute_batch(if result.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(engine)?;
    result
}

fn apply(connection: &Connection) -> Result<()> {
    // Read again: another process may have migrated while this one waited for the lock.
    let from = usize::try_from(version(connection)?).unwrap_or(0);
    for sql in MIGRATIONS.iter().skip(from) {
        connection.execute_batch(sql).map_err(engine)?;
    }
    connection.pragma_update(None, "user_version", SCHEMA).map_err(engine)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(engine)
}

/// What is not as this program makes it, a line each: a table or trigger of somebody else's could do anything to what
/// is written, and one of ours that is gone protects nothing (security D3). Cheap where all is well.
pub(super) fn differences(connection: &Connection) -> Result<Vec<String>> {
    let found = schema(connection)?;
    if fingerprint(&found) == FINGERPRINT {
        return Ok(Vec::new());
    }
    let wanted = made_by(MIGRATIONS.len())?;
    let strange = found.iter().filter(|part| !wanted.contains(part));
    let missing = wanted.iter().filter(|(name, _)| !found.iter().any(|(other, _)| other == name));
    let strange = strange.map(|(name, _)| format!("{name} is not as regain makes it"));
    Ok(strange.chain(missing.map(|(name, _)| format!("{name} is missing"))).collect())
}

/// Whether the schema of an older file is that of its number: a number that was set back by hand would have migrations
/// run that ran before.
pub(super) fn fits_its_number(connection: &Connection) -> Result<bool> {
    // In one transaction: another process may bring the file up to date meanwhile.
    let view = connection.unchecked_transaction().map_err(engine)?;
    let number = version(&view)?;
    Ok(number >= SCHEMA || schema(&view)? == made_by(usize::try_from(number).unwrap_or(0))?)
}

/// What so many migrations make.
fn made_by(migrations: usize) -> Result<Vec<Part>> {
    let fresh = Connection::open_in_memory().map_err(engine)?;
    for sql in MIGRATIONS.iter().take(migrations) {
        fresh.execute_batch(sql).map_err(engine)?;
    }
    schema(&fresh)
}

/// What a table, index, trigger or view is and is called, and its definition.
type Part = (String, Option<String>);

/// All of them, by name. Statistics are left out.
fn schema(connection: &Connection) -> Result<Vec<Part>> {
    let sql = "SELECT type || ' ' || name, sql FROM sqlite_schema \
               WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\' ORDER BY type, name";
    let mut statement = connection.prepare(sql).map_err(engine)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(engine)?;
    rows.collect::<Result<_, _>>().map_err(engine)
}

fn fingerprint(parts: &[Part]) -> String {
    let mut hash = Sha256::new();
    for (name, sql) in parts {
        for text in [name.as_str(), sql.as_deref().unwrap_or_default()] {
            // No name and no definition holds a NUL.
            hash.update(text);
            hash.update([0]);
        }
    }
    HEXLOWER.encode(&hash.finalize())
}

/// Refuses what would run while the file is only read, also before it is brought up to date: what stands in it and is
/// to run is found word for word in a migration. [`differences`] compares all of it, before the first write.
pub(super) fn recognise(connection: &Connection, path: &Path) -> Result<()> {
    let mut statement = connection
        .prepare("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')")
        .map_err(engine)?;
    let mut rows = statement.query([]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        let sql: String = row.get(1).map_err(engine)?;
        // Each process looks for each of them: fast.
        let wanted = memmem::Finder::new(&sql);
        if !MIGRATIONS.iter().any(|migration| wanted.find(migration.as_bytes()).is_some()) {
            let part: String = row.get(0).map_err(engine)?;
            let finding = format!("{part} is not as regain makes it");
            return Err(StoreError::Tampered { path: path.to_owned(), finding });
        }
    }
    Ok(())
}

/// Whether a file that bears our mark has lost the number of its schema: only one without tables has none.
pub(super) fn is_numbered(connection: &Connection) -> Result<bool> {
    if version(connection)? != 0 {
        return Ok(true);
    }
    let empty = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    connection.query_row(empty, [], |row| row.get(0)).map_err(engine)
}

/// The schema the file has; 0 is an empty file.
pub(super) fn version(connection: &Connection) -> Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d3_the_fingerprint_is_that_of_the_migrations() {
        assert_eq!(
            fingerprint(&made_by(MIGRATIONS.len()).unwrap()),
            FINGERPRINT,
            "write it into FINGERPRINT"
        );
    }

    #[test]
    fn a_store_of_the_first_schema_is_brought_up_to_date_with_its_rows() {
        let (old, new) = (Connection::open_in_memory().unwrap(), Connection::open_in_memory().unwrap());
        old.execute_batch(MIGRATIONS[0]).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute_batch(
            "INSERT INTO accounts VALUES ('acc_1', 'acme', 'acme', 'acme', 'cloud', 'enabled', NULL, NULL, NULL, NULL, 0); \
             INSERT INTO users (id, account_id, name, name_key, look, root, status, access_mode, login_protection, \
             created_at) VALUES ('usr_1', 'acc_1', 'acme', '', '', 1, 'enabled', 'default', 'none', 0)",
        )
        .unwrap();
        migrate(&old).unwrap();
        migrate(&new).unwrap();
        assert_eq!((schema(&old).unwrap(), version(&old).unwrap()), (schema(&new).unwrap(), SCHEMA));
        let leans: i64 =
            old.query_row("SELECT password_leans_on_mfa FROM users", [], |row| row.get(0)).unwrap();
        assert_eq!(leans, 0);
    }

    #[test]
    fn e3_the_costs_of_the_passwords_of_an_older_store_are_known_and_counted() {
        let store = Connection::open_in_memory().unwrap();
        for migration in &MIGRATIONS[..13] {
            store.execute_batch(migration).unwrap();
        }
        store.pragma_update(None, "user_version", 13).unwrap();
        store
            .execute_batch(
                "INSERT INTO accounts (id, name, name_key, look, kind, status, created_at) \
                 VALUES ('acc_1', 'acme', 'acme', 'acme', 'cloud', 'enabled', 0)",
            )
            .unwrap();
        for (number, hash) in [
            Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$dGFn"),
            Some("$argon2id$v=19$m=19456,t=2,p=1,keyid=YWFhYWFhYWE$c2FsdA$dGFn"),
            Some("$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$dGFn"),
            Some("no hash"),
            None,
        ]
        .iter()
        .enumerate()
        {
            let sql = "INSERT INTO users (id, account_id, name, name_key, look, root, status, access_mode, \
                       login_protection, created_at, password_hash) \
                       VALUES (?1, 'acc_1', ?1, ?1, ?1, 0, 'enabled', 'default', 'none', 0, ?2)";
            store.execute(sql, (format!("usr_{number}"), hash)).unwrap();
        }
        migrate(&store).unwrap();
        let all = |sql: &str| {
            let mut statement = store.prepare(sql).unwrap();
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            statement.query_map([], row).unwrap().map(Result::unwrap).collect::<Vec<(String, i64)>>()
        };
        let (usual, dear) = ("argon2id m=19456,t=2,p=1", "argon2id m=65536,t=3,p=1");
        let counted = |rows: &[(&str, i64)]| {
            rows.iter().map(|(kind, users)| ((*kind).to_owned(), *users)).collect::<Vec<_>>()
        };
        let tally = "SELECT kind, users FROM hash_kinds WHERE users > 0 ORDER BY kind";
        assert_eq!(all(tally), counted(&[("", 2), (usual, 2), (dear, 1)]));
        store.execute_batch("DELETE FROM users WHERE id = 'usr_0'").unwrap();
        store.execute_batch("UPDATE users SET hash_kind = 'bcrypt 12' WHERE id = 'usr_2'").unwrap();
        assert_eq!(all(tally), counted(&[("", 2), (usual, 1), ("bcrypt 12", 1)]));
        store.execute_batch("DELETE FROM accounts").unwrap();
        assert_eq!(all(tally), []);
    }

    #[test]
    fn what_a_message_is_called_and_whether_it_arrived_outlives_the_move_to_its_row() {
        let store = Connection::open_in_memory().unwrap();
        for migration in &MIGRATIONS[..12] {
            store.execute_batch(migration).unwrap();
        }
        store.pragma_update(None, "user_version", 12).unwrap();
        for (id, reference, arrival) in [
            ("msg_1", Some("ref 1"), Some("delivered")),
            ("msg_2", Some("ref 2"), None),
            ("msg_3", None, Some("undelivered")),
            ("msg_4", None, None),
        ] {
            store
                .execute(
                    "INSERT INTO outbox (id, kind, priority, channel, key_id, sealed, state, attempts, created_at, \
                     due_at, expires_at) VALUES (?1, 'code', 0, 'email', 'k', x'00', 'done', 1, 0, 0, 1)",
                    [id],
                )
                .unwrap();
            store
                .execute(
                    "INSERT INTO receipts (message_id, key_id, reference, arrival) VALUES (?1, ?2, ?3, ?4)",
                    (id, reference.map(|_| "key 1"), reference.map(str::as_bytes), arrival),
                )
                .unwrap();
        }
        migrate(&store).unwrap();
        let rows = |sql: &str| {
            let mut statement = store.prepare(sql).unwrap();
            let row = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
            statement.query_map([], row).unwrap().map(Result::unwrap).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            rows(
                "SELECT concat_ws(' ', id, reference_key_id, CAST(reference AS TEXT)) FROM outbox ORDER BY id"
            ),
            "msg_1 key 1 ref 1; msg_2 key 1 ref 2; msg_3; msg_4"
        );
        assert_eq!(
            rows("SELECT message_id || ' ' || arrival FROM receipts ORDER BY message_id"),
            "msg_1 delivered; msg_3 undelivered"
        );
    }
}
