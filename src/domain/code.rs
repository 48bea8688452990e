//! Verification codes: what they are for, and their states.

use jiff::Timestamp;
use serde::Serialize;

use super::address::Channel;
use super::text::text_enum;
use super::time::in_seconds;
use super::typed;

text_enum! {
    /// What a code proves. A code of one purpose is worth nothing for another (security K3).
    Purpose {
        Reset => "reset",
        BindContact => "bind_contact",
        /// To the old contact before it is replaced.
        LeaveContact => "leave_contact",
        /// To the number of an identity that is being registered.
        Register => "register",
        /// Login protection: besides the password.
        SignIn => "sign_in",
        /// Operation protection: before a change of one's own.
        Protect => "operation",
        /// To the designated person, for another's change.
        Approve => "approval",
        /// Read out by a caller to the help desk.
        VerifyCaller => "verify_caller",
    }
}

text_enum! {
    /// The life of a code (cli.md, "JSON").
    State {
        Queued => "queued",
        Sent => "sent",
        Failed => "failed",
        Used => "used",
        Expired => "expired",
        Revoked => "revoked",
        Superseded => "superseded",
        Exhausted => "exhausted",
    }
}

impl State {
    /// Whether the code could still be accepted.
    pub fn live(self) -> bool {
        matches!(self, Self::Queued | Self::Sent)
    }
}

text_enum! {
    /// Why a code ended; with those of [`super::eligibility::Ineligible`] the stable words of `state_reason`.
    EndReason {
        NewerCode => "newer_code": "a newer one was asked for",
        /// By `codes revoke`.
        Operator => "operator": "by an operator",
        PasswordChanged => "password_changed": "the password was changed",
        ContactChanged => "contact_changed": "the contact was changed",
        RequestCancelled => "request_cancelled": "the request was cancelled",
        AppealApproved => "appeal_approved": "an appeal was approved",
        Disowned => "disowned": "they reported a change that was not theirs, and are blocked",
        /// By `user revoke`.
        UserRevoked => "revoked": "an operator revoked everything that could lead to a password",
        StoreRestored => "store_restored": "the store was restored from a backup",
        ClockWentBack => "clock_went_back": "the clock was set back, which ends every code",
        /// Its time was over before its message left.
        NotSentInTime => "not_sent_in_time": "it expired before it was handed over",
    }
    /// For operators, after "the code was ended:".
    fn describe;
}

impl EndReason {
    /// What it leaves a live code in.
    pub fn state(self) -> State {
        match self {
            Self::NewerCode => State::Superseded,
            Self::ClockWentBack => State::Expired,
            Self::NotSentInTime => State::Failed,
            Self::Operator
            | Self::PasswordChanged
            | Self::ContactChanged
            | Self::RequestCancelled
            | Self::AppealApproved
            | Self::Disowned
            | Self::UserRevoked
            | Self::StoreRestored => State::Revoked,
        }
    }
}

/// A code as stored. The digits are not in it: only their keyed hash is (security K2).
#[derive(Clone, Serialize)]
pub struct Code {
    pub id: String,
    #[serde(skip)]
    pub user_id: Option<String>,
    /// `acme/alice`, for lists.
    pub user: Option<String>,
    #[serde(skip)]
    pub request_id: Option<String>,
    #[serde(skip)]
    pub contact_id: Option<String>,
    pub purpose: Purpose,
    pub channel: Channel,
    /// Masked; `None` where nothing was sent.
    pub destination: Option<String>,
    pub state: State,
    pub state_reason: Option<String>,
    pub tries_left: u32,
    #[serde(serialize_with = "in_seconds")]
    pub created_at: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    pub expires_at: Timestamp,
    #[serde(serialize_with = "in_seconds")]
    pub delivered_at: Option<Timestamp>,
    /// Whether a worker died with its message in its hands: it may have gone out twice.
    pub maybe_twice: bool,
    #[serde(skip)]
    pub mac: CodeMac,
}

