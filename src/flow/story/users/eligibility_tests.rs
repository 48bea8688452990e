//! Diagnosis before a code is asked for, the asking, and the explanation after it are of one mind, whatever is the
//! matter with somebody.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::diagnose;
use crate::config::{CaptchaMode, Transport};
use crate::domain::account::Status;
use crate::domain::code::State;
use crate::domain::contact::Confirmation;
use crate::domain::diagnosis::{ContactState, Diagnosis};
use crate::domain::notice::Disowned;
use crate::domain::request::Method;
use crate::domain::time::after;
use crate::domain::{AccessMode, Channel, Contact, Failures, Ineligible, LoginPolicy, ProtectionPolicy};
use crate::flow::foundation::world_tests::{World, address, who};
use crate::flow::foundation::{FlowError, Refusal, counted};
use crate::flow::proofs::guesses::{self, Counted};
use crate::flow::story::codes::explain;
use crate::flow::story::reset;
use crate::store::CodesOf;

const USER: &str = "acme/alice";

/// What a contact is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Ready,
    No,
    Unverified,
    Cooling,
}

/// What happened to somebody, and how the store is set up.
#[derive(Debug, Clone)]
struct Life {
    contacts: [Bound; 2],
    /// Disabled, by program only, blocked, locked.
    flags: [bool; 4],
    /// Whether they may not set their own password, and what days unused disable them.
    policies: (bool, u32),
    methods: Vec<Method>,
    /// For a contact in an hour and a day, for a source and by email.
    budgets: [u32; 4],
    /// Resets that were begun: by which of two sources, how they asked for a code, and minutes waited.
    asked: Vec<(bool, Option<Method>, i64)>,
    /// Wrong codes for a contact, from each of four sources.
    wrong: [(Channel, u8); 4],
    /// How the code is asked for at last, after so many hours.
    last: (Method, i64),
}

fn life() -> impl Strategy<Value = Life> {
    let bound = || prop_oneof![4 => Just(Bound::Ready), 1 => Just(Bound::No), 1 => Just(Bound::Unverified), 1 => Just(Bound::Cooling)];
    let method = || prop::sample::select(Method::ALL);
    let rarely = || prop::bool::weighted(0.04);
    let methods = prop_oneof![
        4 => Just(Method::ALL.to_vec()),
        1 => prop::sample::subsequence(Method::ALL.to_vec(), 1..=2),
    ];
    let policies = (rarely(), prop_oneof![4 => Just(0_u32), 1 => Just(1_u32)]);
    let budgets = [1_u32..8, 2..12, 1..12, 1..12];
    let begun = (any::<bool>(), prop::option::weighted(0.8, method()), 0_i64..4);
    let asked = prop_oneof![
        3 => prop::collection::vec(begun.clone(), 0..=4),
        1 => prop::collection::vec(begun, 5..=7),
    ];
    let guessed = || (prop::sample::select(Channel::ALL), prop_oneof![9 => 0_u8..3, 1 => 25_u8..27]);
    let wrong = prop_oneof![
        9 => [guessed(), guessed(), guessed(), guessed()],
        1 => Just([(Channel::Email, 25); 4]),
    ];
    let last = (method(), prop_oneof![3 => Just(0_i64), 1 => 1_i64..30]);
    (
        [bound(), bound()],
        [rarely(), rarely(), rarely(), rarely()],
        policies,
        methods,
        budgets,
        asked,
        wrong,
        last,
    )
        .prop_map(|(contacts, flags, policies, methods, budgets, asked, wrong, last)| Life {
            contacts,
            flags,
            policies,
            methods,
            budgets,
            asked,
            wrong,
            last,
        })
}

fn text(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "alice@example.com",
        Channel::Mobile => "+4915112345678",
    }
}

fn bind(world: &World, channel: Channel, bound: Bound) {
    let address = address(text(channel));
    let now = world.now();
    let contact = Contact {
        id: format!("con_{channel}"),
        user_id: "usr_1".to_owned(),
        channel,
        address: address.as_str().to_owned(),
        key: address.key().to_owned(),
        verified_at: (bound != Bound::Unverified).then_some(now),
        usable_from: if bound == Bound::Cooling { after(now, SignedDuration::from_hours(24)) } else { now },
        bound_at: now,
        security: false,
        confirmation: Confirmation::Owner,
    };
    if bound != Bound::No {
        world.with(|tx| tx.insert_contact(&contact, &address.skeleton(), address.is_ascii()));
    }
}

/// Begins a reset from where the world is, and asks for a code if it is said how.
fn ask(world: &World, method: Option<Method>) -> Result<(), FlowError> {
    let env = world.env();
    let request = reset::start(&env, &who(USER))?;
    let Some(method) = method else { return Ok(()) };
    let typed = match method {
        Method::Account => None,
        Method::Email => Some(address(text(Channel::Email))),
        Method::Mobile => Some(address(text(Channel::Mobile))),
    };
    reset::send(&env, &request.id, method, typed.as_ref()).map(drop)
}

