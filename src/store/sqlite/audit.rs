//! Operation records. Triggers keep rows from being changed or deleted (security U2).

use rusqlite::{Row, params};

use super::columns::{Connected, count, get, ms, padding, small, time};
use crate::domain::event::{Detail, Event};
use crate::store::{Audit, EventFilter, Result, StoreError};

const SELECT: &str = "SELECT seq, at, action, rating, outcome, reason, code, actor, operator, host, process, \
     target, target_id, detail, ticket, key_id, hash FROM audit";

/// What the texts of a record take that is filled up; few are longer.
const ROOM: usize = 384;

fn event(row: &Row<'_>) -> Result<Event> {
    let detail: String = get(row, "detail")?;
    Ok(Event {
        seq: count(row, "seq")?,
        at: time(row, "at")?,
        action: get(row, "action")?,
        rating: get(row, "rating")?,
        outcome: get(row, "outcome")?,
        reason: get(row, "reason")?,
        code: get(row, "code")?,
        actor: get(row, "actor")?,
        operator: get(row, "operator")?,
        host: get(row, "host")?,
        process: small(row, "process")?,
        target: get(row, "target")?,
        target_id: get(row, "target_id")?,
        detail: serde_json::from_str(&detail).map_err(|_| StoreError::Unreadable { column: "detail" })?,
        ticket: get(row, "ticket")?,
        key_id: get(row, "key_id")?,
        hash: get(row, "hash")?,
    })
}

/// How many bytes a record is to have. What people do for themselves takes as much room whoever they say they are, so that
/// the pages of the file tell nothing of it (security E1).
fn room(event: &Event, detail: &str) -> usize {
    let texts = [&event.action, &event.rating, &event.outcome, &event.actor, &event.host, &event.key_id];
    let taken = texts.into_iter().map(String::len).sum::<usize>() + detail.len();
    if event.operator.is_some() { 0 } else { ROOM.saturating_sub(taken) }
}

impl Audit for Connected<'_> {
    fn last_event(&mut self) -> Result<Option<Event>> {
        self.one(&format!("{SELECT} ORDER BY seq DESC LIMIT 1"), [], event)
    }

    fn append_event(&mut self, event: &Event) -> Result<()> {
        let detail = serde_json::Value::Object(event.detail.clone()).to_string();
        let optional = [&event.reason, &event.code, &event.target, &event.target_id, &event.ticket];
        self.insert(
            "audit",
            &[
                ("seq", &event.seq.cast_signed()),
                ("at", &ms(event.at)),
                ("action", &event.action),
                ("rating", &event.rating),
                ("outcome", &event.outcome),
                ("reason", &event.reason),
                ("code", &event.code),
                ("actor", &event.actor),
                ("operator", &event.operator),
                ("host", &event.host),
                ("process", &event.process),
                ("target", &event.target),
                ("target_id", &event.target_id),
                ("detail", &detail),
                ("ticket", &event.ticket),
                ("key_id", &event.key_id),
                ("hash", &event.hash),
                ("padding", &padding(room(event, &detail), &optional)),
            ],
        )
    }

    fn events(&mut self, filter: &EventFilter, limit: u32) -> Result<Vec<Event>> {
        let whose = if filter.target.is_some() || filter.account.is_some() || !filter.names.is_empty() {
            // Two indexes, and not every record there ever was.
            "seq IN (SELECT seq FROM audit WHERE target_id IN (?2, ?3) \
                 UNION SELECT seq FROM audit WHERE target IN (?4, ?5))"
        } else {
            "coalesce(?2, ?3, ?4, ?5) IS NULL"
        };
        let which = if filter.action.is_some() { "action = ?6" } else { "?6 IS NULL" };
        self.many(
            &format!(
                "{SELECT} WHERE (?1 IS NULL OR seq < ?1) AND {whose} \
                 AND {which} AND (?7 IS NULL OR outcome = ?7) \
                 AND (?8 IS NULL OR operator = ?8) AND (?9 IS NULL OR at >= ?9) AND (?10 IS NULL OR at < ?10) \
                 AND (?12 IS NULL OR detail ->> '{}' = ?12) ORDER BY seq DESC LIMIT ?11",
                Detail::Subject
            ),
            params![
                filter.before.map(u64::cast_signed),
                filter.target,
                filter.account,
                filter.names.first(),
                filter.names.get(1),
                filter.action,
                filter.outcome,
                filter.operator,
                filter.since.map(ms),
                filter.until.map(ms),
                limit,
                filter.subject
            ],
            event,
        )
    }

    fn events_after(&mut self, seq: u64, limit: u32) -> Result<Vec<Event>> {
        self.many(
            &format!("{SELECT} WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
            params![seq.cast_signed(), limit],
            event,
        )
    }
}
