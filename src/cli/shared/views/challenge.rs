//! A challenge of a caller. Never its code.

use jiff::Timestamp;
use serde::Serialize;

use super::moment;
use crate::domain::Channel;
use crate::domain::challenge::{ChallengeState, State};
use crate::domain::time::in_seconds;
use crate::ui::{Column, Row, column};

/// A challenge as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ChallengeView {
    id: String,
    user: String,
    state: State,
    channel: Channel,
    destination: Option<String>,
    operator: String,
    tries_left: u32,
    #[serde(serialize_with = "in_seconds")]
    created_at: Timestamp,
    /// The end of the code; of a confirmed one, the end of its being good.
    #[serde(serialize_with = "in_seconds")]
    expires_at: Timestamp,
}

impl From<ChallengeState> for ChallengeView {
    fn from(state: ChallengeState) -> Self {
        let ChallengeState { challenge, user, code } = state;
        Self {
            id: challenge.id,
            user,
            state: challenge.state,
            channel: code.channel,
            destination: code.destination,
            operator: challenge.operator,
            tries_left: code.tries_left,
            created_at: challenge.created_at,
            expires_at: challenge.expires_at,
        }
    }
}

impl ChallengeView {
    /// In a line, for one screen.
    pub(in crate::cli) fn brief(&self) -> String {
        let to = self.destination.as_deref().unwrap_or_default();
        format!("{}, sent to {to} by {}, until {}", self.state, self.operator, moment(Some(self.expires_at)))
    }
}

impl Row for ChallengeView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("challenge", |row| row.id.clone()),
        column("state", |row| row.state.to_string()),
        column("to", |row| row.destination.clone().unwrap_or_default()),
        column("sent by", |row| row.operator.clone()),
        column("expires", |row| moment(Some(row.expires_at))),
    ];
    const FIELDS: &'static [&'static str] = &[
        "id",
        "user",
        "state",
        "channel",
        "destination",
        "operator",
        "tries_left",
        "created_at",
        "expires_at",
    ];
}
