//! Verification codes.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms, padding};
use crate::domain::code::{Code, CodeMac, EndReason, Purpose, State};
use crate::domain::issued::Issued;
use crate::store::{Codes, CodesOf, IssuedFilter, LiveCode, Result};

/// How a person is named, of `u` in the account `a`.
pub(super) const USER: &str = "CASE WHEN u.root THEN a.name ELSE a.name || '/' || u.name END AS user";

pub(super) const SELECT: &str = "SELECT c.id, c.user_id, \
     CASE WHEN u.id IS NULL THEN NULL WHEN u.root THEN a.name ELSE a.name || '/' || u.name END AS user, \
     c.request_id, c.contact_id, c.purpose, c.channel, c.destination, \
     c.state, c.state_reason, c.tries_left, c.created_at, c.expires_at, c.delivered_at, \
     EXISTS (SELECT 1 FROM outbox o WHERE o.code_id = c.id AND o.maybe_twice = 1) AS maybe_twice, c.key_id, c.tag \
     FROM codes c LEFT JOIN users u ON u.id = c.user_id LEFT JOIN accounts a ON a.id = u.account_id";

pub(super) fn code(row: &mut Columns<'_>) -> Result<Code> {
    let mut code = Code {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        user: row.get("user")?,
        request_id: row.get("request_id")?,
        contact_id: row.get("contact_id")?,
        purpose: row.word("purpose")?,
        channel: row.word("channel")?,
        destination: row.get("destination")?,
        state: row.word("state")?,
        state_reason: row.get("state_reason")?,
        tries_left: row.small("tries_left")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        delivered_at: row.time_maybe("delivered_at")?,
        maybe_twice: row.get("maybe_twice")?,
        mac: CodeMac { key_id: row.get("key_id")?, tag: row.get("tag")? },
    };
    // Of one whose last try has no outcome yet, or never had one, nothing is left.
    if code.state.live() && code.tries_left == 0 {
        code.state = State::Exhausted;
    }
    Ok(code)
}

fn live(row: &mut Columns<'_>) -> Result<LiveCode> {
    Ok(LiveCode {
        id: row.get("id")?,
        mac: CodeMac { key_id: row.get("key_id")?, tag: row.get("tag")? },
        tries_left: row.small("tries_left")?,
        contact_id: row.get("contact_id")?,
        decoy: row.get("decoy")?,
    })
}

/// What a guarded try gives back. A code for nobody, or that could not be handed over, is delivered to
/// nobody: its tries are counted, and it can never be right. One that was handed over and failed by the word of a
/// receipt may have arrived all the same.
const TRIED: &str = "RETURNING id, key_id, tag, tries_left, contact_id, destination IS NULL OR (state = 'failed' \
     AND NOT EXISTS (SELECT 1 FROM outbox o JOIN receipts r ON r.message_id = o.id \
         WHERE o.code_id = codes.id AND r.arrival IS NOT NULL)) AS decoy";

