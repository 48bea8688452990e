//! Codes and setup tokens in one list, the newest first.

use jiff::Timestamp;
use rusqlite::params;

use super::codes::USER;
use super::columns::{Columns, Connected, ms};
use crate::domain::Channel;
use crate::domain::code::{EndReason, State};
use crate::domain::issued::{Issued, Use};
use crate::store::{IssuedFilter, Result};

fn issued(row: &mut Columns<'_>) -> Result<Issued> {
    Ok(Issued {
        user: row.get("user")?,
        id: row.get("id")?,
        purpose: row.word("purpose")?,
        channel: row.word_maybe("channel")?,
        destination: row.get("destination")?,
        tries_left: row.small_maybe("tries_left")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        delivered_at: row.time_maybe("delivered_at")?,
        state: row.word("state")?,
        state_reason: row.get("state_reason")?,
        maybe_twice: row.get("maybe_twice")?,
    })
}

/// A code with a person, as it stands at ?1, whatever has swept since. What became of its last try does not matter: of
/// one with no tries left, nothing is left.
const CODES: &str = "SELECT c.id, c.purpose, c.channel, c.destination, c.tries_left, c.created_at, \
     c.expires_at, c.delivered_at, \
     CASE WHEN c.state NOT IN ('queued', 'sent') THEN c.state WHEN c.tries_left = 0 THEN 'exhausted' \
          WHEN c.expires_at > ?1 THEN c.state WHEN c.state = 'queued' THEN 'failed' ELSE 'expired' END AS state, \
     CASE WHEN c.state = 'queued' AND c.tries_left > 0 AND c.expires_at <= ?1 THEN ?2 ELSE c.state_reason END \
         AS state_reason, \
     EXISTS (SELECT 1 FROM outbox o WHERE o.code_id = c.id AND o.maybe_twice = 1) AS maybe_twice, c.user_id \
     FROM codes c WHERE c.user_id IS NOT NULL";

/// A setup token, as it stands at ?1. One whose contact is bound no more opens nothing.
const TOKENS: &str = "SELECT t.id, 'setup' AS purpose, t.channel, t.destination, NULL AS tries_left, \
     t.created_at, t.expires_at, t.delivered_at, \
     CASE WHEN t.state <> 'live' THEN t.state WHEN t.expires_at <= ?1 THEN 'expired' \
          WHEN t.contact_id IS NOT NULL AND k.id IS NULL THEN 'revoked' ELSE t.delivery END AS state, \
     CASE WHEN t.state <> 'live' THEN t.state_reason WHEN t.expires_at <= ?1 THEN NULL \
          WHEN t.contact_id IS NOT NULL AND k.id IS NULL THEN ?2 ELSE t.state_reason END AS state_reason, \
     EXISTS (SELECT 1 FROM outbox o WHERE o.id = t.message_id AND o.maybe_twice = 1) AS maybe_twice, t.user_id \
     FROM setup_tokens t LEFT JOIN contacts k ON k.id = t.contact_id WHERE t.user_id IS NOT NULL";

impl Connected<'_> {
    /// Each from its own table by its own index; the two are put together in the order of time.
    pub(super) fn issued_page(
        &self,
        filter: &IssuedFilter<'_>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Issued>> {
        let mut page = match filter.purpose {
            Some(Use::Setup) => Vec::new(),
            Some(Use::Code(_)) | None => {
                self.part(CODES, "c", EndReason::NotSentInTime, filter, now, limit)?
            }
        };
        if !matches!(filter.purpose, Some(Use::Code(_))) {
            page.extend(self.part(TOKENS, "t", EndReason::ContactChanged, filter, now, limit)?);
        }
        page.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
        page.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(page)
    }

    fn part(
        &self,
        rows: &str,
        table: &str,
        reason: EndReason,
        filter: &IssuedFilter<'_>,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Issued>> {
        // Said of the table itself, so that its index serves.
        let of =
            if filter.user_id.is_some() { format!("{table}.user_id = ?3") } else { "?3 IS NULL".to_owned() };
        let (at, after) = filter.after.clone().unzip();
        self.many(
            &format!(
                "SELECT {USER}, i.* FROM ({rows} AND {of} AND (?4 IS NULL OR {table}.created_at >= ?4) \
                 AND (?5 IS NULL OR {table}.created_at < ?5 OR ({table}.created_at = ?5 AND {table}.id < ?6))) i \
                 JOIN users u ON u.id = i.user_id JOIN accounts a ON a.id = u.account_id \
                 WHERE (?7 IS NULL OR i.state = ?7) AND (?8 IS NULL OR i.purpose = ?8) \
                 AND (?9 IS NULL OR i.channel = ?9) ORDER BY i.created_at DESC, i.id DESC LIMIT ?10"
            ),
            params![
                ms(now),
                reason.as_str(),
                filter.user_id,
                filter.since.map(ms),
                at.map(ms),
                after,
                filter.state.map(State::as_str),
                filter.purpose.map(Use::as_str),
                filter.channel.map(Channel::as_str),
                limit
            ],
            issued,
        )
    }
}
