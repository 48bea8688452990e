//! Virtual MFA.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, time, time_maybe};
use crate::domain::mfa::StoredMfa;
use crate::store::{Mfa, Result};

/// One authenticator a user, so the user's id is the row's.
pub(super) const SELECT: &str =
    "SELECT user_id, user_id AS id, key_id, sealed, enrolled_at, bound_at, last_step FROM mfa";

pub(super) fn stored(row: &Row<'_>) -> Result<StoredMfa> {
    Ok(StoredMfa {
        user_id: get(row, "user_id")?,
        key_id: get(row, "key_id")?,
        sealed: get(row, "sealed")?,
        enrolled_at: time(row, "enrolled_at")?,
        bound_at: time_maybe(row, "bound_at")?,
        last_step: get::<Option<i64>>(row, "last_step")?.map(i64::cast_unsigned),
    })
}

impl Mfa for Connected<'_> {
    fn mfa(&mut self, user_id: &str) -> Result<Option<StoredMfa>> {
        self.one(&format!("{SELECT} WHERE user_id = ?1"), [user_id], stored)
    }

    fn enrol_mfa(&mut self, mfa: &StoredMfa) -> Result<bool> {
        self.change_if(
            "INSERT INTO mfa (user_id, key_id, sealed, enrolled_at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (user_id) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, \
             enrolled_at = excluded.enrolled_at WHERE bound_at IS NULL",
            params![mfa.user_id, mfa.key_id, mfa.sealed, ms(mfa.enrolled_at)],
        )
    }

    fn bind_mfa(&mut self, user_id: &str, at: Timestamp, step: u64) -> Result<bool> {
        self.change_if(
            "UPDATE mfa SET bound_at = ?2, last_step = ?3 WHERE user_id = ?1 AND bound_at IS NULL",
            params![user_id, ms(at), step.cast_signed()],
        )
    }

    fn use_mfa_step(&mut self, user_id: &str, step: u64) -> Result<bool> {
        self.change_if(
            "UPDATE mfa SET last_step = ?2 \
             WHERE user_id = ?1 AND bound_at IS NOT NULL AND (last_step IS NULL OR last_step < ?2)",
            params![user_id, step.cast_signed()],
        )
    }

    fn delete_mfa(&mut self, user_id: &str) -> Result<bool> {
        self.change_if("DELETE FROM mfa WHERE user_id = ?1", [user_id])
    }
}
