//! The error of every transport.

use jiff::SignedDuration;

use super::fault::{Fault, GatewayFault};
use super::redact::redacted;
use super::stage::{Persistence, Stage};
use crate::domain::mail_answer::Matter;
use crate::domain::message::Message;

/// Why a message was not handed over: where on its way it stopped, whether another try may help, and what the
/// other side said. The text reads after "failed to".
#[derive(Debug, thiserror::Error)]
#[error("{}", stage.describe())]
pub struct DeliveryError {
    pub stage: Stage,
    pub persistence: Persistence,
    #[source]
    pub fault: Fault,
    /// The other side's own words. They may repeat the address or the code, so there is no way to them but
    /// [`DeliveryError::redacted`] (security T9).
    words: Option<String>,
    /// How long the other side asks to be left alone.
    pub pause: Option<SignedDuration>,
    /// What a mail server's answer is about.
    pub matter: Option<Matter>,
}

impl DeliveryError {
    pub fn temporary(stage: Stage, fault: impl Into<Fault>) -> Self {
        Self::new(stage, Persistence::Temporary, fault.into())
    }

    pub fn permanent(stage: Stage, fault: impl Into<Fault>) -> Self {
        Self::new(stage, Persistence::Permanent, fault.into())
    }

    pub(super) fn new(stage: Stage, persistence: Persistence, fault: Fault) -> Self {
        Self { stage, persistence, fault, words: None, pause: None, matter: None }
    }

    /// With what the mail server's answer is about.
    #[must_use]
    pub(super) fn about(mut self, matter: Matter) -> Self {
        self.matter = Some(matter);
        self
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
            | Stage::Authenticate
            // The person has not been named yet.
            | Stage::Sender => true,
            Stage::Recipient | Stage::Accept => false,
        }
    }

    /// The whole story on one line: ours, and what the other side said, without what belongs to `message`
    /// (security T9).
    pub fn redacted(&self, message: &Message) -> String {
        format!("{}: {}", self.stage.describe(), self.redacted_fault(message))
    }

    /// The fault and the other side's words without the stage, for where that stands beside.
    pub fn redacted_fault(&self, message: &Message) -> String {
        let fault: &dyn std::error::Error = &self.fault;
        let causes = std::iter::successors(Some(fault), |error| error.source());
        let mut parts: Vec<String> = causes.map(ToString::to_string).collect();
        parts.extend(self.words.iter().map(|words| redacted(words, message)));
        parts.join(": ")
    }
}
