//! Whether a person could reset their password by themselves today, and if not, why: pure judgements over what is
//! stored and how the store is set up.

use jiff::Timestamp;

use super::address::Channel;
use super::code::Withheld;
use super::contact::Contact;
use super::sign_in;
use super::text::text_enum;
use super::user::{AccessMode, User};

text_enum! {
    /// Why somebody cannot recover, or what they should know besides. In the order of how heavy it weighs.
    Cause {
        Disowned => "disowned",
        Disabled => "disabled",
        Programmatic => "programmatic_access_only",
        Unused => "unused_too_long",
        SelfManagementOff => "self_management_off",
        NoVerifiedContact => "no_verified_contact",
        TooManyFailures => "contact_disabled_by_failures",
        Cooldown => "contact_cooldown",
        MethodOff => "method_off",
        TransportOff => "transport_off",
        /// A budget of the contact, the person or the store is spent, so that no code goes to them for now.
        Throttled => "throttled",
        /// A unified ID that has signed in nowhere often, and has one contact and no authenticator.
        NoSecondProof => "no_second_proof",
        TemporaryExpired => "temporary_password_expired",
        NeverSignedIn => "never_signed_in",
    }
}

impl Cause {
    /// Whether it keeps somebody from resetting by themselves. The others tell how they got there.
    pub fn bars(self) -> bool {
        !matches!(self, Self::TemporaryExpired | Self::NeverSignedIn)
    }

    /// Whether it keeps every code from them, however good the contact.
    pub fn is_of_the_person(self) -> bool {
        matches!(
            self,
            Self::Disowned | Self::Disabled | Self::Programmatic | Self::Unused | Self::SelfManagementOff
        )
    }

    /// In a sentence's middle.
    pub fn told(self) -> &'static str {
        match self {
            Self::Disowned => "blocked until an operator looks",
            Self::Disabled => "disabled",
            Self::Programmatic => "comes in by program only",
            Self::Unused => "unused for too long",
            Self::SelfManagementOff => "may not set the password alone",
            Self::NoVerifiedContact => "no verified contact",
            Self::TooManyFailures => "100 wrong codes for the contact",
            Self::Cooldown => "contact in its cool-down",
            Self::MethodOff => "method switched off",
            Self::TransportOff => "no way out for messages",
            Self::Throttled => "codes are kept back for now",
            Self::NoSecondProof => "one contact, and no device it often signs in from",
            Self::TemporaryExpired => "temporary password expired",
            Self::NeverSignedIn => "never signed in",
        }
    }
}

text_enum! {
    /// Whether codes can go out by a channel at all.
    Way { Open => "open", MethodOff => "method_off", TransportOff => "transport_off" }
}

/// The ways of the store.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    pub email: Way,
    pub mobile: Way,
}

impl Ways {
    fn of(self, channel: Channel) -> Way {
        match channel {
            Channel::Email => self.email,
            Channel::Mobile => self.mobile,
        }
    }
}

/// Why no reset code can go to a contact; `exhausted` is whether too many wrong codes were entered for it.
pub fn hindrance(contact: &Contact, exhausted: bool, ways: Ways, now: Timestamp) -> Option<Cause> {
    match (contact.receives(now), ways.of(contact.channel)) {
        (Err(Withheld::Cooldown), _) => Some(Cause::Cooldown),
        (Err(_), _) => Some(Cause::NoVerifiedContact),
        (Ok(()), _) if exhausted => Some(Cause::TooManyFailures),
        (Ok(()), Way::MethodOff) => Some(Cause::MethodOff),
        (Ok(()), Way::TransportOff) => Some(Cause::TransportOff),
        (Ok(()), Way::Open) => None,
    }
}

/// Whether a reset needs a familiar device, because there is nothing that a second proof could come from.
pub fn needs_familiar_device(
    user: &User,
    exhausted: impl Fn(&Contact) -> bool,
    ways: Ways,
    now: Timestamp,
) -> bool {
    let receives = |contact: &&Contact| hindrance(contact, exhausted(contact), ways, now).is_none();
    user.is_unified_id() && !user.mfa && user.contacts.iter().filter(receives).count() == 1
}

