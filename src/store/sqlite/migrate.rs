//! Numbered migrations, applied in one transaction.

use std::path::Path;

use rusqlite::Connection;

use super::errors::engine;
use super::open::{APPLICATION_ID, SCHEMA};
use crate::store::StoreError;

/// Migration `n` brings schema `n - 1` to `n`.
const MIGRATIONS: [&str; 10] = [
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
];

/// Brings the schema up to date, all of it or nothing; cheap when there is nothing to do.
pub(super) fn migrate(connection: &Connection) -> Result<(), StoreError> {
    if version(connection)? == SCHEMA {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE").map_err(engine)?;
    let result = apply(connection);
    connection.execute_batch(if result.is_ok() { "COMMIT" } else { "ROLLBACK" }).map_err(engine)?;
    result
}

fn apply(connection: &Connection) -> Result<(), StoreError> {
    // Read again: another process may have migrated while this one waited for the lock.
    let from = usize::try_from(version(connection)?).unwrap_or(0);
    for sql in &MIGRATIONS[from.min(MIGRATIONS.len())..] {
        connection.execute_batch(sql).map_err(engine)?;
    }
    connection.pragma_update(None, "user_version", SCHEMA).map_err(engine)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(engine)
}

/// Refuses a schema that is none of ours, as far as can be told in no time: [`super::care::check`] compares all
/// of it. What stands in the file and is to run is found word for word in a migration.
pub(super) fn recognise(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let mut statement = connection
        .prepare("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')")
        .map_err(engine)?;
    let mut rows = statement.query([]).map_err(engine)?;
    while let Some(row) = rows.next().map_err(engine)? {
        let sql: String = row.get(1).map_err(engine)?;
        if !MIGRATIONS.iter().any(|migration| migration.contains(&sql)) {
            return Err(StoreError::Tampered { path: path.to_owned(), part: row.get(0).map_err(engine)? });
        }
    }
    Ok(())
}

/// Whether a file that bears our mark has lost the number of its schema: only one without tables has none.
pub(super) fn is_numbered(connection: &Connection) -> Result<bool, StoreError> {
    if version(connection)? != 0 {
        return Ok(true);
    }
    let empty = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
    connection.query_row(empty, [], |row| row.get(0)).map_err(engine)
}

/// The schema the file has; 0 is an empty file.
pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(connection: &Connection) -> Vec<String> {
        let mut statement = connection.prepare("SELECT sql FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        rows.map(|sql| sql.unwrap().unwrap_or_default()).collect()
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
        assert_eq!((schema(&old), version(&old).unwrap()), (schema(&new), SCHEMA));
        let leans: i64 =
            old.query_row("SELECT password_leans_on_mfa FROM users", [], |row| row.get(0)).unwrap();
        assert_eq!(leans, 0);
    }
}
