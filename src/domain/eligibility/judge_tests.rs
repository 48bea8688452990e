//! Each reason by itself, what it is asked for, and their order.

use jiff::{SignedDuration, Timestamp};

use super::super::budget::{By, Ceiling, Counters, Used};
use super::{Facts, Ineligible, is_unused, reasons};
use crate::domain::account::{Kind, Status};
use crate::domain::address::Channel;
use crate::domain::code::Purpose;
use crate::domain::contact::Contact;
use crate::domain::notice::Disowned;
use crate::domain::time::after;
use crate::domain::user::tests::{at, contact, somebody};
use crate::domain::user::{AccessMode, User};

const NOW: i64 = 1_000;

fn facts<'a>(user: &'a User, contact: &'a Contact) -> Facts<'a> {
    Facts {
        user: Some(user),
        contact: Some(contact),
        by: By::Stranger("uid:1"),
        ..Facts::new(Purpose::Reset, at(NOW))
    }
}

/// What is found of somebody enabled with a verified contact, once something is changed.
fn found(change: impl FnOnce(&mut User, &mut Contact), more: impl FnOnce(&mut Facts<'_>)) -> Vec<Ineligible> {
    let (mut user, mut contact) = (somebody(Kind::Cloud, false), contact(Channel::Email, true));
    change(&mut user, &mut contact);
    let mut facts = facts(&user, &contact);
    more(&mut facts);
    reasons(&facts)
}

#[test]
fn each_reason_of_the_person_and_the_contact_by_itself() {
    let of = |change: fn(&mut User, &mut Contact)| found(change, |_| {});
    assert_eq!(of(|_, _| {}), []);
    assert_eq!(of(|user, _| user.status = Status::Disabled), [Ineligible::Disabled]);
    assert_eq!(of(|user, _| user.account_status = Status::Disabled), [Ineligible::Disabled]);
    assert_eq!(of(|user, _| user.access_mode = AccessMode::Programmatic), [Ineligible::Programmatic]);
    assert_eq!(of(|user, _| user.access_mode = AccessMode::Console), []);
    let disowned =
        || Disowned { at: at(0), notice_id: "ntc".to_owned(), about: "x".to_owned(), former: None };
    assert_eq!(found(|user, _| user.disowned = Some(disowned()), |_| {}), [Ineligible::Disowned]);
    assert_eq!(of(|_, contact| contact.verified_at = None), [Ineligible::Unverified]);
    assert_eq!(of(|_, contact| contact.usable_from = at(NOW + 1)), [Ineligible::Cooldown]);
}

#[test]
fn each_reason_of_what_is_around_by_itself() {
    let of = |more: fn(&mut Facts<'_>)| found(|_, _| {}, more);
    assert_eq!(of(|facts| facts.policies.manage_password = false), [Ineligible::SelfManagementOff]);
    assert_eq!(of(|facts| facts.crowded = true), [Ineligible::TooManyRequests]);
    assert_eq!(of(|facts| facts.contact = None), [Ineligible::NoContact]);
    assert_eq!(of(|facts| facts.mismatch = true), [Ineligible::AddressMismatch]);
    for way in [Ineligible::MethodOff, Ineligible::TransportOff] {
        assert_eq!(found(|_, _| {}, |facts| facts.way = Some(way)), [way]);
    }
    assert_eq!(of(|facts| facts.counters.failures = 100), [Ineligible::TooManyFailures]);
    assert_eq!(of(|facts| facts.counters.failures_here = 25), [Ineligible::TooManyFailuresHere]);
    let up = Some(Ceiling { spent: 10, most: 10 });
    assert_eq!(found(|_, _| {}, |facts| facts.counters.channel = up), [Ineligible::ChannelThrottled]);
    assert_eq!(found(|_, _| {}, |facts| facts.counters.source = up), [Ineligible::SourceThrottled]);
    assert_eq!(of(|facts| facts.taken = true), [], "for registrations alone");
}

#[test]
fn k12_a_source_spends_half_and_one_that_has_spent_nothing_passes_up_to_twice() {
    let of_contact = |by: By<'static>, own, all| {
        let contact = vec![Used { own, all, limit: 4 }];
        found(|_, _| {}, |facts| (facts.by, facts.counters.contact) = (by, contact))
    };
    let stranger = By::Stranger("uid:1");
    assert_eq!(of_contact(stranger, 1, 3), []);
    assert_eq!(of_contact(stranger, 2, 3), [Ineligible::SourceThrottled], "others have their part still");
    assert_eq!(of_contact(stranger, 1, 4), [Ineligible::ContactThrottled]);
    assert_eq!(
        (of_contact(stranger, 0, 7), of_contact(stranger, 0, 8)),
        (vec![], vec![Ineligible::ContactThrottled])
    );
    for by in [By::Proven("uid:1"), By::Operator] {
        assert_eq!(
            (of_contact(by, 3, 99), of_contact(by, 4, 4)),
            (vec![], vec![Ineligible::ContactThrottled])
        );
    }
    let person = |own, all| {
        let person = Some(Used { own, all, limit: 8 });
        found(|_, _| {}, |facts| facts.counters.person = person)
    };
    assert_eq!((person(3, 7), person(4, 4)), (vec![], vec![Ineligible::UserThrottled]));
}

#[test]
fn the_first_reason_weighs_most_and_a_source_that_may_ask_no_more_comes_before_all() {
    let counters = Counters { failures: 100, failures_here: 100, ..Counters::default() };
    let worst = |more: fn(&mut Facts<'_>)| {
        let of_user = |user: &mut User, contact: &mut Contact| {
            user.status = Status::Disabled;
            contact.verified_at = None;
        };
        found(of_user, |facts| {
            (facts.crowded, facts.mismatch, facts.counters) = (true, true, counters.clone());
            more(facts);
        })
    };
    let all = [
        Ineligible::Disabled,
        Ineligible::TooManyRequests,
        Ineligible::AddressMismatch,
        Ineligible::Unverified,
        Ineligible::TooManyFailures,
        Ineligible::TooManyFailuresHere,
    ];
    assert_eq!(worst(|_| {}), all);
    let full = worst(|facts| facts.counters.source = Some(Ceiling { spent: 1, most: 1 }));
    assert_eq!((full[0], &full[1..]), (Ineligible::SourceThrottled, all.as_slice()));
}

#[test]
fn only_a_reset_asks_for_the_person_and_sign_in_for_budgets_alone() {
    let asked = |purpose| {
        let counters = Counters { failures: 100, ..Counters::default() };
        found(
            |user, contact| (user.status, contact.verified_at) = (Status::Disabled, None),
            |facts| {
                (facts.purpose, facts.crowded, facts.taken, facts.counters) = (purpose, true, true, counters);
            },
        )
    };
    assert_eq!(asked(Purpose::VerifyCaller), [Ineligible::Unverified, Ineligible::TooManyFailures]);
    let register = [Ineligible::TooManyRequests, Ineligible::ContactTaken, Ineligible::TooManyFailures];
    assert_eq!(asked(Purpose::Register), register);
    for purpose in
        [Purpose::SignIn, Purpose::BindContact, Purpose::LeaveContact, Purpose::Protect, Purpose::Approve]
    {
        assert_eq!(asked(purpose), [Ineligible::TooManyFailures], "{purpose}");
    }
}

#[test]
fn whoever_is_unused_counts_from_the_last_of_sign_in_and_enabling() {
    let day = |days: i64| after(at(0), SignedDuration::from_hours(24 * days));
    let unused = |change: fn(&mut User), from: Option<Timestamp>| {
        let mut user = somebody(Kind::Cloud, false);
        change(&mut user);
        is_unused(&user, from, 30, day(30))
    };
    assert!(unused(|_| {}, None));
    assert!(!unused(|user| user.last_login_at = Some(user.created_at + SignedDuration::from_secs(1)), None));
    assert!(!unused(|_| {}, Some(day(1))), "enabled again since");
    assert!(!unused(|user| user.root = true, None) && !unused(|user| user.status = Status::Disabled, None));
    assert!(!is_unused(&somebody(Kind::Cloud, false), None, 0, day(900)), "the policy is off");
}
