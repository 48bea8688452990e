//! A code: what was sent where, and what became of it. Never the code.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::address::Channel;
use crate::domain::code::{Code, Purpose, State, told_reason};
use crate::ui::Row;

/// A code as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct CodeView {
    id: String,
    user: Option<String>,
    purpose: Purpose,
    channel: Channel,
    destination: Option<String>,
    state: State,
    state_reason: Option<String>,
    tries_left: u32,
    created_at: Timestamp,
    expires_at: Timestamp,
    delivered_at: Option<Timestamp>,
    /// Whether its message may have gone out twice, because a worker died with it.
    maybe_twice: bool,
}

impl From<Code> for CodeView {
    fn from(code: Code) -> Self {
        Self {
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
}

impl CodeView {
    /// Which one, what for, to whom, its state, and when it was asked for.
    pub(in crate::cli) fn brief(&self) -> [String; 5] {
        [
            self.id.clone(),
            self.purpose.as_str().replace('_', " "),
            self.destination.clone().unwrap_or_else(|| "nobody".to_owned()),
            self.state.to_string(),
            crate::cli::shared::views::moment(Some(self.created_at)),
        ]
    }

    fn explained(&self) -> String {
        let Some(reason) = &self.state_reason else {
            return if self.maybe_twice { "maybe sent twice".to_owned() } else { String::new() };
        };
        told_reason(reason)
    }
}

impl Row for CodeView {
    fn columns() -> &'static [&'static str] {
        &["id", "user", "for", "to", "state", "why", "tries left", "asked for", "expires"]
    }

    fn prose() -> &'static [&'static str] {
        &["why"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.user.clone().unwrap_or_default(),
            self.purpose.as_str().replace('_', " "),
            self.destination.clone().unwrap_or_else(|| "nobody".to_owned()),
            self.state.to_string(),
            self.explained(),
            self.tries_left.to_string(),
            crate::cli::shared::views::moment(Some(self.created_at)),
            crate::cli::shared::views::moment(Some(self.expires_at)),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &[
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
        ]
    }
}
