//! What an operator asked for and is not there.

/// What an operator asked for and is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    #[error("there is no account called {0}")]
    Account(String),
    #[error("there is no user {0}")]
    User(String),
    #[error("nobody has the verified contact {0}")]
    Holder(String),
    #[error("there is no user with the id {0}")]
    UserId(String),
    #[error("{0} has no {1} bound")]
    Contact(String, &'static str),
    #[error("{0} has no authenticator enrolled")]
    Mfa(String),
    #[error("{0} has no device with the id {1}")]
    Device(String, String),
    #[error("there is no code with the id {0}")]
    Code(String),
    #[error("there is no message that was handed over with the id {0}")]
    Message(String),
    #[error("there is no request with the id {0}")]
    Request(String),
    #[error("there is no such reference")]
    Reference,
    #[error("you have sent no such challenge")]
    Challenge,
    #[error("there is no appeal with this serial number")]
    Appeal,
}

impl Missing {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Account(_) => "no_such_account",
            Self::User(_) | Self::Holder(_) | Self::UserId(_) => "no_such_user",
            Self::Contact(..) => "no_such_contact",
            Self::Mfa(_) => "no_such_mfa",
            Self::Device(..) => "no_such_device",
            Self::Code(_) => "no_such_code",
            Self::Message(_) => "no_such_message",
            Self::Request(_) => "no_such_request",
            Self::Reference => "no_such_reference",
            Self::Challenge => "no_such_challenge",
            Self::Appeal => "no_such_appeal",
        }
    }
}
