//! Users, always with their contacts: one statement a page.

use rusqlite::params;

use super::callers::disowned;
use super::columns::{Columns, Connected, literally, ms};
use super::contacts::{add_contacts, contact_columns};
use super::proofs;
use crate::domain::hash_scheme::HashKind;
use crate::domain::{Channel, Credential, StoredHash, User};
use crate::store::{Result, Search, UserPlace, Users};

/// A user with its account and all possible contacts in one row: of each channel a verified one, and one that is not.
pub(super) const SELECT: &str = concat!(
    "SELECT u.id, u.account_id, a.name AS account, a.status AS account_status, a.kind AS account_kind, u.name, u.root, \
     u.status, u.description, u.access_mode, u.login_protection, u.password_hash, u.hash_kind, \
     u.must_change, u.password_changed_at, u.password_expires_at, u.password_leans_on_mfa, u.epoch, l.failures, l.failing_since, \
     l.locked_until, u.disowned_at, u.disowned_notice, u.disowned_about, u.disowned_key, u.disowned_sealed, \
     u.last_login_at, u.created_at, u.external_id, f.user_id IS NOT NULL AS mfa, ",
    contact_columns!("e"),
    ", ",
    contact_columns!("ep"),
    ", ",
    contact_columns!("m"),
    ", ",
    contact_columns!("mp"),
    " FROM users u JOIN accounts a ON a.id = u.account_id \
     LEFT JOIN contacts e ON e.user_id = u.id AND e.channel = 'email' AND e.verified_at IS NOT NULL \
     LEFT JOIN contacts ep ON ep.user_id = u.id AND ep.channel = 'email' AND ep.verified_at IS NULL \
     LEFT JOIN contacts m ON m.user_id = u.id AND m.channel = 'mobile' AND m.verified_at IS NOT NULL \
     LEFT JOIN contacts mp ON mp.user_id = u.id AND mp.channel = 'mobile' AND mp.verified_at IS NULL \
     LEFT JOIN mfa f ON f.user_id = u.id AND f.bound_at IS NOT NULL \
     LEFT JOIN sign_in_failures l ON l.subject = u.id"
);

pub(super) fn user(row: &mut Columns<'_>) -> Result<User> {
    let mut user = User {
        id: row.get("id")?,
        account_id: row.get("account_id")?,
        account: row.get("account")?,
        account_status: row.word("account_status")?,
        account_kind: row.word("account_kind")?,
        name: row.get("name")?,
        root: row.get("root")?,
        status: row.word("status")?,
        description: row.get("description")?,
        access_mode: row.word("access_mode")?,
        login_protection: row.word("login_protection")?,
        credential: Credential {
            hash: stored_hash(row)?,
            must_change: row.get("must_change")?,
            changed_at: row.time_maybe("password_changed_at")?,
            expires_at: row.time_maybe("password_expires_at")?,
            leans_on_mfa: row.get("password_leans_on_mfa")?,
            epoch: row.count("epoch")?,
        },
        failures: proofs::failures(row)?,
        disowned: disowned(row)?,
        last_login_at: row.time_maybe("last_login_at")?,
        created_at: row.time("created_at")?,
        external_id: row.get("external_id")?,
        mfa: row.get("mfa")?,
        contacts: Vec::new(),
        pending: Vec::new(),
    };
    add_contacts(row, &mut user)?;
    Ok(user)
}

fn stored_hash(row: &mut Columns<'_>) -> Result<Option<StoredHash>> {
    let (hash, kind) = (row.get::<Option<String>>("password_hash")?, row.word_maybe("hash_kind")?);
    Ok(hash.map(|hash| StoredHash::new(hash, kind)))
}

