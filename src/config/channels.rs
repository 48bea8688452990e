//! How messages of a channel leave, once its settings have been judged together.

use std::path::PathBuf;

use jiff::SignedDuration;

use crate::domain::gateway::{Request, ResponseRules};
use crate::domain::mail::{MailServer, SecretFile};
use crate::domain::mailbox::Mailbox;
use crate::domain::spool::SpoolFormat;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub transport: Transport,
    /// As it is written: a gateway for SMS knows its customers by a number or a name.
    pub from: String,
    /// The sender of each letter.
    pub sender: Mailbox,
    /// Where answers go, if not there.
    pub reply_to: Option<Mailbox>,
    /// The sender on the envelope (RFC 5321, 4.5.5); none where undeliverable messages come back to nobody.
    pub bounces: Option<String>,
    /// How long one answer of the other side is waited for.
    pub timeout: SignedDuration,
}

/// How messages of a channel leave. A new transport is a variant here, its keys in `config.example.toml`, and what
/// they need of each other in `channel_keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// Into a Maildir on this machine, for trying out. A relative path is one in the outbox folder;
    /// `load` has made it absolute.
    Maildir { path: PathBuf },
    /// To a mail server.
    Smtp(MailServer),
    /// To a program that is given the message: its absolute path, and its arguments.
    Command { argv: Vec<String> },
    /// As a request to a gateway.
    Http(Box<HttpGateway>),
    /// As a file in the folder of an SMS daemon of this machine.
    Spool { path: PathBuf, format: SpoolFormat, group_readable: bool },
}

/// An HTTP gateway as the config describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpGateway {
    pub request: Request,
    pub rules: ResponseRules,
    /// For HTTP's own log-in, with the secret as the password.
    pub username: Option<String>,
    pub token_file: Option<SecretFile>,
    /// Certificates in PEM; the system's where there is none.
    pub ca_file: Option<PathBuf>,
    pub proxy: Option<String>,
}

impl Transport {
    /// As the config names it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Maildir { .. } => "maildir",
            Self::Smtp(_) => "smtp",
            Self::Command { .. } => "command",
            Self::Http(_) => "http",
            Self::Spool { .. } => "spool",
        }
    }
}
