//! A code or a setup token: what was sent where, and what became of it. Never the secret.

use serde::Serialize;

use super::moment::moment;
use crate::domain::issued::Issued;
use crate::guidance::{Program, codes};
use crate::ui::{Column, Row, column, prose, spare};

/// A code or a setup token as shown.
#[derive(Serialize)]
pub(in crate::cli) struct IssuedView {
    #[serde(flatten)]
    pub(in crate::cli) issued: Issued,
    #[serde(skip)]
    why: String,
}

impl IssuedView {
    pub(in crate::cli) fn of(issued: Issued, program: &Program) -> Self {
        let why = match &issued.state_reason {
            Some(reason) => program.name_in(&codes::state_reason(reason, issued.user.as_deref())),
            None if issued.maybe_twice => "maybe sent twice".to_owned(),
            None => String::new(),
        };
        Self { issued, why }
    }

    pub(in crate::cli) fn purpose(&self) -> String {
        self.issued.purpose.as_str().replace('_', " ")
    }

    pub(in crate::cli) fn receiver(&self) -> String {
        let issued = &self.issued;
        match (&issued.destination, issued.channel) {
            (Some(to), _) => to.clone(),
            (None, _) if issued.is_handed_out() => "an operator".to_owned(),
            // Sent before it was noted where.
            (None, Some(channel)) if issued.tries_left.is_none() => format!("the {}", channel.noun()),
            (None, _) => "nobody".to_owned(),
        }
    }

    fn tries_left(&self) -> String {
        self.issued.tries_left.map_or_else(|| "-".to_owned(), |left| left.to_string())
    }
}

impl Row for IssuedView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("id", |row| row.issued.id.clone()),
        spare(5, "user", |row| row.issued.user.clone().unwrap_or_default()),
        spare(3, "for", Self::purpose),
        column("to", Self::receiver),
        column("state", |row| row.issued.state.to_string()),
        prose("why", |row: &Self| row.why.clone()).or_left_out(4),
        spare(2, "tries left", Self::tries_left),
        column("asked for", |row: &Self| moment(Some(row.issued.created_at)))
            .or_briefly(|row| row.issued.created_at.strftime("%m-%d %H:%MZ").to_string()),
        spare(1, "expires", |row| moment(Some(row.issued.expires_at))),
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
