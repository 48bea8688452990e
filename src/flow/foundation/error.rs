//! How a flow can end badly. Closed: `cli/failure.rs` maps every variant to an exit code.

use crate::domain::entropy::EntropyError;
use crate::domain::mfa::Fault;
use crate::domain::operator::{Role, Task, Verdict};
use crate::flow::foundation::Refusal;
use crate::hasher::HashError;
use crate::keyring::KeyringError;
use crate::os::FileError;
use crate::store::StoreError;
use crate::texts::TextError;

/// Anything that keeps a flow from ending well.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(transparent)]
    File(#[from] FileError),
    /// No such thing; told to operators only (security E6).
    #[error(transparent)]
    Missing(#[from] Missing),
    /// Policy said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Wrong credentials, a wrong code, or an act beyond a role.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Right credentials, but the password must be changed first.
    #[error("the password is right, but it must be changed before it can be used")]
    MustChange,
    #[error(transparent)]
    Text(#[from] TextError),
    /// Messages could not be handed over.
    #[error("hand over what waits: {0}")]
    Delivery(&'static str),
    /// A test message stopped on its way.
    #[error("hand over the test message: it stopped at the stage {stage}")]
    Untested { stage: &'static str, remedy: String },
}

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

/// A no to the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error("the user name or password is wrong, or this user cannot sign in now")]
    Credentials,
    #[error("the code is wrong; {}", tries(*tries_left))]
    Code { tries_left: u32 },
    /// Besides what was right; made by `Denial::totp` alone.
    #[error("{}", totp_sentence(*.0))]
    Totp(Fault),
    #[error("the answer to the CAPTCHA is wrong or too late")]
    Captcha,
    #[error("the setup token is wrong, used, or too old")]
    Token,
    #[error("{}", role_sentence(*role, *task, *verdict))]
    Role { role: Role, task: Task, verdict: Verdict },
}

impl Denial {
    /// The page that lists the causes, where there is one.
    pub fn page(&self) -> Option<&'static str> {
        let causes = matches!(self, Self::Totp(Fault::Wrong | Fault::Old));
        causes.then_some("`regain faq mfa` lists the causes")
    }

    /// What the one who typed it is told.
    pub(crate) fn totp(fault: Fault) -> Self {
        Self::Totp(fault.public())
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Credentials => "wrong_credentials",
            Self::Code { .. } => "wrong_code",
            Self::Totp(fault) => fault.code(),
            Self::Captcha => "wrong_captcha",
            Self::Token => "wrong_token",
            Self::Role { .. } => "not_allowed",
        }
    }
}

fn tries(left: u32) -> String {
    match left {
        0 => "no try is left".to_owned(),
        1 => "1 try is left".to_owned(),
        many => format!("{many} tries are left"),
    }
}

fn totp_sentence(fault: Fault) -> &'static str {
    match fault {
        Fault::Missing => "the code of the authenticator is needed, too",
        Fault::Wrong | Fault::Ahead => "the code of the authenticator is wrong",
        Fault::Used => "this code was used already; wait for the next one",
        Fault::Old => "this code is too old, or the clock of the authenticator is behind",
        Fault::NotInARow => "these are not two codes in a row",
        Fault::Spent => "too many wrong codes came in a row, and this authenticator no longer counts",
    }
}

fn role_sentence(role: Role, task: Task, verdict: Verdict) -> String {
    let verb = task.verb();
    match verdict {
        Verdict::NotAnOperator => {
            format!("you are not an operator of this store, and only operators may {verb}")
        }
        Verdict::Privileged => format!("support may not {verb} for root users and operators"),
        Verdict::BeyondSupport | Verdict::Allowed => format!("the role {role} may not {verb}"),
    }
}