/// Somebody who has lived so.
fn lived(life: &Life) -> World {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    let somewhere = || Transport::Maildir { path: std::env::temp_dir() };
    (world.settings.delivery.email.transport, world.settings.delivery.sms.transport) =
        (somewhere(), somewhere());
    let budgets = &mut world.settings.budgets;
    [budgets.contact_per_hour, budgets.contact_per_day, budgets.source_per_hour, _] = life.budgets;
    budgets.email_per_hour = life.budgets[3].try_into().ok();
    for (channel, bound) in Channel::ALL.iter().zip(life.contacts) {
        bind(&world, *channel, bound);
    }
    for (first, method, minutes) in &life.asked {
        world.source = if *first { "uid:1000" } else { "uid:1001" }.to_owned();
        let _ = ask(&world, *method);
        world.wait(*minutes);
    }
    if !life.asked.is_empty() {
        wrong_codes(&world, life);
    }
    world.wait(60 * life.last.1);
    world.settings.reset.methods.clone_from(&life.methods);
    world.set_policy::<LoginPolicy>(&[("account_validity_period", &life.policies.1.to_string())]);
    world.set_policy::<ProtectionPolicy>(&[(
        "allow_user.manage_password",
        if life.policies.0 { "false" } else { "true" },
    )]);
    let [disabled, program, blocked, locked] = life.flags;
    let now = world.now();
    world.user(|user| {
        user.status = if disabled { Status::Disabled } else { Status::Enabled };
        user.access_mode = if program { AccessMode::Programmatic } else { AccessMode::Default };
    });
    world.with(|tx| {
        if locked {
            let failures = Failures {
                count: 5,
                since: Some(now),
                locked_until: Some(after(now, SignedDuration::from_mins(15))),
            };
            tx.set_failures("usr_1", failures)?;
        }
        if blocked {
            let disowned =
                Disowned { at: now, notice_id: "ntc_1".to_owned(), about: "x".to_owned(), former: None };
            tx.set_disowned("usr_1", Some(&disowned))?;
        }
        Ok(())
    });
    world
}

/// Wrong codes, from the source that has asked last and from others.
fn wrong_codes(world: &World, life: &Life) {
    let env = world.env();
    for (place, (channel, times)) in life.wrong.iter().enumerate() {
        let tried_on = counted::text(&env, channel.as_str(), address(text(*channel)).key());
        let (source, person) = (format!("192.0.2.{place}"), counted::person(&env, "usr_1"));
        let source = if place == 0 { &world.source } else { &source };
        for _ in 0..*times {
            env.write(|tx| {
                Ok(guesses::wrong(tx, &Counted { tried_on: &tried_on, source, person: &person })?)
            })
            .unwrap();
        }
    }
}

/// What a diagnosis says of the contact that asking so means.
fn meant(found: &Diagnosis, method: Method, now: Timestamp) -> Option<&ContactState> {
    let mut all = found.contacts.iter();
    match method {
        Method::Email => all.find(|state| state.contact.channel == Channel::Email),
        Method::Mobile => all.find(|state| state.contact.channel == Channel::Mobile),
        Method::Account => all.find(|state| state.contact.receives(now)).or(found.contacts.first()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn e7_what_is_told_before_a_code_is_asked_for_is_what_becomes_of_it(life in life()) {
        let world = lived(&life);
        let (before, method) = (world.now(), life.last.0);
        let found = diagnose(&world.env(), &who(USER)).unwrap();
        world.tick(1);
        let asked = ask(&world, Some(method));
        let meant = meant(&found, method, before);
        if !life.methods.contains(&method) {
            prop_assert!(matches!(asked, Err(FlowError::Refused(Refusal::MethodOff))), "{asked:?}");
            return Ok(());
        }
        prop_assert!(asked.is_ok(), "{asked:?}");
        let code = world.with(|tx| tx.codes(CodesOf::User("usr_1"), 1)).remove(0);
        let told = explain(&world.env(), &who(USER), before).unwrap().answer.cause;
        let reason = code.state_reason.as_deref().map(|word| word.parse::<Ineligible>().unwrap());
        prop_assert_eq!(code.state == State::Queued, reason.is_none());
        prop_assert_eq!(told, reason.map_or("waiting", Ineligible::as_str));
        match meant {
            Some(state) => prop_assert_eq!(state.ineligible, reason, "{:?}", found.causes),
            None => prop_assert!(reason.is_some(), "there is no such contact"),
        }
        prop_assert!(found.can_recover() || reason.is_some(), "{:?}", found.causes);
    }
}
