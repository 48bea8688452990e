use jiff::SignedDuration;

use super::*;
use crate::config::CaptchaMode;
use crate::domain::{Channel, Secret};
use crate::flow::foundation::counted;
use crate::flow::foundation::world_tests::{World, who};
use crate::flow::story::reset;
use crate::store::EventFilter;

const EMAIL: &str = "alice@example.com";

fn world() -> World {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    world.settings.codes.resend_after = SignedDuration::ZERO;
    world.settings.budgets.contact_per_hour = 1_000;
    world.settings.budgets.contact_per_day = 1_000;
    world.settings.budgets.source_per_hour = 1_000;
    world.bind(EMAIL);
    world
}

/// Enters five wrong codes for a new request of somebody, from a place.
fn guess(world: &World, name: &str, source: &str) {
    let mut env = world.env();
    source.clone_into(&mut env.actor.source);
    let id = reset::start(&env, &who(name)).unwrap().id;
    reset::send(&env, &id, crate::domain::request::Method::Account, None).unwrap();
    let mail = world.mail().into_iter().find(|(_, message)| message.to == EMAIL);
    let right = mail.map(|(_, message)| message.body.clone()).unwrap_or_default();
    let wrong = if right.contains("000000") { "111111" } else { "000000" };
    for _ in 0..5 {
        assert!(reset::verify(&env, &id, &Secret::from(wrong)).is_err());
    }
    reset::cancel(&env, &id).unwrap();
}

fn counted(world: &World) -> Vec<u8> {
    counted::contact(&world.env(), world.alice().contact(Channel::Email).unwrap())
}

fn is_off(world: &World) -> bool {
    let (env, tried_on) = (world.env(), counted(world));
    world.with(|tx| Ok(failures(&env, tx, world.now(), &tried_on, None)?.0 >= MAX_FAILURES))
}

fn is_spent_from(world: &World, source: &str) -> bool {
    let (env, tried_on) = (world.env(), counted(world));
    world.with(|tx| Ok(failures(&env, tx, world.now(), &tried_on, Some(source))?.1 >= MAX_FROM_SOURCE))
}

#[test]
fn k12_four_sources_switch_a_contact_off_and_time_brings_it_back() {
    let world = world();
    for source in ["one", "two", "three"] {
        (0..10).for_each(|_| guess(&world, "acme/alice", source));
        assert!(is_spent_from(&world, source));
        assert!(!is_off(&world), "no source counts for more than a quarter");
    }
    (0..5).for_each(|_| guess(&world, "acme/alice", "four"));
    assert!(is_off(&world));
    world.wait(24 * 60 - 1);
    assert!(is_off(&world) && is_spent_from(&world, "one"));
    world.wait(1);
    assert!(!is_off(&world) && !is_spent_from(&world, "one"));
    // It begins anew: the next wrong one is the first.
    guess(&world, "acme/alice", "one");
    assert!(!is_off(&world));
}

#[test]
fn k12_how_long_it_stays_off_is_settable() {
    let mut world = world();
    world.settings.codes.method_off_for = SignedDuration::from_hours(1);
    for source in ["one", "two", "three", "four"] {
        (0..5).for_each(|_| guess(&world, "acme/alice", source));
    }
    world.wait(59);
    assert!(is_off(&world));
    world.wait(1);
    assert!(!is_off(&world));
}

#[test]
fn k12_one_source_never_switches_anything_off_however_long_it_goes_on() {
    let world = world();
    for _ in 0..10 {
        (0..10).for_each(|_| guess(&world, "acme/alice", "one"));
        assert!(!is_off(&world) && is_spent_from(&world, "one"));
        world.wait(23 * 60);
    }
}

#[test]
fn k12_a_right_code_after_its_guess_was_counted_ends_the_row() {
    let world = world();
    (0..9).for_each(|at| guess(&world, "acme/alice", if at < 5 { "one" } else { "two" }));
    let (env, tried_on) = (world.env(), counted(&world));
    let counted = Counted { tried_on: &tried_on, source: "three", person: &tried_on };
    world.with(|tx| {
        wrong(&mut Transaction { env: &env, store: tx, now: world.now(), unrecorded: None }, &counted)
            .unwrap();
        assert_eq!(tx.spent_beneath(GUESSES, &tried_on, Timestamp::MIN)?, 46);
        Ok(())
    });
    // In a transaction of its own.
    world.with(|tx| {
        right(tx, &counted).unwrap();
        assert_eq!(tx.spent_beneath(GUESSES, &tried_on, Timestamp::MIN)?, 0);
        Ok(())
    });
    assert!(!is_spent_from(&world, "one"), "with the parts of all sources");
}

#[test]
fn k12_being_told_at_half_leaves_as_many_rows_for_a_name_that_nobody_has() {
    let rows = |name: &str| {
        let world = world();
        let told = || {
            world
                .with(|tx| tx.events(&EventFilter::default(), 500))
                .iter()
                .filter(|event| event.action == Action::NoticeQueued.as_str())
                .count()
        };
        let mut messages = Vec::new();
        for at in 1..=12 {
            guess(&world, name, "one");
            let waiting = world.with(|tx| tx.waiting());
            messages.push(waiting.iter().map(|(_, count, _)| *count).sum::<u64>());
            assert_eq!(told(), usize::from(at >= 10), "{name} {at}");
        }
        messages
    };
    let known = rows("acme/alice");
    assert_eq!(known, rows("acme/nobody"));
}

#[test]
fn k12_guesses_that_ended_by_time_are_purged_and_others_stay() {
    let world = world();
    (0..2).for_each(|_| guess(&world, "acme/alice", "one"));
    let (env, tried_on) = (world.env(), counted(&world));
    let left = || world.with(|tx| tx.spent_beneath(GUESSES, &tried_on, Timestamp::MIN));
    world.with(|tx| purge(&env, tx, world.now()));
    assert_eq!(left(), 10);
    world.wait(24 * 60);
    world.with(|tx| purge(&env, tx, world.now()));
    assert_eq!(left(), 0);
}
