//! Setup tokens.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms};
use crate::domain::Channel;
use crate::domain::code::{EndReason, State as CodeState};
use crate::domain::token::{SetupToken, State};
use crate::store::{Result, Tokens, TokensOf};

pub(super) const SELECT: &str = "SELECT id, user_id, hash, occasion, state, contact_id, channel, destination, message_id, \
     removes_mfa, created_at, expires_at FROM setup_tokens";

pub(super) fn token(row: &mut Columns<'_>) -> Result<SetupToken> {
    Ok(SetupToken {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        hash: row.get("hash")?,
        occasion: row.word("occasion")?,
        state: row.word("state")?,
        contact_id: row.get("contact_id")?,
        channel: row.word_maybe("channel")?,
        destination: row.get("destination")?,
        message_id: row.get("message_id")?,
        removes_mfa: row.time_maybe("removes_mfa")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

impl Tokens for Connected<'_> {
    fn insert_token(&mut self, token: &SetupToken) -> Result<()> {
        let delivery = if token.message_id.is_some() { CodeState::Queued } else { CodeState::Sent };
        self.insert(
            "setup_tokens",
            &[
                ("id", &token.id),
                ("user_id", &token.user_id),
                ("hash", &token.hash),
                ("occasion", &token.occasion.as_str()),
                ("state", &token.state.as_str()),
                ("contact_id", &token.contact_id),
                ("channel", &token.channel.map(Channel::as_str)),
                ("destination", &token.destination),
                ("message_id", &token.message_id),
                ("delivery", &delivery.as_str()),
                ("removes_mfa", &token.removes_mfa.map(ms)),
                ("created_at", &ms(token.created_at)),
                ("expires_at", &ms(token.expires_at)),
            ],
        )
    }

    fn token_by_hash(&mut self, hash: &[u8]) -> Result<Option<SetupToken>> {
        self.one(&format!("{SELECT} WHERE hash = ?1"), [hash], token)
    }

    fn token(&mut self, id: &str) -> Result<Option<SetupToken>> {
        self.one(&format!("{SELECT} WHERE id = ?1"), [id], token)
    }

    fn live_token(&mut self, user_id: &str) -> Result<Option<SetupToken>> {
        self.one(&format!("{SELECT} WHERE user_id = ?1 AND state = 'live'"), [user_id], token)
    }

    fn with_live_tokens(&mut self, user_ids: &[&str], now: Timestamp) -> Result<HashSet<String>> {
        let mut found = HashSet::new();
        // One statement for all of them would look each up, too, and none is sent anywhere.
        for user_id in user_ids {
            found.extend(self.one(
                "SELECT user_id FROM setup_tokens \
                 WHERE user_id = ?1 AND state = 'live' AND expires_at > ?2 AND created_at <= ?2",
                params![user_id, ms(now)],
                |row| row.get("user_id"),
            )?);
        }
        Ok(found)
    }

    fn use_token(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        self.change_if(
            "UPDATE setup_tokens SET state = 'used', state_reason = NULL \
             WHERE id = ?1 AND state = 'live' AND expires_at > ?2 AND created_at <= ?2",
            params![id, ms(now)],
        )
    }

    fn end_tokens(&mut self, of: TokensOf<'_>, reason: EndReason) -> Result<u64> {
        let (which, value) = match of {
            TokensOf::Everyone => ("?1 IS NULL", None),
            TokensOf::User(id) => ("user_id = ?1", Some(id)),
            TokensOf::Contact(id) => ("contact_id = ?1", Some(id)),
            TokensOf::One(id) => ("id = ?1", Some(id)),
        };
        self.change(
            &format!(
                "UPDATE setup_tokens SET state = ?2, state_reason = ?3 WHERE state = 'live' AND {which}"
            ),
            params![value, State::ended_by(reason).as_str(), reason.as_str()],
        )
    }

    fn set_token_delivery(
        &mut self,
        message_id: &str,
        state: CodeState,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        self.apply(
            "UPDATE setup_tokens SET delivery = ?2, \
             state_reason = CASE WHEN state = 'live' THEN ?3 ELSE state_reason END, \
             delivered_at = CASE WHEN ?2 = 'sent' THEN ?4 ELSE delivered_at END \
             WHERE message_id = ?1 AND delivery = 'queued'",
            params![message_id, state.as_str(), reason, ms(at)],
        )
    }

    fn expire_tokens(&mut self, now: Timestamp) -> Result<u64> {
        self.change(
            "UPDATE setup_tokens SET state = 'expired', state_reason = NULL WHERE state = 'live' AND expires_at <= ?1",
            [ms(now)],
        )
    }
}
