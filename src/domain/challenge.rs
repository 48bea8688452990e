//! Callers of the help desk prove who they are: a code goes to their own contact, and they read it out.

use jiff::Timestamp;

use super::code::Code;
use super::text::text_enum;

/// How long a caller who read the right code out counts as verified.
pub const CONFIRMED_MINUTES: i64 = 15;

text_enum! {
    /// The life of a challenge.
    State {
        /// The code is on its way, or was handed over.
        Sent => "sent",
        /// The caller read the right code out.
        Confirmed => "confirmed",
        /// It let the operator do what it was asked for.
        Used => "used",
        Expired => "expired",
        /// Too many wrong codes, a newer challenge, or the password has changed since.
        Ended => "ended",
    }
}

impl State {
    /// Whether it can still lead to something.
    pub fn live(self) -> bool {
        matches!(self, Self::Sent | Self::Confirmed)
    }
}

/// A challenge as stored. It counts for this person and this operator alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub id: String,
    pub user_id: String,
    pub code_id: String,
    /// The operator who sent it: the kernel's uid, and the name at that time.
    pub uid: u32,
    pub operator: String,
    pub state: State,
    pub created_at: Timestamp,
    /// The end of the code, and of the caller's being verified once it was confirmed.
    pub expires_at: Timestamp,
}

/// A challenge with its code and its person.
#[derive(Clone)]
pub struct ChallengeState {
    pub challenge: Challenge,
    pub user: String,
    pub code: Code,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alive_is_what_was_sent_or_confirmed() {
        let live: Vec<&State> = State::ALL.iter().filter(|state| state.live()).collect();
        assert_eq!(live, [&State::Sent, &State::Confirmed]);
    }
}
