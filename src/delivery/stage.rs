//! The way of a message, stage by stage.

use crate::domain::text::text_enum;

text_enum! {
    /// A step on the way out, in the order in which a message takes them. No transport has all of them:
    /// [`super::Transport::stages`] tells which.
    Stage {
        /// The message is written, and what it takes (a password, a certificate, a template) is read.
        Prepare => "prepare": "prepare the message",
        /// The program is started.
        Start => "start": "start the program",
        /// The name of the server becomes addresses.
        Resolve => "resolve": "find the server's address",
        Connect => "connect": "connect to the server",
        Tls => "tls": "agree on TLS with the server",
        /// Both sides say who they are and what they can do.
        Greet => "greet": "exchange greetings with the server",
        Authenticate => "authenticate": "authenticate",
        Sender => "sender": "have the sender accepted",
        Recipient => "recipient": "have the recipient accepted",
        /// The message itself is taken, or not.
        Accept => "accept": "hand the message over",
    }
    /// What was tried: it reads after "failed to".
    fn describe;
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