impl Codes for Connected<'_> {
    fn insert_code(&mut self, code: &Code) -> Result<()> {
        self.insert(
            "codes",
            &[
                ("id", &code.id),
                ("user_id", &code.user_id),
                ("request_id", &code.request_id),
                ("contact_id", &code.contact_id),
                ("purpose", &code.purpose.as_str()),
                ("channel", &code.channel.as_str()),
                ("destination", &code.destination),
                ("open", &1),
                ("state", &code.state.as_str()),
                ("state_reason", &code.state_reason),
                ("tries_left", &code.tries_left),
                ("key_id", &code.mac.key_id),
                ("tag", &code.mac.tag),
                ("created_at", &ms(code.created_at)),
                ("expires_at", &ms(code.expires_at)),
                (
                    "padding",
                    &padding(192, &[&code.user_id, &code.contact_id, &code.destination, &code.state_reason]),
                ),
            ],
        )
    }

    fn renew_decoy(&mut self, code: &Code) -> Result<()> {
        self.change_one(
            "UPDATE codes SET channel = ?2, open = 1, tries_left = ?3, key_id = ?4, tag = ?5, created_at = ?6, \
             expires_at = ?7 WHERE id = ?1 AND destination IS NULL",
            params![
                code.id,
                code.channel.as_str(),
                code.tries_left,
                code.mac.key_id,
                code.mac.tag,
                ms(code.created_at),
                ms(code.expires_at)
            ],
        )
    }

    fn code(&mut self, id: &str) -> Result<Option<Code>> {
        self.one(&format!("{SELECT} WHERE c.id = ?1"), [id], code)
    }

    fn codes(&mut self, of: CodesOf<'_>, limit: u32) -> Result<Vec<Code>> {
        // A statement each, so that each has its index.
        let (which, value) = match of {
            CodesOf::Everyone => ("?1 IS NULL", None),
            CodesOf::User(id) => ("c.user_id = ?1", Some(id)),
            CodesOf::Request(id) => ("c.request_id = ?1", Some(id)),
            CodesOf::Contact(id) => ("c.contact_id = ?1", Some(id)),
        };
        self.many(
            &format!("{SELECT} WHERE {which} ORDER BY c.created_at DESC, c.rowid DESC LIMIT ?2"),
            params![value, limit],
            code,
        )
    }

    fn issued(&mut self, filter: &IssuedFilter<'_>, now: Timestamp, limit: u32) -> Result<Vec<Issued>> {
        self.issued_page(filter, now, limit)
    }

    fn try_request_code(&mut self, request_id: &str, now: Timestamp) -> Result<Option<LiveCode>> {
        self.take_try("request_id = ?2", params![ms(now), request_id])
    }

    fn try_contact_code(
        &mut self,
        contact_id: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<LiveCode>> {
        self.take_try("contact_id = ?2 AND purpose = ?3", params![ms(now), contact_id, purpose.as_str()])
    }

    fn try_code(&mut self, id: &str, now: Timestamp) -> Result<Option<LiveCode>> {
        self.take_try("id = ?2", params![ms(now), id])
    }

    fn use_code(&mut self, id: &str) -> Result<bool> {
        self.change_if(
            "UPDATE codes SET open = 0, state = 'used' \
             WHERE id = ?1 AND state IN ('queued', 'sent', 'failed', 'exhausted') AND (open = 1 OR tries_left = 0)",
            [id],
        )
    }

    fn end_code(&mut self, id: &str, to: State, reason: Option<EndReason>) -> Result<bool> {
        self.change_if(
            "UPDATE codes SET open = 0, \
             state_reason = CASE WHEN state IN ('queued', 'sent') THEN ?3 ELSE state_reason END, \
             state = CASE WHEN state IN ('queued', 'sent') THEN ?2 ELSE state END \
             WHERE id = ?1 AND (open = 1 OR state IN ('queued', 'sent'))",
            params![id, to.as_str(), reason.map(EndReason::as_str)],
        )
    }

    fn end_codes(&mut self, of: CodesOf<'_>, reason: EndReason) -> Result<u64> {
        let (which, value) = match of {
            CodesOf::Everyone => ("?1 IS NULL", None),
            CodesOf::User(id) => ("user_id = ?1", Some(id)),
            CodesOf::Request(id) => ("request_id = ?1", Some(id)),
            CodesOf::Contact(id) => ("contact_id = ?1", Some(id)),
        };
        self.change(
            &format!(
                "UPDATE codes SET open = 0, \
                 state_reason = CASE WHEN state IN ('queued', 'sent') THEN ?3 ELSE state_reason END, \
                 state = CASE WHEN state IN ('queued', 'sent') THEN ?2 ELSE state END \
                 WHERE open = 1 AND {which}"
            ),
            params![value, reason.state().as_str(), reason.as_str()],
        )
    }

    fn expire_codes(&mut self, now: Timestamp) -> Result<u64> {
        self.change(
            "UPDATE codes SET open = 0, \
             state_reason = CASE state WHEN 'queued' THEN ?2 WHEN 'sent' THEN NULL ELSE state_reason END, \
             state = CASE state WHEN 'queued' THEN 'failed' WHEN 'sent' THEN 'expired' ELSE state END \
             WHERE open = 1 AND expires_at <= ?1",
            params![ms(now), EndReason::NotSentInTime.as_str()],
        )
    }

    fn set_code_delivery(
        &mut self,
        id: &str,
        state: State,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        // Only a code that waits, or whose time was over while it did: then it failed by what is told now, or it went
        // out too late. One that ended otherwise keeps its end.
        self.apply(
            "UPDATE codes SET state_reason = ?3, \
             state = CASE WHEN ?2 = 'sent' AND state = 'failed' THEN 'expired' ELSE ?2 END, \
             delivered_at = CASE WHEN ?2 = 'sent' THEN ?4 ELSE delivered_at END \
             WHERE id = ?1 AND (state = 'queued' OR (state = 'failed' AND state_reason = ?5))",
            params![id, state.as_str(), reason, ms(at), EndReason::NotSentInTime.as_str()],
        )
    }
}

impl Connected<'_> {
    fn take_try(&self, which: &str, params: impl rusqlite::Params) -> Result<Option<LiveCode>> {
        self.one(
            &format!(
                "UPDATE codes SET tries_left = tries_left - 1, open = CASE WHEN tries_left > 1 THEN 1 ELSE 0 END \
                 WHERE {which} AND open = 1 AND tries_left > 0 AND expires_at > ?1 AND created_at <= ?1 {TRIED}"
            ),
            params,
            live,
        )
    }
}