/// The keyed hash of a code, and which key made it.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeMac {
    pub key_id: String,
    pub tag: Vec<u8>,
}

impl Code {
    /// Why it ended; `None` where it goes on, nobody was to get it, or the provider said why in words of its own.
    pub fn end_reason(&self) -> Option<EndReason> {
        self.state_reason.as_deref()?.parse().ok()
    }

    /// Whether a new one can take its place: it did not do its work, and somebody waits for it still. One that is too
    /// old is waited for by nobody, but to verify a contact.
    pub fn can_be_sent_again(&self, now: Timestamp) -> bool {
        let in_time = now < self.expires_at || self.purpose == Purpose::BindContact;
        in_time && (self.state.live() || self.state == State::Failed)
    }
}

/// Why typed text cannot be a code. Costs no try (security K1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has {length} digits{aside}")]
pub struct MalformedCode {
    pub length: usize,
    /// What looks like a digit, perhaps, and is none.
    pub aside: typed::Aside,
}

/// The digits of a typed code, of whatever script: blanks, hyphens and what is not seen are dropped, anything else is
/// refused.
pub fn parse_typed(text: &str, length: usize) -> Result<super::secret::Secret, MalformedCode> {
    let digits = super::secret::Secret::from(typed::ungrouped(text).as_str());
    if digits.expose().len() == length && digits.expose().bytes().all(|b| b.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(MalformedCode { length, aside: typed::Aside(typed::foreign(text)) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::secret::Secret;
    use super::super::user::tests::at;
    use super::*;

    #[test]
    fn k1_spaces_and_hyphens_are_dropped_and_the_rest_refused() {
        for text in [
            "012345",
            "012 345",
            " 012-345 ",
            "0-1-2 3 4 5",
            "\u{ff10}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}",
            "012\u{a0}345",
            "\u{200e}012345",
            "\t012345\r\n",
        ] {
            assert_eq!(parse_typed(text, 6).ok().as_ref().map(Secret::expose), Some("012345"), "{text:?}");
        }
        for text in ["", "12345", "1234567", "12345a", "12345\n", "\u{2460}23456"] {
            assert!(parse_typed(text, 6).is_err(), "{text:?}");
        }
        let told = |text| parse_typed(text, 6).err().map(|malformed| malformed.to_string());
        assert_eq!(told("12345O").as_deref(), Some("a code has 6 digits"));
        assert_eq!(
            told("12345\u{41e}").as_deref(),
            Some("a code has 6 digits; U+041E at the end does not belong there")
        );
    }

    fn code(change: impl FnOnce(&mut Code)) -> Code {
        let mut made = Code {
            id: "cod_1".to_owned(),
            user_id: None,
            user: None,
            request_id: None,
            contact_id: None,
            purpose: Purpose::Reset,
            channel: Channel::Email,
            destination: None,
            state: State::Sent,
            state_reason: None,
            tries_left: 5,
            created_at: at(0),
            expires_at: at(100),
            delivered_at: None,
            maybe_twice: false,
            mac: CodeMac { key_id: String::new(), tag: Vec::new() },
        };
        change(&mut made);
        made
    }

    #[test]
    fn a_code_that_did_not_do_its_work_can_be_sent_again_in_time() {
        let again = |change: fn(&mut Code), seconds| code(change).can_be_sent_again(at(seconds));
        assert!(again(|_| {}, 99) && !again(|_| {}, 100));
        assert!(again(|of| of.purpose = Purpose::BindContact, 100), "to verify a contact, at any time");
        for state in State::ALL {
            let of = code(|of| of.state = *state);
            let wanted = matches!(state, State::Queued | State::Sent | State::Failed);
            assert_eq!(of.can_be_sent_again(at(0)), wanted, "{state}");
            assert_eq!(state.live(), matches!(state, State::Queued | State::Sent), "{state}");
        }
    }
}
