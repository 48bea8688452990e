//! How the chain of audit events can be broken (security U2).

/// What is wrong with the chain at its first bad record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    #[error("it was changed")]
    Changed,
    #[error("it is missing")]
    Missing,
    #[error("it replaces another record")]
    OutOfOrder,
    #[error("it and all after it were cut off")]
    CutOff,
    #[error("it was written with key {0}, which the key file does not hold")]
    UnknownKey(String),
    #[error("it was added from outside")]
    Added,
    #[error("it is not the one that was there when the anchor was made")]
    Replaced,
}

impl Break {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::OutOfOrder => "out_of_order",
            Self::CutOff => "cut_off",
            Self::UnknownKey(_) => "unknown_key",
            Self::Added => "added",
            Self::Replaced => "replaced",
        }
    }
}
