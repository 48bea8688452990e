//! Numbered migrations, applied in one transaction.

use rusqlite::Connection;

use super::errors::engine;
use super::open::{APPLICATION_ID, SCHEMA};
use crate::store::StoreError;

/// Migration `n` brings schema `n - 1` to `n`.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_identities.sql")];

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

/// The schema the file has; 0 is an empty file.
pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(engine)
}
