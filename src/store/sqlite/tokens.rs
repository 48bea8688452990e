//! Setup tokens.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, time, time_maybe, word};
use crate::domain::token::{SetupToken, State};
use crate::store::{Result, Tokens};

pub(super) const SELECT: &str = "SELECT id, user_id, hash, occasion, state, contact_id, removes_mfa, created_at, expires_at FROM setup_tokens";

pub(super) fn token(row: &Row<'_>) -> Result<SetupToken> {
    Ok(SetupToken {
        id: get(row, "id")?,
        user_id: get(row, "user_id")?,
        hash: get(row, "hash")?,
        occasion: word(row, "occasion")?,
        state: word(row, "state")?,
        contact_id: get(row, "contact_id")?,
        removes_mfa: time_maybe(row, "removes_mfa")?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

impl Tokens for Connected<'_> {
    fn insert_token(&mut self, token: &SetupToken) -> Result<()> {
        self.insert(
            "setup_tokens",
            &[
                ("id", &token.id),
                ("user_id", &token.user_id),
                ("hash", &token.hash),
                ("occasion", &token.occasion.as_str()),
                ("state", &token.state.as_str()),
                ("contact_id", &token.contact_id),
                ("removes_mfa", &token.removes_mfa.map(ms)),
                ("created_at", &ms(token.created_at)),
                ("expires_at", &ms(token.expires_at)),
            ],
        )
    }

    fn token_by_hash(&mut self, hash: &[u8]) -> Result<Option<SetupToken>> {
        self.one(&format!("{SELECT} WHERE hash = ?1"), [hash], token)
    }

    fn live_token(&mut self, user_id: &str) -> Result<Option<SetupToken>> {
        self.one(&format!("{SELECT} WHERE user_id = ?1 AND state = 'live'"), [user_id], token)
    }

    fn use_token(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        self.change_if(
            "UPDATE setup_tokens SET state = 'used' \
             WHERE id = ?1 AND state = 'live' AND expires_at > ?2 AND created_at <= ?2",
            params![id, ms(now)],
        )
    }

    fn end_tokens(&mut self, user_id: &str, to: State) -> Result<u64> {
        self.change(
            "UPDATE setup_tokens SET state = ?2 WHERE user_id = ?1 AND state = 'live'",
            params![user_id, to.as_str()],
        )
    }

    fn expire_tokens(&mut self, now: Timestamp) -> Result<u64> {
        self.change(
            "UPDATE setup_tokens SET state = 'expired' WHERE state = 'live' AND (expires_at <= ?1 OR created_at > ?1)",
            [ms(now)],
        )
    }
}
