//! Codes and setup tokens as lists show them: what is on its way to people, and what became of it. Never the secret.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::address::Channel;
use super::code::{Code, Purpose, State};
use super::text::UnknownWord;
use super::time::in_seconds;

/// What it is for: what a code proves, or to set a password with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Code(Purpose),
    Setup,
}

impl Use {
    /// The word of a setup token.
    pub const SETUP: &'static str = "setup";

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code(purpose) => purpose.as_str(),
            Self::Setup => Self::SETUP,
        }
    }
}

impl FromStr for Use {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        if word == Self::SETUP { Ok(Self::Setup) } else { word.parse().map(Self::Code) }
    }
}

impl Serialize for Use {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A code or a setup token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issued {
    pub id: String,
    /// `acme/alice`.
    pub user: Option<String>,
    pub purpose: Use,
    /// `None` where a setup token was handed to an operator.
    pub channel: Option<Channel>,
    /// Masked; `None` where nothing was sent.
    pub destination: Option<String>,
    pub state: State,
    pub state_reason: Option<String>,
    /// Of a code; nobody guesses a setup token.
    pub tries_left: Option<u32>,
    #[serde(serialize_with = "in_seconds")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    pub expires_at: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    pub delivered_at: Option<Timestamp>,
    pub maybe_twice: bool,
}

impl Issued {
    /// Whether an operator got it, to pass it on.
    pub fn is_handed_out(&self) -> bool {
        self.purpose == Use::Setup && self.channel.is_none()
    }
}

impl From<Code> for Issued {
    fn from(code: Code) -> Self {
        Self {
            id: code.id,
            user: code.user,
            purpose: Use::Code(code.purpose),
            channel: Some(code.channel),
            destination: code.destination,
            state: code.state,
            state_reason: code.state_reason,
            tries_left: Some(code.tries_left),
            created_at: code.created_at,
            expires_at: code.expires_at,
            delivered_at: code.delivered_at,
            maybe_twice: code.maybe_twice,
        }
    }
}
