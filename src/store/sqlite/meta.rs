//! What the store keeps about itself, and purging.

use jiff::{SignedDuration, Timestamp};

use super::columns::{Connected, ms};
use crate::store::{Meta, Result};

/// Children before parents, although the foreign keys would cascade: so each is counted.
const PURGES: [&str; 14] = [
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
    // A policy counts failures of an hour, and locks for a day, at most.
    "DELETE FROM sign_in_failures WHERE coalesce(locked_until, failing_since, 0) < ?1",
    "DELETE FROM batch_secrets WHERE batch IN (SELECT number FROM batches WHERE ended_at < ?1)",
    "DELETE FROM batch_rows WHERE batch IN (SELECT number FROM batches WHERE ended_at < ?1)",
    "DELETE FROM batches WHERE ended_at < ?1",
    "DELETE FROM tallies WHERE since < ?1",
    // Failures in a row have a span of their own.
    "DELETE FROM budgets WHERE scope NOT IN ('guesses', 'guesses_of_person') AND at < ?1",
];

impl Meta for Connected<'_> {
    fn set_clock_back(&mut self, now: Timestamp, back: SignedDuration) -> Result<u64> {
        let back = i64::try_from(back.as_millis()).unwrap_or(i64::MAX);
        let ended = self.change(
            "UPDATE users INDEXED BY users_temporary SET password_expires_at = password_changed_at \
             WHERE password_expires_at > password_changed_at AND password_changed_at > ?1",
            [ms(now)],
        )?;
        self.change(
            "UPDATE sign_in_failures SET locked_until = locked_until - ?1, failing_since = failing_since - ?1 \
             WHERE locked_until IS NOT NULL OR failing_since IS NOT NULL",
            [back],
        )?;
        self.change(
            "UPDATE outbox SET created_at = min(created_at, ?1), due_at = due_at - ?2, lease_until = lease_until - ?2 \
             WHERE state IN ('queued', 'leased')",
            [ms(now), back],
        )?;
        self.change("UPDATE budgets SET at = ?1 WHERE at > ?1", [ms(now)])?;
        Ok(ended)
    }

    fn meta(&mut self, key: &'static str) -> Result<Option<String>> {
        self.one("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get("value"))
    }

    fn set_meta(&mut self, key: &'static str, value: &str) -> Result<()> {
        self.apply(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )
    }

    fn purge(&mut self, before: Timestamp) -> Result<u64> {
        let mut purged = 0;
        for sql in PURGES {
            purged += self.change(sql, [ms(before)])?;
        }
        // The count of those without a password always has its row.
        self.apply("DELETE FROM hash_kinds WHERE users = 0 AND kind <> ''", [])?;
        Ok(purged)
    }
}
