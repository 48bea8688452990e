//! A code: what was sent where, and what became of it. Never the code.

use jiff::Timestamp;
use serde::Serialize;

use super::moment::moment;
use crate::domain::Channel;
use crate::domain::code::{Code, Purpose, State};
use crate::guidance::{Program, codes};
use crate::ui::{Column, Row, column, prose};

/// A code as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct CodeView {
    pub(in crate::cli) id: String,
    user: Option<String>,
    purpose: Purpose,
    channel: Channel,
    destination: Option<String>,
    pub(in crate::cli) state: State,
    state_reason: Option<String>,
    tries_left: u32,
    pub(in crate::cli) created_at: Timestamp,
    expires_at: Timestamp,
    delivered_at: Option<Timestamp>,
    /// Whether its message may have gone out twice, because a worker died with it.
    maybe_twice: bool,
    #[serde(skip)]
    why: String,
}

impl CodeView {
    pub(in crate::cli) fn of(code: Code, program: &Program) -> Self {
        let why = match &code.state_reason {
            Some(reason) => program.name_in(&codes::state_reason(reason)),
            None if code.maybe_twice => "maybe sent twice".to_owned(),
            None => String::new(),
        };
        Self {
            why,
            id: code.id,
            user: code.user,
            purpose: code.purpose,
            channel: code.channel,
            destination: code.destination,
            state: code.state,
            state_reason: code.state_reason,
            tries_left: code.tries_left,
            created_at: code.created_at,
            expires_at: code.expires_at,
            delivered_at: code.delivered_at,
            maybe_twice: code.maybe_twice,
        }
    }

    pub(in crate::cli) fn purpose(&self) -> String {
        self.purpose.as_str().replace('_', " ")
    }

    pub(in crate::cli) fn receiver(&self) -> String {
        self.destination.clone().unwrap_or_else(|| "nobody".to_owned())
    }
}

impl Row for CodeView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("id", |row| row.id.clone()),
        column("user", |row| row.user.clone().unwrap_or_default()),
        column("for", Self::purpose),
        column("to", Self::receiver),
        column("state", |row| row.state.to_string()),
        prose("why", |row| row.why.clone()),
        column("tries left", |row| row.tries_left.to_string()),
        column("asked for", |row| moment(Some(row.created_at))),
        column("expires", |row| moment(Some(row.expires_at))),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "user",
        "purpose",
        "channel",
        "destination",
        "state",
        "state_reason",
        "tries_left",
        "created_at",
        "expires_at",
        "delivered_at",
        "maybe_twice",
    ];
}
