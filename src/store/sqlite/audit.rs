//! Operation records. Triggers keep rows from being changed or deleted (security U2).

use std::ops::ControlFlow;

use rusqlite::params;

use super::columns::{Columns, Connected, ms, padding};
use crate::domain::event::{Detail, Event, StoredEvent};
use crate::store::{Audit, EventFilter, Result, StoreError};

const SELECT: &str = "SELECT seq, at, action, rating, outcome, reason, code, actor, operator, host, process, \
     target, target_id, detail, ticket, key_id, hash FROM audit";

/// What the texts of a record take that is filled up; few are longer.
const ROOM: usize = 384;

fn event(row: &mut Columns<'_>) -> Result<Event> {
    read(row, |detail| serde_json::from_str(detail).ok())
}

fn read<'r, T: From<&'r str>, D>(
    row: &mut Columns<'r>,
    parse: fn(&'r str) -> Option<D>,
) -> Result<Event<T, D>> {
    Ok(Event {
        seq: row.count("seq")?,
        at: row.time("at")?,
        action: row.text("action")?.into(),
        rating: row.text("rating")?.into(),
        outcome: row.text("outcome")?.into(),
        reason: row.text_maybe("reason")?.map(T::from),
        code: row.text_maybe("code")?.map(T::from),
        actor: row.text("actor")?.into(),
        operator: row.text_maybe("operator")?.map(T::from),
        host: row.text("host")?.into(),
        process: row.small("process")?,
        target: row.text_maybe("target")?.map(T::from),
        target_id: row.text_maybe("target_id")?.map(T::from),
        detail: parse(row.text("detail")?).ok_or(StoreError::Unreadable { column: "detail" })?,
        ticket: row.text_maybe("ticket")?.map(T::from),
        key_id: row.text("key_id")?.into(),
        hash: row.text("hash")?.into(),
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

    fn chain_head(&mut self) -> Result<Option<(u64, String)>> {
        let head = |row: &mut Columns<'_>| Ok((row.count("seq")?, row.get("hash")?));
        self.one("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], head)
    }

    fn append_event(&mut self, event: &Event) -> Result<()> {
        let detail = event.detail_text();
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
        // Only what is asked for is in the statement, or no index would serve it.
        let whose = filter.target.is_some() || filter.account.is_some() || !filter.names.is_empty();
        let of_subject = format!("detail ->> '{}' = ?11", Detail::Subject);
        let parts = [
            (filter.before.is_some(), "seq < ?1"),
            // Two indexes, and not every record there ever was.
            (
                whose,
                "seq IN (SELECT seq FROM audit WHERE target_id IN (?2, ?3) \
                     UNION SELECT seq FROM audit WHERE target IN (?4, ?5))",
            ),
            (filter.action.is_some(), "action = ?6"),
            (filter.outcome.is_some(), "outcome = ?7"),
            (filter.operator.is_some(), "operator = ?8"),
            (filter.since.is_some(), "at >= ?9"),
            (filter.until.is_some(), "at < ?10"),
            (filter.subject.is_some(), &of_subject),
        ];
        let mut sql = SELECT.to_owned();
        for (at, (_, part)) in parts.into_iter().filter(|(asked, _)| *asked).enumerate() {
            sql.push_str(if at == 0 { " WHERE " } else { " AND " });
            sql.push_str(part);
        }
        sql.push_str(" ORDER BY seq DESC LIMIT ?12");
        self.many(
            &sql,
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
                filter.subject,
                limit
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

    fn each_event(
        &mut self,
        after: u64,
        each: &mut dyn FnMut(&StoredEvent<'_>) -> ControlFlow<()>,
    ) -> Result<()> {
        self.visit(&format!("{SELECT} WHERE seq > ?1 ORDER BY seq"), [after.cast_signed()], &mut |row| {
            Ok(each(&read(row, Some)?))
        })
    }
}
