//! A code: what was sent where, and what became of it. Never the code.

use serde::Serialize;

use super::moment::moment;
use crate::domain::code::Code;
use crate::guidance::{Program, codes};
use crate::ui::{Column, Row, column, prose};

/// A code as shown.
#[derive(Serialize)]
pub(in crate::cli) struct CodeView {
    #[serde(flatten)]
    pub(in crate::cli) code: Code,
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
        Self { code, why }
    }

    pub(in crate::cli) fn purpose(&self) -> String {
        self.code.purpose.as_str().replace('_', " ")
    }

    pub(in crate::cli) fn receiver(&self) -> String {
        self.code.destination.clone().unwrap_or_else(|| "nobody".to_owned())
    }
}

impl Row for CodeView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("id", |row| row.code.id.clone()),
        column("user", |row| row.code.user.clone().unwrap_or_default()),
        column("for", Self::purpose),
        column("to", Self::receiver),
        column("state", |row| row.code.state.to_string()),
        prose("why", |row| row.why.clone()),
        column("tries left", |row| row.code.tries_left.to_string()),
        column("asked for", |row| moment(Some(row.code.created_at))),
        column("expires", |row| moment(Some(row.code.expires_at))),
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
