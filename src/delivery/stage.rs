//! The way of a message, stage by stage.

use crate::domain::text::text_enum;

text_enum! {
    /// A step on the way out, in the order in which a message takes them. No transport has all of them:
    /// [`super::Transport::stages`] tells which.
    Stage {
        /// The message is written, and what it takes (a password, a certificate, a template) is read.
        Prepare => "prepare",
        /// The program is started.
        Start => "start",
        /// The name of the server becomes addresses.
        Resolve => "resolve",
        Connect => "connect",
        Tls => "tls",
        /// Both sides say who they are and what they can do.
        Greet => "greet",
        Authenticate => "authenticate",
        Sender => "sender",
        Recipient => "recipient",
        /// The message itself is taken, or not.
        Accept => "accept",
    }
}

impl Stage {
    /// What was tried: it reads after "failed to".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Prepare => "prepare the message",
            Self::Start => "start the program",
            Self::Resolve => "find the server's address",
            Self::Connect => "connect to the server",
            Self::Tls => "agree on TLS with the server",
            Self::Greet => "exchange greetings with the server",
            Self::Authenticate => "authenticate",
            Self::Sender => "have the sender accepted",
            Self::Recipient => "have the recipient accepted",
            Self::Accept => "hand the message over",
        }
    }
}

/// Whether it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    Temporary,
    Permanent,
}

/// A stage that a message passed, and what was said there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub stage: Stage,
    /// Empty where nothing was said. It comes from the other side: show it redacted only.
    pub words: String,
}
