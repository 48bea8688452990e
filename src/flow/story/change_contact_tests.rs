use super::*;
use crate::domain::ProtectionPolicy;
use crate::domain::contact::Confirmation;
use crate::flow::foundation::world_tests::{PASSWORD, World, address, who, wrong};

const OLD: &str = "alice@example.com";
const NEW: &str = "alice@new.example";

fn begin(world: &World, password: &str, new: &str) -> Result<ContactChange, FlowError> {
    {
        let password = Secret::from(password);
        ContactChange::begin(&world.env(), &who("acme/alice"), &Presented::password(&password), address(new))
    }
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

/// As where an account asks for the password alone.
fn unprotected() -> World {
    let world = World::new();
    world.set_policy::<ProtectionPolicy>(&[("operation_protection", "false")]);
    world
}

fn addresses(world: &World) -> Vec<String> {
    world.alice().contacts.into_iter().map(|contact| contact.address).collect()
}

fn ready_at_once(world: &World) -> bool {
    world.alice().contacts[0].receives(world.now())
}

#[test]
fn s5_both_codes_replace_the_contact_at_once_and_the_old_one_is_told() {
    let world = World::new();
    world.bind(OLD);
    let env = world.env();
    let mut change = begin(&world, PASSWORD, NEW).unwrap();
    change.ask_old(&env).unwrap();
    let code = world.code_sent_to(OLD);
    assert_eq!(said(change.agree(&env, &wrong(&code))), "the code is wrong; 4 tries are left");
    change.agree(&env, &code).unwrap();
    change.ask_new(&env).unwrap();
    let code = world.code_sent_to(NEW);
    assert_eq!(said(change.finish(&env, &wrong(&code))), "the code is wrong; 4 tries are left");
    assert_eq!(addresses(&world), [OLD], "nothing changes before both codes are right");
    change.finish(&env, &code).unwrap();
    assert_eq!(addresses(&world), [NEW]);
    assert!(ready_at_once(&world));
    let told: Vec<String> = world.mail().iter().map(|(_, message)| message.to.clone()).collect();
    assert_eq!(told, [OLD, NEW], "the old one, and every one that is bound now");
    assert_eq!(world.last_event(), ("modifyUserEmail".to_owned(), "success".to_owned(), None));
    assert_eq!(
        said(change.finish(&env, &code)),
        "somebody changed acme/alice in the meantime",
        "a code is used once"
    );
}

#[test]
fn s5_on_the_word_of_the_password_the_new_contact_waits() {
    let world = unprotected();
    let env = world.env();
    world.bind(OLD);
    let change = begin(&world, PASSWORD, NEW).unwrap();
    assert!(change.cools_down());
    change.ask_new(&env).unwrap();
    change.finish(&env, &world.code_sent_to(NEW)).unwrap();
    assert!(!ready_at_once(&world));
    // And cannot vouch for a third one while it waits.
    assert!(begin(&world, PASSWORD, "thief@else.example").unwrap().old().is_none());
    world.wait(24 * 60);
    assert!(ready_at_once(&world));
    assert!(begin(&world, PASSWORD, "third@else.example").unwrap().old().is_some());
}

#[test]
fn s5_one_that_takes_no_others_place_does_not_wait() {
    let world = World::new();
    let env = world.env();
    let change = begin(&world, PASSWORD, NEW).unwrap();
    assert!(change.old().is_none() && !change.cools_down());
    change.ask_new(&env).unwrap();
    change.finish(&env, &world.code_sent_to(NEW)).unwrap();
    assert!(ready_at_once(&world));
}

#[test]
fn a_new_code_comes_after_a_while_and_none_is_lost_to_a_budget() {
    let mut world = World::new();
    world.settings.budgets.contact_per_hour = 2;
    let env = world.env();
    let change = begin(&world, PASSWORD, NEW).unwrap();
    change.ask_new(&env).unwrap();
    world.code_sent_to(NEW);
    assert_eq!(said(change.ask_new(&env)), "a code was asked for a moment ago; ask again in 60 seconds");
    world.wait(1);
    change.ask_new(&env).unwrap();
    let code = world.code_sent_to(NEW);
    world.wait(1);
    assert_eq!(said(change.ask_new(&env)), "no code is sent: too many codes went to this contact");
    change.finish(&env, &code).unwrap();
}

#[test]
fn s9_the_password_comes_first_and_failures_lock() {
    let world = World::new();
    let denied = "the user name or password is wrong, or this user cannot sign in now";
    (0..5).for_each(|_| assert_eq!(said(begin(&world, "wrong", NEW)), denied));
    assert_eq!(said(begin(&world, PASSWORD, NEW)), denied);
    assert!(world.mail().is_empty());
    let world = World::new();
    world.credential(|credential| credential.must_change = true);
    let must = "the password is right, but it must be changed before it can be used";
    assert_eq!(said(begin(&world, PASSWORD, NEW)), must);
}

#[test]
fn k3_the_code_of_one_contact_is_worth_nothing_for_the_other() {
    let world = unprotected();
    world.bind(OLD);
    let env = world.env();
    let mut change = begin(&world, PASSWORD, NEW).unwrap();
    change.ask_old(&env).unwrap();
    let old = world.code_sent_to(OLD);
    change.ask_new(&env).unwrap();
    let new = world.code_sent_to(NEW);
    let wrong_code = "the code is wrong; 4 tries are left";
    assert_eq!(said(change.agree(&env, &new)), wrong_code);
    assert_eq!(said(change.finish(&env, &old)), wrong_code);
    // Another attempt has a code of its own, also for the same address.
    let other = begin(&world, PASSWORD, NEW).unwrap();
    assert_eq!(said(other.finish(&env, &new)), Refusal::CodeSpent.to_string());
}

#[test]
fn somebody_elses_address_is_told_to_its_reader_only() {
    let world = World::new();
    let now = world.now();
    let alice = world.alice();
    let root = User { id: "usr_0".to_owned(), name: "acme".to_owned(), root: true, ..alice };
    let taken = Contact {
        id: "con_0".to_owned(),
        user_id: root.id.clone(),
        channel: address(NEW).channel(),
        address: NEW.to_owned(),
        key: NEW.to_owned(),
        verified_at: Some(now),
        usable_from: now,
        bound_at: now,
        security: false,
        confirmation: Confirmation::Owner,
    };
    world.with(|tx| {
        tx.insert_user(&root, "", "")?;
        tx.insert_contact(&taken, NEW, true)
    });
    let env = world.env();
    let change = begin(&world, PASSWORD, NEW).unwrap();
    change.ask_new(&env).unwrap();
    assert_eq!(said(change.finish(&env, &world.code_sent_to(NEW))), "this contact belongs to somebody else");
    assert!(addresses(&world).is_empty());
}

/// A code, and then the time until another may be asked for.
fn again(world: &World, change: &ContactChange) {
    change.ask_new(&world.env()).unwrap();
    world.wait(1);
}

#[test]
fn k6_the_budgets_hold() {
    let world = World::new();
    let env = world.env();
    let change = begin(&world, PASSWORD, NEW).unwrap();
    (0..5).for_each(|_| again(&world, &change));
    assert_eq!(said(change.ask_new(&env)), "no code is sent: too many codes went to this contact");
}

#[test]
fn k6_the_place_is_counted_too() {
    let mut world = World::new();
    world.settings.budgets.source_per_hour = 2;
    let env = world.env();
    let change = begin(&world, PASSWORD, NEW).unwrap();
    (0..2).for_each(|_| again(&world, &change));
    assert_eq!(
        said(change.ask_new(&env)),
        "no code is sent: too many codes were asked for from the same place"
    );
}

#[test]
fn k6_the_old_contact_is_asked_only_where_the_new_one_can_be_asked_after_it() {
    let mut world = World::new();
    world.settings.budgets.source_per_hour = 1;
    world.bind(OLD);
    let env = world.env();
    let change = begin(&world, PASSWORD, NEW).unwrap();
    for _ in 0..2 {
        assert_eq!(
            said(change.ask_old(&env)),
            "no code is sent: too many codes were asked for from the same place"
        );
    }
    assert!(world.mail().is_empty());
}

#[test]
fn the_other_channel_hears_of_it() {
    let world = unprotected();
    world.bind("+4915112345678");
    let env = world.env();
    let change = begin(&world, PASSWORD, NEW).unwrap();
    change.ask_new(&env).unwrap();
    change.finish(&env, &world.code_sent_to(NEW)).unwrap();
    let told: Vec<String> = world.mail().iter().map(|(_, message)| message.to.clone()).collect();
    assert_eq!(told, [NEW, "+4915112345678"]);
}

#[test]
fn what_was_proven_long_ago_is_proven_no_more() {
    let world = World::new();
    world.bind(OLD);
    let env = world.env();
    let mut change = begin(&world, PASSWORD, NEW).unwrap();
    change.ask_old(&env).unwrap();
    change.agree(&env, &world.code_sent_to(OLD)).unwrap();
    world.wait(14);
    change.ask_new(&env).unwrap();
    let code = world.code_sent_to(NEW);
    world.wait(1);
    let late = "more than 15 minutes have passed since the password was given";
    assert_eq!(said(change.finish(&env, &code)), late);
    assert_eq!(said(change.ask_new(&env)), late);
    assert_eq!(addresses(&world), [OLD]);
}
