//! The judgement itself.

use jiff::{SignedDuration, Timestamp};

use super::budget::{By, Ceiling, Counters, MAX_FAILURES, MAX_FROM_SOURCE};
use super::reason::Ineligible;
use crate::domain::account::Status;
use crate::domain::code::Purpose;
use crate::domain::contact::Contact;
use crate::domain::time::after;
use crate::domain::user::{AccessMode, User};

/// What the policies of an account say about people who help themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policies {
    /// Whether they may set their own passwords.
    pub manage_password: bool,
    /// Days unused after which they count as disabled; 0 = never.
    pub validity_days: u32,
}

/// All that is looked at.
#[derive(Clone)]
pub struct Facts<'a> {
    pub purpose: Purpose,
    pub by: By<'a>,
    /// `None` is nobody.
    pub user: Option<&'a User>,
    pub policies: Policies,
    /// When an operator enabled them last.
    pub active_from: Option<Timestamp>,
    /// Whether too many of their requests are open; see [`crate::domain::request::crowded`].
    pub crowded: bool,
    /// Where the code would go.
    pub contact: Option<&'a Contact>,
    /// Whether the address that was typed is not that contact's.
    pub mismatch: bool,
    /// Whether whoever registers has typed what is bound to somebody.
    pub taken: bool,
    /// Why nothing goes by its channel at all: [`Ineligible::MethodOff`] or [`Ineligible::TransportOff`].
    pub way: Option<Ineligible>,
    pub counters: Counters,
    pub now: Timestamp,
}

impl Facts<'_> {
    /// Those of nobody, for whom nothing was ever counted.
    pub fn new(purpose: Purpose, now: Timestamp) -> Self {
        Self {
            purpose,
            by: By::default(),
            user: None,
            policies: Policies { manage_password: true, validity_days: 0 },
            active_from: None,
            crowded: false,
            contact: None,
            mismatch: false,
            taken: false,
            way: None,
            counters: Counters::default(),
            now,
        }
    }
}

/// Every reason why a code of this purpose may not go, the first of which is told; none, and it may. They come in the order
/// of definition; but where the source may ask for nothing more, nobody's affairs are looked into.
pub fn reasons(facts: &Facts<'_>) -> Vec<Ineligible> {
    let full = facts.counters.source_is_spent().then_some(Ineligible::SourceThrottled);
    let asked = Ineligible::ALL.iter().filter(|reason| reason.is_asked_for(facts.purpose));
    full.into_iter().chain(asked.copied().filter(|reason| applies(*reason, facts))).collect()
}

fn applies(reason: Ineligible, facts: &Facts<'_>) -> bool {
    let Facts { user, contact, counters, policies, by, now, .. } = facts;
    let of_user = |holds: fn(&User) -> bool| user.is_some_and(holds);
    let of_contact =
        |holds: fn(&Contact, Timestamp) -> bool| contact.is_some_and(|contact| holds(contact, *now));
    let contact_is_spent = counters.contact.iter().any(|used| used.is_spent(*by));
    // Where only this source has had its part, another one gets its codes.
    let by_all = counters.contact.iter().any(|used| used.all >= used.limit);
    match reason {
        Ineligible::Disowned => of_user(|user| user.disowned.is_some()),
        Ineligible::Disabled => of_user(|user| !user.enabled()),
        Ineligible::Programmatic => of_user(|user| user.access_mode == AccessMode::Programmatic),
        Ineligible::SelfManagementOff => of_user(|user| !user.root) && !policies.manage_password,
        Ineligible::Unused => {
            user.is_some_and(|user| is_unused(user, facts.active_from, policies.validity_days, *now))
        }
        Ineligible::TooManyRequests => facts.crowded,
        Ineligible::ContactTaken => facts.taken,
        Ineligible::NoContact => contact.is_none(),
        Ineligible::AddressMismatch => contact.is_some() && facts.mismatch,
        Ineligible::Unverified => of_contact(|contact, _| contact.verified_at.is_none()),
        Ineligible::Cooldown => {
            of_contact(|contact, now| contact.verified_at.is_some() && !contact.receives(now))
        }
        Ineligible::MethodOff | Ineligible::TransportOff => facts.way == Some(reason),
        Ineligible::TooManyFailures => counters.failures >= MAX_FAILURES,
        Ineligible::TooManyFailuresHere => counters.failures_here >= MAX_FROM_SOURCE,
        Ineligible::ContactThrottled => contact_is_spent && by_all,
        Ineligible::SourceThrottled => contact_is_spent && !by_all && !counters.source_is_spent(),
        Ineligible::UserThrottled => counters.person.is_some_and(|used| used.is_spent(*by)),
        Ineligible::ChannelThrottled => counters.channel.is_some_and(Ceiling::reached),
    }
}

/// Whether an enabled IAM user has not signed in for longer than the login policy allows. Root users are managed by
/// nobody else, and never unused for too long.
pub fn is_unused(user: &User, active_from: Option<Timestamp>, validity_days: u32, now: Timestamp) -> bool {
    if validity_days == 0 || user.root || user.status == Status::Disabled {
        return false;
    }
    // Whom an operator enables again has the whole time before them.
    let since = [user.last_login_at, active_from].into_iter().flatten().fold(user.created_at, Timestamp::max);
    after(since, SignedDuration::from_hours(24 * i64::from(validity_days))) <= now
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
