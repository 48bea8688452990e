//! What happened on the way of a person's codes, one entry a step.

use jiff::Timestamp;
use serde::Serialize;

use super::code::Purpose;
use super::mail_answer::Matter;
use super::text::text_enum;
use super::time::in_seconds;

text_enum! {
    /// What happened.
    What {
        Asked => "asked",
        AskRefused => "ask_refused",
        CaptchaFailed => "captcha_failed",
        CaptchaPassed => "captcha_passed",
        /// Asked for, and kept back: nothing went to anybody.
        NotSent => "not_sent",
        SendRefused => "send_refused",
        Queued => "queued",
        TryFailed => "try_failed",
        HandedOver => "handed_over",
        /// A worker died with it in its hands.
        InDoubt => "in_doubt",
        /// Given up.
        Undeliverable => "undeliverable",
        /// As a receipt of the provider says.
        Delivered => "delivered",
        NotDelivered => "not_delivered",
        WrongCode => "wrong_code",
        SpentCode => "spent_code",
        RightCode => "right_code",
        WrongProof => "wrong_proof",
        Expired => "expired",
        /// Its time was over while it waited to be handed over.
        NeverLeft => "never_left",
        Superseded => "superseded",
        Revoked => "revoked",
        PasswordRefused => "password_refused",
        PasswordReset => "password_reset",
        Cancelled => "cancelled",
        /// A setup token was ended before anybody used it.
        SetupEnded => "setup_token_ended",
        SetupExpired => "setup_token_expired",
        SetupSent => "setup_token_sent",
        ContactChanged => "contact_changed",
        SignedIn => "signed_in",
        SignInFailed => "sign_in_failed",
        Unlocked => "unlocked",
    }
}

/// A line of the timeline. It holds no code, and no contact but masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    #[serde(serialize_with = "in_seconds")]
    pub at: Timestamp,
    pub what: What,
    /// The stable code of the cause, as the records have it.
    pub cause: Option<String>,
    /// What the provider answered, redacted (security T9).
    #[serde(rename = "provider")]
    pub words: Option<String>,
    /// What a mail server's answer was about.
    #[serde(rename = "about")]
    pub matter: Option<Matter>,
    /// The code's identifier, never the code.
    pub code: Option<String>,
    pub purpose: Option<Purpose>,
    /// Masked.
    pub destination: Option<String>,
    /// The address that a portal or kiosk told, of whoever did it.
    pub from: Option<String>,
    /// How often something can still be tried, or was tried in vain.
    #[serde(skip)]
    pub count: Option<u64>,
    /// Until when something lasts: a lock, a wait, a row of tries.
    #[serde(skip)]
    pub until: Option<Timestamp>,
}

impl Entry {
    pub fn new(at: Timestamp, what: What) -> Self {
        Self {
            at,
            what,
            cause: None,
            words: None,
            matter: None,
            code: None,
            purpose: None,
            destination: None,
            from: None,
            count: None,
            until: None,
        }
    }
}
