//! Appeals, and the forms that are not sent yet, as the store keeps them.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::text::text_enum;
use crate::domain::time::in_seconds;

/// How long the password may be reset on the strength of an approved appeal (domain.md, "Unified ID").
pub const RESET_HOURS: i64 = 24;

text_enum! {
    /// What is asked for in the form.
    Kind {
        /// The five groups of information.
        Appeal => "appeal",
        /// The materials of a service ticket.
        Ticket => "ticket",
    }
}

text_enum! {
    /// Where an appeal stands.
    State {
        Submitted => "submitted",
        Approved => "approved",
        Denied => "denied",
        /// A password was reset on the strength of it.
        Used => "used",
        /// Not decided, or not used, in time; or ended with another one.
        Expired => "expired",
    }
}

/// An appeal as stored.
#[derive(Clone)]
pub struct Appeal {
    pub serial: String,
    pub kind: Kind,
    /// Nobody for a name that nobody has.
    pub user_id: Option<String>,
    /// Keyed hash of the person, or of the name as typed: what budgets are counted by.
    pub subject: Vec<u8>,
    /// Where it came from (security K6).
    pub source: String,
    /// Who handed it in.
    pub uid: u32,
    pub state: State,
    /// Whether there were too many for this person within a day: told to operators only.
    pub crowded: bool,
    pub key_id: String,
    /// The form, sealed; `None` once it was purged.
    pub sealed: Option<Vec<u8>>,
    pub created_at: Timestamp,
    /// Until when it can be decided; once it is approved, until when it can be used.
    pub expires_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    /// What whoever decided it gave as the reason.
    pub decision_reason: Option<String>,
}

impl Appeal {
    /// Whether a password can be reset on the strength of it now (security K5).
    pub fn opens(&self, now: Timestamp) -> bool {
        let decided = self.decided_at.is_some_and(|at| at <= now);
        self.state == State::Approved && decided && now < self.expires_at
    }
}

/// One operator's yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    #[serde(skip)]
    pub uid: u32,
    pub operator: String,
    #[serde(serialize_with = "in_seconds")]
    pub at: Timestamp,
}

/// A form that was left, to be taken up again by the same uid.
#[derive(Clone)]
pub struct Draft {
    pub id: String,
    pub uid: u32,
    pub source: String,
    pub key_id: String,
    pub sealed: Vec<u8>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::user::tests::at;

    #[test]
    fn k5_an_appeal_opens_a_reset_once_approved_and_until_its_end() {
        let opens = |state, decided: Option<i64>, expires| {
            let appeal = Appeal {
                serial: "apl".to_owned(),
                kind: Kind::Appeal,
                user_id: None,
                subject: Vec::new(),
                source: String::new(),
                uid: 1,
                state,
                crowded: false,
                key_id: String::new(),
                sealed: None,
                created_at: at(0),
                expires_at: at(expires),
                decided_at: decided.map(at),
                decision_reason: None,
            };
            appeal.opens(at(100))
        };
        for state in State::ALL {
            assert_eq!(opens(*state, Some(100), 101), *state == State::Approved, "{state}");
        }
        assert!(!opens(State::Approved, Some(100), 100), "over");
        assert!(!opens(State::Approved, Some(101), 900), "approved later: the clock went back");
        assert!(!opens(State::Approved, None, 900));
    }
}
