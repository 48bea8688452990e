//! An operation record.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::event::Event;
use crate::ui::{Column, Row, column, prose};

/// An operation record as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct EventView {
    seq: u64,
    at: Timestamp,
    action: String,
    rating: String,
    outcome: String,
    reason: Option<String>,
    code: Option<String>,
    actor: String,
    operator: Option<String>,
    host: String,
    process: u32,
    target: Option<String>,
    target_id: Option<String>,
    detail: Map<String, Value>,
    ticket: Option<String>,
    key_id: String,
    hash: String,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self {
            seq: event.seq,
            at: event.at,
            action: event.action,
            rating: event.rating,
            outcome: event.outcome,
            reason: event.reason,
            code: event.code,
            actor: event.actor,
            operator: event.operator,
            host: event.host,
            process: event.process,
            target: event.target,
            target_id: event.target_id,
            detail: event.detail,
            ticket: event.ticket,
            key_id: event.key_id,
            hash: event.hash,
        }
    }
}

impl EventView {
    /// What the operator gave as the reason, and the code of a failure where there is one.
    fn why(&self) -> String {
        match (&self.reason, &self.code) {
            (Some(reason), Some(code)) if reason != code => format!("{reason} ({})", code.replace('_', " ")),
            (Some(reason), Some(_)) => reason.replace('_', " "),
            (Some(text), None) => text.clone(),
            (None, code) => code.as_deref().unwrap_or_default().replace('_', " "),
        }
    }
}

impl Row for EventView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("seq", |row| row.seq.to_string()),
        // To the second: several records come in one minute.
        column("at", |row| row.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
        column("action", |row| row.action.clone()),
        column("outcome", |row| row.outcome.clone()),
        column("who", |row| row.actor.clone()),
        column("target", |row| row.target.clone().unwrap_or_default()),
        prose("reason", Self::why),
        column("ticket", |row| row.ticket.clone().unwrap_or_default()),
    ];
    const FIELDS: &'static [&'static str] = &[
        "seq",
        "at",
        "action",
        "rating",
        "outcome",
        "reason",
        "code",
        "actor",
        "operator",
        "host",
        "process",
        "target",
        "target_id",
        "detail",
        "ticket",
        "key_id",
        "hash",
    ];
}
