//! How messages leave, as the config says it.

use std::path::PathBuf;

use jiff::SignedDuration;

use super::gateway::HttpGateway;
use crate::domain::mail::MailServer;
use crate::domain::spool::SpoolFormat;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub background: bool,
    /// Names of system users that may hand in delivery receipts, besides admins.
    pub receipts: Vec<String>,
    pub email: Channel,
    pub sms: Channel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub transport: Transport,
    /// The sender's address in each message.
    pub from: String,
    /// Where answers go, if not there.
    pub reply_to: Option<String>,
    /// Where undeliverable messages come back to.
    pub bounces: Bounces,
    /// How long one answer of the other side is waited for.
    pub timeout: SignedDuration,
}

/// The sender on the envelope (RFC 5321, 4.5.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bounces {
    /// To the sender's address.
    ToSender,
    ToAddress(String),
    /// Nowhere.
    Never,
}

/// How messages of a channel leave. A new transport is a variant here, and the rows of its keys.
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

impl Channel {
    /// With nothing in it.
    pub(super) fn unfilled() -> Self {
        Self {
            transport: Transport::Maildir { path: PathBuf::new() },
            from: String::new(),
            reply_to: None,
            bounces: Bounces::ToSender,
            timeout: SignedDuration::ZERO,
        }
    }
}

impl Transport {
    /// Each name for emails, with its variant before its own keys are read.
    pub(super) fn for_email() -> [(&'static str, Self); 4] {
        let [maildir, command, http, _] = Self::for_sms();
        [maildir, ("smtp", Self::Smtp(MailServer::at(""))), command, http]
    }

    /// The same for SMS.
    pub(super) fn for_sms() -> [(&'static str, Self); 4] {
        let (path, format) = (PathBuf::new(), SpoolFormat::Smstools);
        [
            ("maildir", Self::Maildir { path: PathBuf::new() }),
            ("command", Self::Command { argv: Vec::new() }),
            ("http", Self::Http(Box::new(HttpGateway::unfilled()))),
            ("spool", Self::Spool { path, format, group_readable: false }),
        ]
    }

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
