use std::io;

use super::scrub::scrubbed;
use super::stage::{Persistence, Stage};
use crate::domain::message::Message;
use crate::os::FileError;

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
}

/// What was wrong.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the {field} holds a control character")]
    Control { field: &'static str },
    #[error(transparent)]
    File(#[from] FileError),
    /// It was understood and declined; the words of the other side say why.
    #[error("it was refused")]
    Refused,
    #[error("no answer came within {seconds} s")]
    Timeout { seconds: u64 },
    #[error("the connection broke")]
    Broken(#[source] io::Error),
}

impl DeliveryError {
    pub fn temporary(stage: Stage, fault: impl Into<Fault>) -> Self {
        Self { stage, persistence: Persistence::Temporary, fault: fault.into(), words: None }
    }

    pub fn permanent(stage: Stage, fault: impl Into<Fault>) -> Self {
        Self { stage, persistence: Persistence::Permanent, fault: fault.into(), words: None }
    }

    /// With what the other side said, as it said it.
    #[must_use]
    pub fn said(mut self, words: impl Into<String>) -> Self {
        self.words = Some(words.into()).filter(|words| !words.trim().is_empty());
        self
    }

    /// The whole story on one line, without what belongs to `message` (security T9).
    pub fn told(&self, message: &Message) -> String {
        let error: &dyn std::error::Error = self;
        let causes = std::iter::successors(Some(error), |error| error.source());
        let mut parts: Vec<String> = causes.map(ToString::to_string).collect();
        parts.extend(self.words.clone());
        scrubbed(&parts.join(": "), message)
    }
}
