//! Contacts: the one email address and the one mobile number that a person may have bound, and a new one that waits to
//! take the place of either.

use jiff::Timestamp;

use super::address::{Address, Channel, masked};
use super::text::text_enum;
use super::time::whole_seconds_from;

text_enum! {
    /// Who proves a contact that is not verified yet, by the code that went to it.
    Confirmation {
        /// The person, who gives their password, too.
        Owner => "owner",
        /// They read the code out to an operator, who enters it.
        ReadOut => "read_out",
        /// As before, by a caller who had been verified.
        VerifiedCaller => "verified_caller",
    }
}

impl Confirmation {
    /// Whether an operator asks for the code.
    pub fn is_by_operator(self) -> bool {
        self != Self::Owner
    }
}

/// A bound contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub id: String,
    pub user_id: String,
    pub channel: Channel,
    pub address: String,
    /// What it is compared by; see [`super::address::Address::key`].
    pub key: String,
    pub verified_at: Option<Timestamp>,
    /// From when reset codes may go to it: later than now during its cool-down (security S5).
    pub usable_from: Timestamp,
    pub bound_at: Timestamp,
    /// The security phone number of a unified ID: the one that it was registered with, or that took its place.
    pub security: bool,
    /// While it is not verified.
    pub confirmation: Confirmation,
}

impl Contact {
    /// Whether it is compared as this address is, and is another mailbox all the same: `m²@` and `m2@` are two.
    pub fn looks_like(&self, address: &Address) -> bool {
        let local = |text: &str| text.split_once('@').map(|(local, _)| local.to_lowercase());
        self.key == address.key() && local(&self.address) != local(address.as_str())
    }

    /// One that is not verified, and in no table yet.
    pub fn pending(id: String, user_id: &str, address: &Address, now: Timestamp) -> Self {
        Self {
            id,
            user_id: user_id.to_owned(),
            channel: address.channel(),
            address: address.as_str().to_owned(),
            key: address.key().to_owned(),
            verified_at: None,
            usable_from: now,
            bound_at: now,
            security: false,
            confirmation: Confirmation::Owner,
        }
    }

    pub fn masked(&self) -> String {
        masked(self.channel, &self.address)
    }

    /// From when reset codes may go to it, as it is shown: not a moment too early where there is a cool-down.
    pub fn receives_from(&self) -> Timestamp {
        if self.usable_from > self.bound_at { whole_seconds_from(self.usable_from) } else { self.usable_from }
    }

    /// Whether it is verified, and its cool-down is over: it can prove who somebody is.
    pub fn receives(&self, now: Timestamp) -> bool {
        self.verified_at.is_some() && self.usable_from <= now
    }
}

#[cfg(test)]
mod tests {
    use super::super::user::tests::{at, contact};
    use super::*;

    #[test]
    fn s5_a_contact_receives_once_it_is_verified_and_its_cool_down_is_over() {
        let usable =
            |verified, seconds| Contact { usable_from: at(seconds), ..contact(Channel::Email, verified) };
        assert!(usable(true, 100).receives(at(100)));
        assert!(!usable(true, 101).receives(at(100)));
        assert!(!usable(false, 100).receives(at(100)));
    }
}
