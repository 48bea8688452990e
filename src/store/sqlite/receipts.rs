//! Delivery receipts.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms};
use crate::domain::receipt::{Arrival, HandedOver};
use crate::store::{Receipts, ReferenceMac, Result};

/// A message with what is known of it; its id is the row's.
pub(super) const SELECT: &str = "SELECT r.told_at, o.id, o.code_id, o.user_id, r.arrival, r.words \
     FROM receipts r JOIN outbox o ON o.id = r.message_id";

/// A message, whether anything is known of it or not.
const MESSAGE: &str = "SELECT r.told_at, o.id, o.code_id, o.user_id, r.arrival, r.words \
     FROM outbox o LEFT JOIN receipts r ON r.message_id = o.id";

pub(super) fn handed_over(row: &mut Columns<'_>) -> Result<HandedOver> {
    row.time_maybe("told_at")?;
    Ok(HandedOver {
        id: row.get("id")?,
        code_id: row.get("code_id")?,
        user_id: row.get("user_id")?,
        arrival: row.word_maybe("arrival")?,
        words: row.get("words")?,
    })
}

impl Receipts for Connected<'_> {
    fn set_reference(&mut self, message_id: &str, reference: &ReferenceMac) -> Result<()> {
        self.change_one(
            "UPDATE outbox SET reference_key_id = ?2, reference = ?3 WHERE id = ?1",
            params![message_id, reference.key_id, reference.tag],
        )
    }

    fn handed_over(&mut self, message_id: &str) -> Result<Option<HandedOver>> {
        // A gateway may be faster than the worker is to write down that it took the message.
        self.one(
            &format!("{MESSAGE} WHERE o.id = ?1 AND o.state IN ('leased', 'done')"),
            [message_id],
            handed_over,
        )
    }

    fn handed_over_as(&mut self, reference: &ReferenceMac) -> Result<Option<HandedOver>> {
        self.one(
            &format!(
                "{MESSAGE} WHERE o.reference = ?1 AND o.reference_key_id = ?2 \
                 ORDER BY o.created_at DESC, o.id LIMIT 1"
            ),
            params![reference.tag, reference.key_id],
            handed_over,
        )
    }

    fn set_arrival(
        &mut self,
        message_id: &str,
        arrival: Arrival,
        at: Timestamp,
        words: Option<&str>,
    ) -> Result<()> {
        self.change_one(
            "INSERT INTO receipts (message_id, arrival, told_at, words) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (message_id) DO UPDATE SET arrival = excluded.arrival, told_at = excluded.told_at, \
             words = excluded.words",
            params![message_id, arrival.as_str(), ms(at), words],
        )
    }

    fn set_code_arrival(
        &mut self,
        code_id: &str,
        arrival: Arrival,
        at: Timestamp,
        reason: &str,
    ) -> Result<()> {
        match arrival {
            // A receipt that said otherwise before was wrong.
            Arrival::Delivered => self.apply(
                "UPDATE codes SET delivered_at = ?2, \
                 state_reason = CASE WHEN state IN ('sent', 'failed') THEN ?3 ELSE state_reason END, \
                 state = CASE WHEN state <> 'failed' THEN state WHEN open = 1 THEN 'sent' ELSE 'expired' END \
                 WHERE id = ?1 AND state <> 'queued'",
                params![code_id, ms(at), reason],
            ),
            Arrival::Undelivered => self.apply(
                "UPDATE codes SET delivered_at = NULL, \
                 state_reason = CASE WHEN state = 'sent' THEN ?2 ELSE coalesce(state_reason, ?2) END, \
                 state = CASE WHEN state = 'sent' THEN 'failed' ELSE state END \
                 WHERE id = ?1 AND state IN ('sent', 'expired')",
                params![code_id, reason],
            ),
        }
    }
}
