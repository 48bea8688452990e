//! Whether a person could reset their password by themselves today, and if not, why: pure judgements over what is
//! stored and how the store is set up.

use jiff::Timestamp;

use super::eligibility::Ineligible;
use super::sign_in;
use super::text::text_enum;
use super::user::User;

text_enum! {
    /// Why somebody cannot recover, or what they should know besides. In the order of how heavy it weighs.
    Cause {
        Disowned => "disowned": "blocked until an operator looks",
        Disabled => "disabled": "disabled",
        Programmatic => "programmatic_access_only": "has programmatic access only",
        Unused => "unused_too_long": "unused for too long",
        SelfManagementOff => "self_management_off": "may not set the password alone",
        NoVerifiedContact => "no_verified_contact": "no verified contact",
        TooManyFailures => "contact_disabled_by_failures": "100 wrong codes for the contact",
        Cooldown => "contact_cooldown": "contact in its cool-down",
        MethodOff => "method_off": "method switched off",
        TransportOff => "transport_off": "messages cannot be sent",
        /// A budget is spent, or too many requests are open, so that no code goes to them for now.
        Throttled => "throttled": "codes are held back for now",
        /// A unified ID that has signed in nowhere often, and has one contact and no authenticator.
        NoSecondProof => "no_second_proof": "one contact, and no device it often signs in from",
        TemporaryExpired => "temporary_password_expired": "temporary password expired",
        NeverSignedIn => "never_signed_in": "never signed in",
    }
    /// In a sentence's middle.
    fn describe;
}

impl Cause {
    /// Whether it keeps somebody from resetting by themselves. The others tell how they got there.
    pub fn bars(self) -> bool {
        !matches!(self, Self::TemporaryExpired | Self::NeverSignedIn)
    }

    /// What a reason why no code goes comes down to.
    pub fn of(reason: Ineligible) -> Self {
        match reason {
            Ineligible::Disowned => Self::Disowned,
            Ineligible::Disabled => Self::Disabled,
            Ineligible::Programmatic => Self::Programmatic,
            Ineligible::Unused => Self::Unused,
            Ineligible::SelfManagementOff => Self::SelfManagementOff,
            Ineligible::NoContact
            | Ineligible::Unverified
            | Ineligible::AddressMismatch
            | Ineligible::ContactTaken => Self::NoVerifiedContact,
            Ineligible::Cooldown => Self::Cooldown,
            Ineligible::TooManyFailures => Self::TooManyFailures,
            Ineligible::MethodOff => Self::MethodOff,
            Ineligible::TransportOff => Self::TransportOff,
            Ineligible::TooManyRequests
            | Ineligible::TooManyFailuresHere
            | Ineligible::ContactThrottled
            | Ineligible::SourceThrottled
            | Ineligible::UserThrottled
            | Ineligible::ChannelThrottled => Self::Throttled,
        }
    }
}

/// Whether a reset needs a familiar device, because there is nothing that a second proof could come from. `ways` has the
/// reasons against each contact.
pub fn needs_familiar_device(user: &User, ways: &[Vec<Ineligible>]) -> bool {
    user.is_unified_id() && !user.mfa && ways.iter().filter(|reasons| reasons.is_empty()).count() == 1
}

/// Everything that applies, in the order of definition; whoever has nothing that bars could recover now. `ways` has the
/// reasons against each contact, or against none; `alone` is whether nothing is left that a second proof could come from.
pub fn causes(user: &User, ways: &[Vec<Ineligible>], alone: bool, now: Timestamp) -> Vec<Cause> {
    let mut found = Vec::new();
    if ways.iter().all(|reasons| !reasons.is_empty()) {
        found.extend(ways.iter().flatten().copied().map(Cause::of));
        // The verified ones say why; an unverified one beside them is no cause.
        let verified = user.contacts.iter().any(|contact| contact.verified_at.is_some());
        found.retain(|cause| !verified || *cause != Cause::NoVerifiedContact);
    }
    let besides = [
        (Cause::NoSecondProof, alone),
        (Cause::TemporaryExpired, user.credential.expires_at.is_some_and(|end| end <= now)),
        (Cause::NeverSignedIn, user.last_login_at.is_none()),
    ];
    found.extend(besides.into_iter().filter(|(_, holds)| *holds).map(|(cause, _)| cause));
    Cause::ALL.iter().copied().filter(|cause| found.contains(cause)).collect()
}

text_enum! {
    /// What state a person's password is in.
    PasswordState {
        None => "none",
        Set => "set",
        MustChange => "must_change",
        /// Good for a while, and to be changed at the next sign-in or not.
        Temporary => "temporary",
        TemporaryExpired => "temporary_expired",
        /// Older than the policy allows.
        Expired => "expired",
    }
}

