//! Attempts: whatever may be a guess is written down and counted before it is judged (security K11).

use jiff::{SignedDuration, Timestamp};

use super::event::Action;
use super::text::text_enum;

/// An attempt without an outcome is a wrong one after so long.
pub const OUTCOME_WITHIN: SignedDuration = SignedDuration::from_secs(60);

text_enum! {
    /// What is shown to be judged.
    Kind {
        /// A password, with the code of an authenticator where one is given.
        SignIn => "sign_in",
        /// A code of login protection: a wrong one counts towards the lock, too.
        SignInCode => "sign_in_code",
        /// A code that was sent.
        Code => "code",
        /// A code of an authenticator by itself.
        Totp => "totp",
        Captcha => "captcha",
        SetupToken => "setup_token",
        /// A code that a caller of the help desk read out.
        CallerCode => "caller_code",
        /// The reference of a notice.
        Reference => "reference",
        /// The serial number of an appeal.
        Serial => "serial",
    }
}

impl Kind {
    /// What an attempt is recorded as.
    pub fn attempted(self) -> Action {
        match self {
            Self::SignIn => Action::LoginAttempted,
            Self::SignInCode | Self::Code | Self::Totp => Action::VerifyCodeAttempted,
            Self::Captcha => Action::CaptchaAttempted,
            Self::SetupToken => Action::SetupTokenAttempted,
            Self::CallerCode => Action::ChallengeAttempted,
            Self::Reference => Action::DisownAttempted,
            Self::Serial => Action::AppealAttempted,
        }
    }

    /// What one without an outcome is recorded as.
    pub fn failed(self) -> Action {
        match self {
            Self::SignIn | Self::SignInCode => Action::LoginFailed,
            Self::Code | Self::Totp => Action::VerifyCodeFailed,
            Self::Captcha => Action::CaptchaFailed,
            Self::SetupToken => Action::UpdateUserPwdByEmail,
            Self::CallerCode => Action::ChallengeFailed,
            Self::Reference => Action::DisownChange,
            Self::Serial => Action::LookupAppeal,
        }
    }

    /// Whether a wrong one counts towards the lock of a person.
    pub fn locks(self) -> bool {
        matches!(self, Self::SignIn | Self::SignInCode)
    }
}

/// An attempt whose outcome is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The number of its record.
    pub seq: u64,
    pub kind: Kind,
    /// The id of the person, or what stands for one that is not known.
    pub subject: String,
    /// What wrong ones in a row are counted by; empty where they are not.
    pub counted: Vec<u8>,
    pub source: String,
    pub begun_at: Timestamp,
}
