//! Passwords and their history.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms};
use crate::domain::hash_scheme::{HashKind, HashTally};
use crate::domain::{Credential, StoredHash};
use crate::store::{Credentials, Result, StoreError};

pub(super) const TALLIES: &str =
    "SELECT kind, users, kind AS id FROM hash_kinds WHERE users > 0 ORDER BY kind";

pub(super) fn tally(row: &mut Columns<'_>) -> Result<HashTally> {
    let kind = row.text("kind")?;
    let kind = (!kind.is_empty()).then(|| kind.parse()).transpose();
    let kind = kind.map_err(|_| StoreError::Unreadable { column: "kind" })?;
    Ok(HashTally { kind, users: row.count("users")? })
}

impl Credentials for Connected<'_> {
    fn set_credential(&mut self, user_id: &str, credential: &Credential) -> Result<bool> {
        self.change_if(
            "UPDATE users SET password_hash = ?2, must_change = ?3, password_changed_at = ?4, \
             password_expires_at = ?5, epoch = ?6, password_leans_on_mfa = ?7, hash_kind = ?8 \
             WHERE id = ?1 AND epoch = ?6 - 1",
            params![
                user_id,
                credential.hash.as_ref().map(StoredHash::as_str),
                credential.must_change,
                credential.changed_at.map(ms),
                credential.expires_at.map(ms),
                credential.epoch.cast_signed(),
                credential.leans_on_mfa,
                credential.kind().map(HashKind::to_string)
            ],
        )
    }

    fn upgrade_hash(&mut self, user_id: &str, from: &StoredHash, to: &StoredHash) -> Result<bool> {
        self.change_if(
            "UPDATE users SET password_hash = ?3, hash_kind = ?4 WHERE id = ?1 AND password_hash = ?2",
            params![user_id, from.as_str(), to.as_str(), to.kind().map(HashKind::to_string)],
        )
    }

    fn hash_tallies(&mut self, account_id: Option<&str>) -> Result<Vec<HashTally>> {
        match account_id {
            None => self.many(TALLIES, [], tally),
            Some(account_id) => self.many(
                "SELECT coalesce(hash_kind, '') AS kind, count(*) AS users FROM users WHERE account_id = ?1 \
                 GROUP BY hash_kind ORDER BY hash_kind",
                [account_id],
                tally,
            ),
        }
    }

    fn move_epochs(&mut self, by: u32) -> Result<u64> {
        self.change("UPDATE users SET epoch = epoch + ?1", [by])
    }

    fn expire_passwords(&mut self, now: Timestamp) -> Result<u64> {
        // By name: without statistics SQLite may prefer to read every user.
        self.change(
            "UPDATE users INDEXED BY users_temporary SET password_expires_at = password_changed_at \
             WHERE password_expires_at > password_changed_at AND password_expires_at <= ?1",
            [ms(now)],
        )
    }

    fn set_last_login(&mut self, user_id: &str, at: Timestamp) -> Result<()> {
        self.change_one("UPDATE users SET last_login_at = ?2 WHERE id = ?1", params![user_id, ms(at)])
    }

    fn password_history(&mut self, user_id: &str, limit: u32) -> Result<Vec<(String, Vec<u8>)>> {
        self.many(
            "SELECT key_id, sealed FROM password_history WHERE user_id = ?1 ORDER BY id DESC LIMIT ?2",
            params![user_id, limit],
            |row| Ok((row.get("key_id")?, row.get("sealed")?)),
        )
    }

    fn add_to_history(
        &mut self,
        user_id: &str,
        at: Timestamp,
        key_id: &str,
        sealed: &[u8],
        keep: u32,
    ) -> Result<()> {
        self.insert(
            "password_history",
            &[("user_id", &user_id), ("at", &ms(at)), ("key_id", &key_id), ("sealed", &sealed)],
        )?;
        self.change(
            "DELETE FROM password_history WHERE user_id = ?1 AND id NOT IN \
             (SELECT id FROM password_history WHERE user_id = ?1 ORDER BY id DESC LIMIT ?2)",
            params![user_id, keep],
        )?;
        Ok(())
    }
}
