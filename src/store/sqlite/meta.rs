//! What the store keeps about itself, and purging.

use jiff::Timestamp;

use super::columns::{Connected, get, ms};
use crate::store::{Meta, StoreError};

/// Children before parents, although the foreign keys would cascade: so each is counted.
const PURGES: [&str; 9] = [
    "DELETE FROM outbox WHERE state IN ('done', 'failed') AND created_at < ?1",
    "DELETE FROM challenges WHERE state NOT IN ('sent', 'confirmed') AND created_at < ?1",
    "DELETE FROM notices WHERE state <> 'live' AND created_at < ?1",
    "DELETE FROM codes WHERE open = 0 AND created_at < ?1",
    "DELETE FROM registrations WHERE request_id IN \
     (SELECT id FROM requests WHERE state IN ('done', 'expired', 'cancelled') AND created_at < ?1)",
    "DELETE FROM requests WHERE state IN ('done', 'expired', 'cancelled') AND created_at < ?1 \
     AND NOT EXISTS (SELECT 1 FROM codes WHERE request_id = requests.id)",
    "DELETE FROM appeals WHERE claims_gone_at < ?1",
    "DELETE FROM setup_tokens WHERE state <> 'live' AND created_at < ?1",
    // Failures in a row count however long ago they were.
    "DELETE FROM budgets WHERE scope <> 'guesses' AND at < ?1",
];

impl Meta for Connected<'_> {
    fn meta(&mut self, key: &'static str) -> Result<Option<String>, StoreError> {
        self.one("SELECT value FROM meta WHERE key = ?1", [key], |row| get(row, "value"))
    }

    fn set_meta(&mut self, key: &'static str, value: &str) -> Result<(), StoreError> {
        self.change(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )
        .map(|_| ())
    }

    fn purge(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let mut purged = 0;
        for sql in PURGES {
            purged += self.change(sql, [ms(before)])? as u64;
        }
        Ok(purged)
    }
}
