//! Proofs of operation protection, and what is noted about a user for the upkeep.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, count, get, ms, time, time_maybe};
use crate::domain::protection::StoredProof;
use crate::store::{Proofs, Result};

pub(super) const SELECT: &str =
    "SELECT user_id, user_id AS id, source, contact_id, epoch, proven_at, key_id, tag FROM proofs";

pub(super) fn stored(row: &Row<'_>) -> Result<StoredProof> {
    Ok(StoredProof {
        user_id: get(row, "user_id")?,
        source: get(row, "source")?,
        contact_id: get(row, "contact_id")?,
        epoch: count(row, "epoch")?,
        proven_at: time(row, "proven_at")?,
        key_id: get(row, "key_id")?,
        tag: get(row, "tag")?,
    })
}

impl Proofs for Connected<'_> {
    fn proof(&mut self, user_id: &str, source: &str) -> Result<Option<StoredProof>> {
        self.one(&format!("{SELECT} WHERE user_id = ?1 AND source = ?2"), [user_id, source], stored)
    }

    fn put_proof(&mut self, proof: &StoredProof) -> Result<()> {
        self.change_one(
            "INSERT INTO proofs (user_id, source, contact_id, epoch, proven_at, key_id, tag) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (user_id, source) DO UPDATE SET \
             contact_id = excluded.contact_id, epoch = excluded.epoch, proven_at = excluded.proven_at, \
             key_id = excluded.key_id, tag = excluded.tag",
            params![
                proof.user_id,
                proof.source,
                proof.contact_id,
                proof.epoch.cast_signed(),
                ms(proof.proven_at),
                proof.key_id,
                proof.tag
            ],
        )
    }

    fn end_proofs(&mut self, user_id: &str) -> Result<u64> {
        self.change("DELETE FROM proofs WHERE user_id = ?1", [user_id])
    }

    fn expire_proofs(&mut self, given_until: Timestamp) -> Result<u64> {
        self.change("DELETE FROM proofs WHERE proven_at <= ?1", [ms(given_until)])
    }

    fn expiry_notified(&mut self, user_id: &str) -> Result<Option<u64>> {
        let told = self.one("SELECT expiry_told FROM users WHERE id = ?1", [user_id], |row| {
            get::<Option<i64>>(row, "expiry_told")
        })?;
        Ok(told.flatten().map(i64::cast_unsigned))
    }

    fn set_expiry_notified(&mut self, user_id: &str, epoch: u64) -> Result<()> {
        self.change_one(
            "UPDATE users SET expiry_told = ?2 WHERE id = ?1",
            params![user_id, epoch.cast_signed()],
        )
    }

    fn active_from(&mut self, user_id: &str) -> Result<Option<Timestamp>> {
        let at = self.one("SELECT active_from FROM users WHERE id = ?1", [user_id], |row| {
            time_maybe(row, "active_from")
        })?;
        Ok(at.flatten())
    }

    fn set_active_from(&mut self, user_id: &str, at: Timestamp) -> Result<()> {
        self.change_one("UPDATE users SET active_from = ?2 WHERE id = ?1", params![user_id, ms(at)])
    }
}
