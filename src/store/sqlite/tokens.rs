//! Setup tokens.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, time, word};
use crate::domain::token::{SetupToken, State};
use crate::store::{StoreError, Tokens};

pub(super) const SELECT: &str =
    "SELECT id, user_id, hash, occasion, state, contact_id, created_at, expires_at FROM setup_tokens";

pub(super) fn token(row: &Row<'_>) -> Result<SetupToken, StoreError> {
    Ok(SetupToken {
        id: get(row, "id")?,
        user_id: get(row, "user_id")?,
        hash: get(row, "hash")?,
        occasion: word(row, "occasion")?,
        state: word(row, "state")?,
        contact_id: get(row, "contact_id")?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

impl Tokens for Connected<'_> {
    fn insert_token(&mut self, token: &SetupToken) -> Result<(), StoreError> {
        self.change_one(
            "INSERT INTO setup_tokens (id, user_id, hash, occasion, state, contact_id, created_at, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                token.id,
                token.user_id,
                token.hash,
                token.occasion.as_str(),
                token.state.as_str(),
                token.contact_id,
                ms(token.created_at),
                ms(token.expires_at)
            ],
        )
    }

    fn token_by_hash(&mut self, hash: &[u8]) -> Result<Option<SetupToken>, StoreError> {
        self.one(&format!("{SELECT} WHERE hash = ?1"), [hash], token)
    }

    fn live_token(&mut self, user_id: &str) -> Result<Option<SetupToken>, StoreError> {
        self.one(&format!("{SELECT} WHERE user_id = ?1 AND state = 'live'"), [user_id], token)
    }

    fn use_token(&mut self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.change_if(
            "UPDATE setup_tokens SET state = 'used' \
             WHERE id = ?1 AND state = 'live' AND expires_at > ?2 AND created_at <= ?2",
            params![id, ms(now)],
        )
    }

    fn end_tokens(&mut self, user_id: &str, to: State) -> Result<u64, StoreError> {
        self.change(
            "UPDATE setup_tokens SET state = ?2 WHERE user_id = ?1 AND state = 'live'",
            params![user_id, to.as_str()],
        )
    }

    fn expire_tokens(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(
            "UPDATE setup_tokens SET state = 'expired' WHERE state = 'live' AND (expires_at <= ?1 OR created_at > ?1)",
            [ms(now)],
        )
    }
}
