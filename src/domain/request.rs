//! A person's request to reset a password: its states and their order (security S1).

use jiff::Timestamp;

use super::code::Withheld;
use super::text::text_enum;

/// How long a request lives (domain.md, "Codes").
pub const LIFETIME_MINUTES: i64 = 15;
/// Live requests a person may have (cli.md, "Small decisions").
pub const LIVE_PER_PERSON: u64 = 5;
/// Live requests a source may have.
pub const LIVE_PER_SOURCE: u64 = 10;
/// How often a CAPTCHA may be shown, and answered, within one request.
pub const CAPTCHA_SHOWINGS: u32 = 10;
/// How long one shown CAPTCHA can be answered.
pub const CAPTCHA_MINUTES: i64 = 5;

text_enum! {
    /// Where a request stands.
    State {
        Captcha => "captcha",
        Method => "method",
        Code => "code",
        Second => "second",
        Password => "password",
        Done => "done",
        Expired => "expired",
        Cancelled => "cancelled",
    }
}

impl State {
    /// The states in which a request can go on.
    pub const LIVE: [Self; 5] = [Self::Captcha, Self::Method, Self::Code, Self::Second, Self::Password];

    pub fn live(self) -> bool {
        Self::LIVE.contains(&self)
    }

    /// The step that comes next, for messages.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Captcha => "answer the CAPTCHA",
            Self::Method => "choose a method",
            Self::Code => "enter the code",
            Self::Second => "give one more proof",
            Self::Password => "set the new password",
            Self::Done => "sign in with the new password",
            Self::Expired | Self::Cancelled => "start again",
        }
    }
}

text_enum! {
    /// How a person proves who they are (cli.md, `[reset] methods`).
    Method {
        Email => "email",
        Mobile => "mobile",
        /// Nothing more is typed: the code goes to the bound email, else to the mobile.
        Account => "account",
    }
}

/// A CAPTCHA as stored: the keyed hash of its answer.
#[derive(Clone)]
pub struct Captcha {
    pub key_id: String,
    pub tag: Vec<u8>,
    pub expires_at: Timestamp,
}

/// A request as stored. A decoy is one without a user, or one whose every code is withheld; nobody outside
/// can tell it from a real one (security E1).
#[derive(Clone)]
pub struct Request {
    pub id: String,
    pub user_id: Option<String>,
    /// Keyed hash of the name as typed: what budgets of unknown people are counted by.
    pub subject: Vec<u8>,
    /// Where it came from: the kernel's uid, and an address where the config trusts it (security K6).
    pub source: String,
    /// The uid that may go on with it.
    pub uid: u32,
    pub state: State,
    /// Set at the start when nothing will be sent whatever is typed later.
    pub withheld: Option<Withheld>,
    /// The proof-of-work challenge; no secret.
    pub challenge: Option<String>,
    pub captcha: Option<Captcha>,
    pub captcha_left: u32,
    pub method: Option<Method>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_sent_at: Option<Timestamp>,
    /// The serial of the approved appeal it stands on: its person has proved who they are to an operator.
    pub appeal: Option<String>,
}