impl Users for Connected<'_> {
    fn insert_user(&mut self, user: &User, key: &str, skeleton: &str) -> Result<()> {
        let credential = &user.credential;
        self.insert(
            "users",
            &[
                ("id", &user.id),
                ("account_id", &user.account_id),
                ("name", &user.name),
                ("name_key", &key),
                ("look", &skeleton),
                ("root", &user.root),
                ("status", &user.status.as_str()),
                ("description", &user.description),
                ("access_mode", &user.access_mode.as_str()),
                ("login_protection", &user.login_protection.as_str()),
                ("password_hash", &credential.hash.as_ref().map(StoredHash::as_str)),
                ("hash_kind", &credential.kind().map(HashKind::to_string)),
                ("must_change", &credential.must_change),
                ("password_changed_at", &credential.changed_at.map(ms)),
                ("password_expires_at", &credential.expires_at.map(ms)),
                ("epoch", &credential.epoch.cast_signed()),
                ("created_at", &ms(user.created_at)),
                ("external_id", &user.external_id),
            ],
        )
    }

    fn user_by_id(&mut self, id: &str) -> Result<Option<User>> {
        self.one(&format!("{SELECT} WHERE u.id = ?1"), [id], user)
    }

    fn user_by_key(&mut self, account_key: &str, user_key: &str) -> Result<Option<User>> {
        self.one(
            &format!("{SELECT} WHERE a.name_key = ?1 AND u.name_key = ?2"),
            [account_key, user_key],
            user,
        )
    }

    fn user_by_contact(
        &mut self,
        channel: Channel,
        key: &str,
        account_key: Option<&str>,
    ) -> Result<Option<User>> {
        self.one(
            &format!(
                "{SELECT} JOIN contacts c ON c.user_id = u.id \
                 WHERE c.channel = ?1 AND c.address_key = ?2 AND c.verified_at IS NOT NULL \
                 AND (?3 IS NULL OR (a.name_key = ?3 AND u.root = 0))"
            ),
            params![channel.as_str(), key, account_key],
            user,
        )
    }

    fn user_by_address(&mut self, account_id: &str, channel: Channel, key: &str) -> Result<Option<User>> {
        // Without the plus, all of a large account could be read for one contact.
        self.one(
            &format!(
                "{SELECT} WHERE u.id = (SELECT user_id FROM contacts WHERE channel = ?2 AND address_key = ?3) \
                 AND +u.account_id = ?1"
            ),
            [account_id, channel.as_str(), key],
            user,
        )
    }

    fn user_by_external_id(&mut self, account_id: &str, external_id: &str) -> Result<Option<User>> {
        self.one(
            &format!("{SELECT} WHERE u.account_id = ?1 AND u.external_id = ?2"),
            [account_id, external_id],
            user,
        )
    }

    fn user_called(
        &mut self,
        account_id: &str,
        key: &str,
        skeleton: &str,
    ) -> Result<Option<(String, String)>> {
        self.one(
            "SELECT id, name FROM users WHERE account_id = ?1 AND name_key = ?2 \
             UNION ALL SELECT id, name FROM users WHERE account_id = ?1 AND look = ?3 LIMIT 1",
            [account_id, key, skeleton],
            |row| Ok((row.get("id")?, row.get("name")?)),
        )
    }

    fn users_page(
        &mut self,
        account_id: Option<&str>,
        after: Option<&UserPlace>,
        limit: u32,
    ) -> Result<Vec<User>> {
        let within = |tx: &mut Self, account: &str, after: &str| {
            tx.many(
                &format!("{SELECT} WHERE u.account_id = ?1 AND u.name_key > ?2 ORDER BY u.name_key LIMIT ?3"),
                params![account, after, limit],
                user,
            )
        };
        match (account_id, after) {
            (Some(account), None) => self.many(
                &format!("{SELECT} WHERE u.account_id = ?1 ORDER BY u.name_key LIMIT ?2"),
                params![account, limit],
                user,
            ),
            (Some(account), Some(place)) => within(self, account, &place.key),
            // Every page costs the same however far it is: the rest of an account by one index, the accounts
            // after it by another.
            (None, after) => {
                let mut page = match after {
                    Some(place) => within(self, &place.account_id, &place.key)?,
                    None => Vec::new(),
                };
                let left = limit.saturating_sub(u32::try_from(page.len()).unwrap_or(limit));
                page.extend(self.many(
                    &format!("{SELECT} WHERE a.name_key > ?1 ORDER BY a.name_key, u.name_key LIMIT ?2"),
                    params![after.map_or("", |place| place.account_key.as_str()), left],
                    user,
                )?);
                Ok(page)
            }
        }
    }

    fn names_beginning(
        &mut self,
        account_key: &str,
        user_key: Option<&str>,
        limit: u32,
    ) -> Result<Vec<String>> {
        // Folded names are ASCII: nothing that begins with the text sorts behind the text and this.
        let last = |text: &str| format!("{text}\u{10FFFF}");
        match user_key {
            None => self.many(
                "SELECT name AS whole FROM accounts WHERE name_key >= ?1 AND name_key < ?2 \
                 ORDER BY name_key LIMIT ?3",
                params![account_key, last(account_key), limit],
                |row| row.get("whole"),
            ),
            Some(user_key) => self.many(
                "SELECT a.name || '/' || u.name AS whole FROM accounts a JOIN users u ON u.account_id = a.id \
                 WHERE a.name_key = ?1 AND u.root = 0 AND u.name_key >= ?2 AND u.name_key < ?3 \
                 ORDER BY u.name_key LIMIT ?4",
                params![account_key, user_key, last(user_key), limit],
                |row| row.get("whole"),
            ),
        }
    }

    fn find_users(&mut self, search: &Search<'_>, limit: u32) -> Result<Vec<User>> {
        self.many(
            &format!(
                "{SELECT} WHERE u.name LIKE ?1 ESCAPE '\\' OR a.name || '/' || u.name LIKE ?1 ESCAPE '\\' \
                 OR u.description LIKE ?1 ESCAPE '\\' \
                 OR ?2 IN (e.address_key, ep.address_key, m.address_key, mp.address_key) \
                 OR (?3 AND (e.address LIKE ?1 ESCAPE '\\' OR ep.address LIKE ?1 ESCAPE '\\' \
                 OR m.address LIKE ?1 ESCAPE '\\' OR mp.address LIKE ?1 ESCAPE '\\')) \
                 OR u.external_id = ?5 OR u.id = ?5 OR a.id = ?5 \
                 ORDER BY a.name_key, u.name_key LIMIT ?4"
            ),
            params![
                literally(search.text),
                search.address_key,
                search.parts_of_addresses,
                limit,
                search.text
            ],
            user,
        )
    }

    fn users_by_digits(&mut self, digits: &str, anywhere: bool, limit: u32) -> Result<Vec<User>> {
        self.many(
            &format!(
                "{SELECT} WHERE m.address LIKE '%' || ?1 || CASE WHEN ?2 THEN '%' ELSE '' END \
                 OR mp.address LIKE '%' || ?1 || CASE WHEN ?2 THEN '%' ELSE '' END \
                 ORDER BY a.name_key, u.name_key LIMIT ?3"
            ),
            params![digits, anywhere, limit],
            user,
        )
    }

    fn update_user(&mut self, user: &User, key: &str, skeleton: &str) -> Result<()> {
        self.change_one(
            "UPDATE users SET name = ?2, name_key = ?3, look = ?4, status = ?5, description = ?6, \
             access_mode = ?7, login_protection = ?8, must_change = ?9, external_id = ?10 WHERE id = ?1",
            params![
                user.id,
                user.name,
                key,
                skeleton,
                user.status.as_str(),
                user.description,
                user.access_mode.as_str(),
                user.login_protection.as_str(),
                user.credential.must_change,
                user.external_id
            ],
        )
    }

    fn delete_user(&mut self, id: &str) -> Result<()> {
        self.change("DELETE FROM sign_in_failures WHERE subject = ?1", [id])?;
        self.change_one("DELETE FROM users WHERE id = ?1", [id])
    }
}