impl PasswordState {
    /// `validity_days` is the policy's `password_validity_period` (0 = for ever).
    pub fn of(user: &User, validity_days: u32, now: Timestamp) -> Self {
        let credential = &user.credential;
        let over = sign_in::expiry(user, validity_days).is_some_and(|end| end <= now);
        match credential.expires_at {
            _ if credential.hash.is_none() => Self::None,
            Some(end) if end <= now => Self::TemporaryExpired,
            Some(_) => Self::Temporary,
            None if credential.must_change => Self::MustChange,
            None if over => Self::Expired,
            None => Self::Set,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::Kind;
    use super::super::address::Channel;
    use super::super::user::tests::{at, contact, somebody};
    use super::*;
    use crate::domain::user::StoredHash;

    fn alice() -> User {
        let mut user = somebody(Kind::Cloud, false);
        user.last_login_at = Some(at(0));
        user.credential.hash = Some(StoredHash::new("$argon2id$".to_owned(), None));
        user.contacts.push(contact(Channel::Email, true));
        user
    }

    #[test]
    fn every_reason_against_the_only_contact_is_a_cause_that_bars() {
        for reason in Ineligible::ALL {
            let mut user = alice();
            user.contacts[0].verified_at = None;
            let found = causes(&user, &[vec![*reason]], false, at(2));
            assert_eq!(found, [Cause::of(*reason)]);
            assert!(found[0].bars(), "{reason}");
        }
    }

    #[test]
    fn what_is_known_of_the_password_is_told_besides() {
        let found = |change: fn(&mut User)| {
            let mut user = alice();
            change(&mut user);
            causes(&user, &[Vec::new()], false, at(2))
        };
        assert_eq!(found(|_| {}), []);
        assert_eq!(found(|user| user.credential.expires_at = Some(at(2))), [Cause::TemporaryExpired]);
        assert_eq!(found(|user| user.last_login_at = None), [Cause::NeverSignedIn]);
        assert_eq!(causes(&alice(), &[Vec::new()], true, at(2)), [Cause::NoSecondProof]);
    }

    #[test]
    fn one_contact_that_receives_is_enough() {
        let mut user = alice();
        user.contacts.push(contact(Channel::Mobile, true));
        let (cooling, unverified) = (vec![Ineligible::Cooldown], vec![Ineligible::Unverified]);
        assert_eq!(causes(&user, &[cooling.clone(), Vec::new()], false, at(2)), []);
        user.contacts[1].verified_at = None;
        let found = causes(&user, &[cooling, unverified], false, at(2));
        assert_eq!(found, [Cause::Cooldown], "the unverified one is no cause beside a verified one");
    }

    #[test]
    fn what_only_tells_more_bars_nobody() {
        let barring = Cause::ALL.iter().filter(|cause| cause.bars()).count();
        assert_eq!(barring, Cause::ALL.len() - 2);
    }

    #[test]
    fn the_states_of_a_password() {
        const DAY: i64 = 86_400;
        let state = |change: fn(&mut User), days| {
            let mut user = alice();
            user.credential.changed_at = Some(at(-2 * DAY));
            change(&mut user);
            PasswordState::of(&user, days, at(2))
        };
        assert_eq!(state(|_| {}, 0), PasswordState::Set);
        assert_eq!(state(|_| {}, 2), PasswordState::Expired);
        assert_eq!(state(|user| user.credential.hash = None, 2), PasswordState::None);
        assert_eq!(state(|user| user.credential.must_change = true, 2), PasswordState::MustChange);
        assert_eq!(state(|user| user.credential.expires_at = Some(at(3)), 0), PasswordState::Temporary);
        assert_eq!(
            state(|user| user.credential.expires_at = Some(at(2)), 0),
            PasswordState::TemporaryExpired
        );
    }

    #[test]
    fn a_familiar_device_is_needed_where_nothing_else_could_prove_it() {
        let needs = |kind, root, mfa, ways: &[Vec<Ineligible>]| {
            needs_familiar_device(&User { account_kind: kind, root, mfa, ..alice() }, ways)
        };
        let one = [Vec::new()];
        assert!(needs(Kind::Unified, true, false, &one));
        assert!(!needs(Kind::Cloud, true, false, &one) && !needs(Kind::Unified, false, false, &one));
        assert!(!needs(Kind::Unified, true, true, &one), "an authenticator proves it");
        assert!(!needs(Kind::Unified, true, false, &[Vec::new(), Vec::new()]), "the other contact does");
        let nothing = [vec![Ineligible::NoContact]];
        assert!(!needs(Kind::Unified, true, false, &nothing), "there is nothing to begin with");
        let cooling = [Vec::new(), vec![Ineligible::Cooldown]];
        assert!(needs(Kind::Unified, true, false, &cooling), "one that receives nothing yet");
    }
}
