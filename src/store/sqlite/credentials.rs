//! Passwords and their history.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Connected, ms};
use crate::domain::{Credential, StoredHash};
use crate::store::{Credentials, Result};

impl Credentials for Connected<'_> {
    fn set_credential(&mut self, user_id: &str, credential: &Credential) -> Result<bool> {
        self.change_if(
            "UPDATE users SET password_hash = ?2, must_change = ?3, password_changed_at = ?4, \
             password_expires_at = ?5, epoch = ?6, password_leans_on_mfa = ?7 WHERE id = ?1 AND epoch = ?6 - 1",
            params![
                user_id,
                credential.hash.as_ref().map(StoredHash::as_phc),
                credential.must_change,
                credential.changed_at.map(ms),
                credential.expires_at.map(ms),
                credential.epoch.cast_signed(),
                credential.leans_on_mfa
            ],
        )
    }

    fn upgrade_hash(&mut self, user_id: &str, from: &StoredHash, to: &StoredHash) -> Result<bool> {
        self.change_if(
            "UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2",
            params![user_id, from.as_phc(), to.as_phc()],
        )
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
