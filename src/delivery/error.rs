use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::SignedDuration;

use super::gateway::GatewayFault;
use super::scrub::scrubbed;
use super::stage::{Persistence, Stage};
use crate::domain::message::Message;
use crate::os::{FileError, SecretFileError};

/// Why a message was not handed over: where on its way it stopped, whether another try may help, and what the
/// other side said. The text reads after "failed to".
#[derive(Debug, thiserror::Error)]
#[error("{}", stage.deed())]
pub struct DeliveryError {
    pub stage: Stage,
    pub persistence: Persistence,
    #[source]
    pub fault: Fault,
    /// The other side's own words. They may repeat the address or the code, so there is no way to them but
    /// [`DeliveryError::told`] (security T9).
    words: Option<String>,
    /// How long the other side asks to be left alone.
    pub pause: Option<SignedDuration>,
    /// The number that a mail server's answer begins with.
    pub(super) reply: Option<u16>,
}

/// What was wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the {field} holds a control character")]
    Control { field: &'static str },
    #[error("the {field} cannot be written to")]
    Address { field: &'static str },
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    #[error(transparent)]
    Gateway(#[from] GatewayFault),
    #[error("the address is no telephone number")]
    NotANumber,
    /// It was understood and declined; the words of the other side say why.
    #[error("it was refused")]
    Refused,
    #[error("no answer came within {seconds} s")]
    Timeout { seconds: u64 },
    #[error("the connection broke")]
    Broken(#[source] io::Error),
    #[error("the server closed the connection")]
    Closed,

    #[error("nothing answers to that name")]
    Unresolved(#[source] io::Error),
    #[error("the name has no address")]
    NoAddress,
    #[error("the name leads to another machine, and nothing goes there in the clear")]
    InTheClear,
    #[error("{address} takes no connection")]
    Unreachable { address: SocketAddr, source: io::Error },
    #[error("the answer is not SMTP")]
    NotSmtp,
    #[error("the server does not offer STARTTLS")]
    NoStartTls,
    #[error("the server said more than its answer before TLS began, as somebody in between would")]
    Injected,
    #[error("the server does not speak TLS there")]
    NotTls,
    #[error("the server agreed to STARTTLS, and then spoke no TLS")]
    NoTlsAfterAll,
    #[error("its certificate {0}")]
    Certificate(CertificateFault),
    #[error(transparent)]
    Tls(rustls::Error),
    #[error("no certificate of an authority was found on this machine")]
    NoAuthorities,
    #[error("{} holds no certificate in PEM", path.display())]
    NotPem { path: PathBuf },
    #[error("the server offers neither AUTH PLAIN nor AUTH LOGIN")]
    NoMechanism,
    #[error("the server does not take addresses in other scripts than the Latin one (SMTPUTF8)")]
    NoSmtpUtf8,

    #[error("{} cannot be run", program.display())]
    Program { program: PathBuf, source: io::Error },
    #[error("the program ended well, but read nothing of the message")]
    Unread,
    #[error("the program ended with {code}")]
    Exit { code: i32 },
    #[error("the program was ended by signal {signal}")]
    Signal { signal: i32 },
}

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CertificateFault {
    #[error("has expired")]
    Expired,
    #[error("is not valid yet")]
    NotYetValid,
    #[error("is from an authority that is not trusted here")]
    UnknownIssuer,
    #[error("is for another name")]
    WrongName,
    #[error("is made for an authority (CA:TRUE), and not for a server")]
    OfAuthority,
    #[error("is of an old version of X.509, without what names a server")]
    OldVersion,
    #[error("is not valid: {0:?}")]
    Other(rustls::CertificateError),
}

impl DeliveryError {
    pub fn temporary(stage: Stage, fault: impl Into<Fault>) -> Self {
        Self::new(stage, Persistence::Temporary, fault.into())
    }

    pub fn permanent(stage: Stage, fault: impl Into<Fault>) -> Self {
        Self::new(stage, Persistence::Permanent, fault.into())
    }

    /// The other side declined.
    pub fn refused(stage: Stage, persistence: Persistence) -> Self {
        Self::new(stage, persistence, Fault::Refused)
    }

    fn new(stage: Stage, persistence: Persistence, fault: Fault) -> Self {
        Self { stage, persistence, fault, words: None, pause: None, reply: None }
    }

    /// With the number of the mail server's answer.
    #[must_use]
    pub(super) fn replied(mut self, reply: u16) -> Self {
        self.reply = Some(reply);
        self
    }

    /// Whether the other side's words have this one in them, in capitals or not.
    pub(super) fn mentions(&self, word: &str) -> bool {
        self.words
            .as_ref()
            .is_some_and(|words| words.to_ascii_lowercase().contains(&word.to_ascii_lowercase()))
    }

    /// With what the other side said, as it said it.
    #[must_use]
    pub fn said(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into()).filter(|words| !words.trim().is_empty());
        self
    }

    /// Not to be tried again before that long.
    #[must_use]
    pub fn not_before(mut self, pause: SignedDuration) -> Self {
        self.pause = Some(pause);
        self
    }

    /// With the words changed, where there are any.
    pub(super) fn with_words(mut self, change: impl FnOnce(&str) -> String) -> Self {
        self.words = self.words.as_deref().map(change);
        self
    }

    /// Whether every other message would fail in the same way now: nothing of this one was looked at yet.
    pub fn concerns_all(&self) -> bool {
        match self.stage {
            // Of what is prepared, the message is the only thing that differs from one to the next.
            Stage::Prepare => !matches!(
                self.fault,
                Fault::Control { .. }
                    | Fault::Address { .. }
                    | Fault::NotANumber
                    | Fault::Gateway(GatewayFault::Template(_) | GatewayFault::Request)
            ),
            Stage::Start
            | Stage::Resolve
            | Stage::Connect
            | Stage::Tls
            | Stage::Greet
            | Stage::Authenticate => true,
            Stage::Sender | Stage::Recipient | Stage::Accept => false,
        }
    }

    /// The whole story on one line: ours, and what the other side said, without what belongs to `message`
    /// (security T9).
    pub fn told(&self, message: &Message) -> String {
        format!("{}: {}", self.stage.deed(), self.told_of_stage(message))
    }

    /// The same without the stage, for where that stands beside.
    pub fn told_of_stage(&self, message: &Message) -> String {
        let fault: &dyn std::error::Error = &self.fault;
        let causes = std::iter::successors(Some(fault), |error| error.source());
        let mut parts: Vec<String> = causes.map(ToString::to_string).collect();
        parts.extend(self.words.iter().map(|words| scrubbed(words, message)));
        parts.join(": ")
    }
}