/// What a policy adds to the causes.
pub fn with_policy(causes: Vec<Cause>, withheld: Option<Withheld>) -> Vec<Cause> {
    match withheld {
        Some(Withheld::Unused) => with(causes, Cause::Unused),
        Some(Withheld::SelfManagementOff) => with(causes, Cause::SelfManagementOff),
        _ => causes,
    }
}

/// One more cause, in its place.
pub fn with(mut causes: Vec<Cause>, cause: Cause) -> Vec<Cause> {
    causes.push(cause);
    Cause::ALL.iter().copied().filter(|cause| causes.contains(cause)).collect()
}

/// Everything that applies; whoever has none that bars could recover now.
pub fn causes(user: &User, exhausted: impl Fn(&Contact) -> bool, ways: Ways, now: Timestamp) -> Vec<Cause> {
    let mut found = Vec::new();
    if user.disowned.is_some() {
        found.push(Cause::Disowned);
    }
    if !user.enabled() {
        found.push(Cause::Disabled);
    }
    if user.access_mode == AccessMode::Programmatic {
        found.push(Cause::Programmatic);
    }
    let hindrances: Vec<Option<Cause>> =
        user.contacts.iter().map(|contact| hindrance(contact, exhausted(contact), ways, now)).collect();
    if hindrances.iter().all(Option::is_some) {
        let verified = user.contacts.iter().any(|contact| contact.verified_at.is_some());
        if verified {
            // The verified ones say why; an unverified one beside them is no cause.
            found.extend(hindrances.into_iter().flatten().filter(|cause| *cause != Cause::NoVerifiedContact));
        } else {
            found.push(Cause::NoVerifiedContact);
        }
    }
    if user.credential.expires_at.is_some_and(|end| end <= now) {
        found.push(Cause::TemporaryExpired);
    }
    if user.last_login_at.is_none() {
        found.push(Cause::NeverSignedIn);
    }
    // In the order of definition, each once.
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
    use jiff::SignedDuration;

    use super::super::account::{Account, Kind, Status};
    use super::super::notice::Disowned;
    use super::super::time::after;
    use super::*;
    use crate::domain::user::StoredHash;

    const OPEN: Ways = Ways { email: Way::Open, mobile: Way::Open };

    fn hour(number: i64) -> Timestamp {
        after(Timestamp::UNIX_EPOCH, SignedDuration::from_hours(1_000 + number))
    }

    fn contact(channel: Channel) -> Contact {
        Contact {
            id: "con_1".to_owned(),
            user_id: "usr_1".to_owned(),
            channel,
            address: "a@example.com".to_owned(),
            key: "a@example.com".to_owned(),
            verified_at: Some(hour(0)),
            usable_from: hour(0),
            bound_at: hour(0),
            security: false,
        }
    }

    fn alice() -> User {
        let account = Account {
            id: "acc_1".to_owned(),
            name: "acme".to_owned(),
            kind: Kind::Cloud,
            status: Status::Enabled,
            user_quota: None,
            users: 1,
            created_at: hour(0),
        };
        let mut user = User::newborn("usr_1".to_owned(), &account, "alice".to_owned(), false, hour(0));
        user.last_login_at = Some(hour(1));
        user.credential.hash = Some(StoredHash::new("$argon2id$".to_owned()));
        user.contacts.push(contact(Channel::Email));
        user
    }

    fn found(user: &User) -> Vec<Cause> {
        causes(user, |_| false, OPEN, hour(2))
    }

    #[test]
    fn each_cause_is_found_by_itself() {
        type Case = (Cause, fn(&mut User));

        assert_eq!(found(&alice()), []);
        let cases: [Case; 9] = [
            (Cause::Disowned, |user| {
                user.disowned = Some(Disowned {
                    at: hour(0),
                    notice_id: "ntc_1".to_owned(),
                    about: "password_reset".to_owned(),
                    former: None,
                });
            }),
            (Cause::Disabled, |user| user.status = Status::Disabled),
            (Cause::Disabled, |user| user.account_status = Status::Disabled),
            (Cause::Programmatic, |user| user.access_mode = AccessMode::Programmatic),
            (Cause::NoVerifiedContact, |user| user.contacts.clear()),
            (Cause::NoVerifiedContact, |user| user.contacts[0].verified_at = None),
            (Cause::Cooldown, |user| user.contacts[0].usable_from = hour(3)),
            (Cause::TemporaryExpired, |user| user.credential.expires_at = Some(hour(2))),
            (Cause::NeverSignedIn, |user| user.last_login_at = None),
        ];
        for (cause, change) in cases {
            let mut user = alice();
            change(&mut user);
            assert_eq!(found(&user), [cause]);
        }
        assert_eq!(causes(&alice(), |_| true, OPEN, hour(2)), [Cause::TooManyFailures]);
        let ways = |email| Ways { email, mobile: Way::Open };
        assert_eq!(causes(&alice(), |_| false, ways(Way::MethodOff), hour(2)), [Cause::MethodOff]);
        assert_eq!(causes(&alice(), |_| false, ways(Way::TransportOff), hour(2)), [Cause::TransportOff]);
    }

    #[test]
    fn one_contact_that_receives_is_enough() {
        let mut user = alice();
        user.contacts.push(contact(Channel::Mobile));
        user.contacts[0].usable_from = hour(3);
        assert_eq!(found(&user), []);
        user.contacts[1].verified_at = None;
        assert_eq!(found(&user), [Cause::Cooldown], "the unverified one is no cause beside a verified one");
    }

    #[test]
    fn what_only_tells_more_bars_nobody() {
        let barring = Cause::ALL.iter().filter(|cause| cause.bars()).count();
        assert_eq!(barring, Cause::ALL.len() - 2);
    }

    #[test]
    fn the_states_of_a_password() {
        let state = |change: fn(&mut User), days| {
            let mut user = alice();
            user.credential.changed_at = Some(hour(-48));
            change(&mut user);
            PasswordState::of(&user, days, hour(2))
        };
        assert_eq!(state(|_| {}, 0), PasswordState::Set);
        assert_eq!(state(|_| {}, 2), PasswordState::Expired);
        assert_eq!(state(|user| user.credential.hash = None, 2), PasswordState::None);
        assert_eq!(state(|user| user.credential.must_change = true, 2), PasswordState::MustChange);
        assert_eq!(state(|user| user.credential.expires_at = Some(hour(3)), 0), PasswordState::Temporary);
        assert_eq!(
            state(|user| user.credential.expires_at = Some(hour(2)), 0),
            PasswordState::TemporaryExpired
        );
    }

    #[test]
    fn a_familiar_device_is_needed_where_nothing_else_could_prove_it() {
        let needs = |kind, root, mfa, contacts| {
            let user = User { account_kind: kind, root, mfa, contacts, ..alice() };
            needs_familiar_device(&user, |_| false, OPEN, hour(2))
        };
        let (email, mobile) = (contact(Channel::Email), contact(Channel::Mobile));
        let one = || vec![email.clone()];
        assert!(needs(Kind::Unified, true, false, one()));
        assert!(!needs(Kind::Cloud, true, false, one()) && !needs(Kind::Unified, false, false, one()));
        assert!(!needs(Kind::Unified, true, true, one()), "an authenticator proves it");
        assert!(
            !needs(Kind::Unified, true, false, vec![email.clone(), mobile.clone()]),
            "the other contact does"
        );
        assert!(!needs(Kind::Unified, true, false, Vec::new()), "there is nothing to begin with");
        let cooling = Contact { usable_from: hour(3), ..mobile };
        assert!(
            needs(Kind::Unified, true, false, vec![email.clone(), cooling]),
            "one that receives nothing yet"
        );
    }
}
