//! What is counted, and when it is spent (security K6, K12).

/// After so many wrong codes in a row for one contact or authenticator, it is switched off (NIST SP 800-63B-4 3.2.2: at
/// most 100).
pub const MAX_FAILURES: u64 = 100;
/// After so many from one source, it is switched off for this source.
pub const MAX_FROM_SOURCE: u64 = 25;

/// Who asks for a message. What some ask for is held up by what others did as little as can be (security K12).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By<'a> {
    /// Anybody who knows a name, from a source.
    Stranger(&'a str),
    /// Somebody with the person's password, from a source.
    Proven(&'a str),
    /// Operators act for many from one place.
    #[default]
    Operator,
}

impl<'a> By<'a> {
    pub fn source(self) -> Option<&'a str> {
        match self {
            Self::Stranger(source) | Self::Proven(source) => Some(source),
            Self::Operator => None,
        }
    }
}

/// What was taken of a budget: by whoever asks, by all, and how much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub own: u64,
    pub all: u64,
    pub limit: u64,
}

impl Used {
    /// Whether the limit is reached for whoever asks. One source spends half of it at most; one that has spent nothing
    /// of it gets its first in up to twice the limit, so that no other uses it up for the person. Those who have
    /// proved something, and operators, are held up by what their like have asked for alone.
    pub(super) fn is_spent(self, by: By<'_>) -> bool {
        let Self { own, all, limit } = self;
        match by {
            By::Stranger(_) if own == 0 => all >= 2 * limit,
            By::Stranger(_) => own >= (limit / 2).max(1) || all >= limit,
            By::Proven(_) | By::Operator => own >= limit,
        }
    }
}

/// What the store as a whole may send by a channel in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    pub spent: u64,
    pub most: u64,
}

impl Ceiling {
    /// Whether codes are kept back.
    pub fn reached(self) -> bool {
        self.spent >= self.most
    }
}

/// All that is counted before a code is sent. The default has spent nothing.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    /// Wrong codes in a row for the contact, wherever they came from.
    pub failures: u64,
    /// Those of them that came from the source.
    pub failures_here: u64,
    /// What went to the contact, in the last hour and in the last day.
    pub contact: Vec<Used>,
    /// What went to the person in the last hour.
    pub person: Option<Used>,
    /// What the source asked for in the last hour, whomever it went to.
    pub source: Option<Ceiling>,
    pub channel: Option<Ceiling>,
}

impl Counters {
    /// Whether the source may ask for nothing more, whomever it is for.
    pub fn source_is_spent(&self) -> bool {
        self.source.is_some_and(Ceiling::reached)
    }
}
