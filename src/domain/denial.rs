//! A no to the one who asks: wrong credentials, a wrong code, an act beyond a role.

use super::mfa::Fault;
use super::operator::{Role, Task, Verdict};

/// A no to the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error("the user name or password is wrong, or this user cannot sign in now")]
    Credentials,
    #[error("the code is wrong; {}", tries(u64::from(*tries_left)))]
    Code { tries_left: u32 },
    /// Besides what was right; made by `Denial::totp` alone.
    #[error("{}", .0.describe())]
    Totp(Fault),
    /// In a reset, which ends with its last try.
    #[error("{}; {}", fault.describe(), tries(*tries_left))]
    SecondTotp { fault: Fault, tries_left: u64 },
    #[error("the answer to the CAPTCHA is wrong or too late")]
    Captcha,
    #[error("the setup token is wrong, used, or too old")]
    Token,
    #[error("{}", role_sentence(*role, *task, *verdict))]
    /// `themself` tells whether somebody may do it to their own identity, with their password.
    Role { role: Role, task: Task, verdict: Verdict, themself: bool },
}

impl Denial {
    /// What the one who typed it may know of a fault.
    pub fn totp(fault: Fault) -> Self {
        Self::Totp(fault.public())
    }

    /// A second proof that was wrong, with the tries that are left.
    pub fn second_totp(fault: Fault, tries_left: u64) -> Self {
        match fault.public() {
            fault @ (Fault::Wrong | Fault::Old) => Self::SecondTotp { fault, tries_left },
            fault => Self::Totp(fault),
        }
    }

    /// Beyond a role, and still something that people do to their own identity with their password.
    #[must_use]
    pub fn except_themself(self) -> Self {
        match self {
            Self::Role { role, task, verdict, .. } => Self::Role { role, task, verdict, themself: true },
            other => other,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Credentials => "wrong_credentials",
            Self::Code { .. } => "wrong_code",
            Self::Totp(fault) | Self::SecondTotp { fault, .. } => fault.as_str(),
            Self::Captcha => "wrong_captcha",
            Self::Token => "wrong_token",
            Self::Role { .. } => "not_allowed",
        }
    }
}

/// How many tries are left, in a sentence.
pub fn tries(left: u64) -> String {
    match left {
        0 => "no try is left".to_owned(),
        1 => "1 try is left".to_owned(),
        many => format!("{many} tries are left"),
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
