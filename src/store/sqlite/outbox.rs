//! The outbox.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, count, get, ms, small, time, time_maybe, word};
use crate::domain::address::Channel;
use crate::domain::outbox::{Kind, Outgoing, State};
use crate::store::{Outbox, StoreError, ensure_rows};

/// For a check: a message that waits no more holds nothing any more.
pub(super) const SELECT: &str = "SELECT id, kind, channel, code_id, user_id, key_id, \
     CASE WHEN state IN ('queued', 'leased') THEN sealed ELSE coalesce(sealed, x'') END AS sealed, state, \
     attempts, created_at, due_at, expires_at FROM outbox";

pub(super) fn outgoing(row: &Row<'_>) -> Result<Outgoing, StoreError> {
    Ok(Outgoing {
        id: get(row, "id")?,
        kind: word(row, "kind")?,
        channel: word(row, "channel")?,
        code_id: get(row, "code_id")?,
        user_id: get(row, "user_id")?,
        key_id: get(row, "key_id")?,
        sealed: get(row, "sealed")?,
        state: word(row, "state")?,
        attempts: small(row, "attempts")?,
        created_at: time(row, "created_at")?,
        due_at: time(row, "due_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

/// Codes go out before notices: people wait for them.
fn priority(kind: Kind) -> u8 {
    match kind {
        Kind::Code => 0,
        Kind::Setup => 1,
        Kind::Notice => 2,
    }
}

/// Ends waiting messages and wipes what they hold.
const WITHDRAW: &str = "UPDATE outbox SET state = 'failed', sealed = NULL, last_error = 'withdrawn' WHERE state IN ('queued', 'leased')";

impl Outbox for Connected<'_> {
    fn enqueue(&mut self, message: &Outgoing) -> Result<(), StoreError> {
        self.change(
            "INSERT INTO outbox (id, kind, priority, channel, code_id, user_id, key_id, sealed, state, \
             created_at, due_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', ?9, ?10, ?11)",
            params![
                message.id,
                message.kind.as_str(),
                priority(message.kind),
                message.channel.as_str(),
                message.code_id,
                message.user_id,
                message.key_id,
                message.sealed,
                ms(message.created_at),
                ms(message.due_at),
                ms(message.expires_at)
            ],
        )
        .and_then(|changed| ensure_rows(changed, 1))
    }

    fn lease(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        worker: &str,
    ) -> Result<Option<Outgoing>, StoreError> {
        self.one(
            "UPDATE outbox SET state = 'leased', worker = ?3, lease_until = ?2, attempts = attempts + 1 \
             WHERE id = (SELECT id FROM outbox WHERE due_at <= ?1 \
                 AND (state = 'queued' OR (state = 'leased' AND lease_until <= ?1)) \
                 ORDER BY priority, due_at LIMIT 1) \
             RETURNING id, kind, channel, code_id, user_id, key_id, sealed, state, attempts, created_at, due_at, \
                 expires_at",
            params![ms(now), ms(lease_until), worker],
            outgoing,
        )
    }

    fn settle(
        &mut self,
        id: &str,
        worker: &str,
        to: State,
        due_at: Timestamp,
        error: Option<&str>,
    ) -> Result<bool, StoreError> {
        let changed = self.change(
            "UPDATE outbox SET state = ?3, due_at = ?4, last_error = ?5, worker = NULL, lease_until = NULL, \
             sealed = CASE WHEN ?3 = 'queued' THEN sealed END \
             WHERE id = ?1 AND worker = ?2 AND state = 'leased'",
            params![id, worker, to.as_str(), ms(due_at), error],
        )?;
        Ok(changed == 1)
    }

    fn withdraw_for_code(&mut self, code_id: &str) -> Result<u64, StoreError> {
        self.change(&format!("{WITHDRAW} AND code_id = ?1"), [code_id]).map(|changed| changed as u64)
    }

    fn withdraw_for_user(&mut self, user_id: &str) -> Result<u64, StoreError> {
        self.change(&format!("{WITHDRAW} AND user_id = ?1 AND kind <> 'notice'"), [user_id])
            .map(|changed| changed as u64)
    }

    fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let next = self.one(
            "SELECT min(max(due_at, coalesce(lease_until, 0))) AS next FROM outbox \
             WHERE state IN ('queued', 'leased')",
            [],
            |row| time_maybe(row, "next"),
        )?;
        Ok(next.flatten())
    }

    fn withdraw_all(&mut self) -> Result<u64, StoreError> {
        self.change(WITHDRAW, []).map(|changed| changed as u64)
    }

    fn waiting(&mut self) -> Result<Vec<(Channel, u64, Timestamp)>, StoreError> {
        self.many(
            "SELECT channel, count(*) AS waiting, min(created_at) AS oldest FROM outbox \
             WHERE state IN ('queued', 'leased') GROUP BY channel",
            [],
            |row| Ok((word(row, "channel")?, count(row, "waiting")?, time(row, "oldest")?)),
        )
    }

    fn sealed_messages(&mut self) -> Result<Vec<(String, String, Vec<u8>)>, StoreError> {
        self.many("SELECT id, key_id, sealed FROM outbox WHERE sealed IS NOT NULL", [], |row| {
            Ok((get(row, "id")?, get(row, "key_id")?, get(row, "sealed")?))
        })
    }

    fn reseal(&mut self, id: &str, key_id: &str, sealed: &[u8]) -> Result<(), StoreError> {
        self.change("UPDATE outbox SET key_id = ?2, sealed = ?3 WHERE id = ?1", params![id, key_id, sealed])
            .and_then(|changed| ensure_rows(changed, 1))
    }
}
