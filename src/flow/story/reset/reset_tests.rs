use super::*;
use crate::config::CaptchaMode;
use crate::domain::LoginPolicy;
use crate::domain::account::Status;
use crate::domain::request::Method;
use crate::flow::foundation::world_tests::{World, who, wrong};
use crate::flow::foundation::{Actor, Env};
use crate::store::CodesOf;

const ALICE: &str = "alice@example.com";

fn world() -> World {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    world.settings.budgets.contact_per_day = 100;
    world.bind(ALICE);
    world
}

/// Why the newest code went to nobody, if it did.
fn ineligible(world: &World) -> Option<String> {
    let newest = world.with(|tx| tx.codes(CodesOf::Everyone, 1)).remove(0);
    assert_eq!(newest.destination.is_none(), newest.state_reason.is_some());
    newest.state_reason
}

/// The world as somebody has it who asks from that place.
fn from(world: &World, place: u32) -> Env<'_> {
    let env = world.env();
    Env { actor: Actor { source: format!("192.0.2.{place}"), ..env.actor.clone() }, ..env }
}

#[test]
fn s4_an_entered_address_that_is_bound_no_more_gets_no_code_and_no_other_gets_it() {
    let world = world();
    let env = world.env();
    let request = start(&env, &who(ALICE)).unwrap();
    let old = world.alice().contacts.remove(0);
    world.with(|tx| tx.delete_contact(&old.id));
    world.bind("another@example.com");
    send(&env, &request.id, None, None).unwrap();
    assert_eq!(ineligible(&world).as_deref(), Some("address_mismatch"));
}

#[test]
fn k3_a_request_is_of_the_uid_that_began_it() {
    let world = world();
    let (env, other) = (world.env(), world.env());
    let other = Env { actor: Actor { uid: 1001, ..other.actor.clone() }, ..other };
    let request = start(&env, &who("acme/alice")).unwrap();
    let gone = "there is no such request here: it has ended, expired, or was started elsewhere";
    let sent = send(&other, &request.id, Method::Account, None);
    assert_eq!(sent.err().map(|error| error.to_string()).as_deref(), Some(gone));
    send(&env, &request.id, Method::Account, None).unwrap();
    let code = world.code_sent_to(ALICE);
    let entered = verify(&other, &request.id, &code);
    assert_eq!(entered.err().map(|error| error.to_string()).as_deref(), Some(gone));
    verify(&env, &request.id, &code).unwrap();
}

#[test]
fn e7_whoever_is_disabled_is_that_and_not_unused_for_too_long() {
    let world = world();
    world.set_policy::<LoginPolicy>(&[("account_validity_period", "30")]);
    world.wait(31 * 24 * 60);
    let env = world.env();
    let ask = || {
        let request = start(&env, &who("acme/alice")).unwrap();
        send(&env, &request.id, Method::Account, None).unwrap();
        ineligible(&world)
    };
    assert_eq!(ask().as_deref(), Some("unused_too_long"));
    world.user(|alice| alice.status = Status::Disabled);
    assert_eq!(ask().as_deref(), Some("user_disabled"));
}

#[test]
fn k6_a_hundred_wrong_codes_in_a_row_for_a_contact_stop_its_codes() {
    let world = world();
    for place in 1..=20 {
        let env = from(&world, place);
        let request = start(&env, &who("acme/alice")).unwrap();
        send(&env, &request.id, Method::Account, None).unwrap();
        let digits = wrong(&world.code_sent_to(ALICE));
        (0..5).for_each(|_| assert!(verify(&env, &request.id, &digits).is_err()));
        world.wait(16);
    }
    let env = from(&world, 99);
    let request = start(&env, &who("acme/alice")).unwrap();
    send(&env, &request.id, Method::Account, None).unwrap();
    assert_eq!(ineligible(&world).as_deref(), Some("contact_disabled_by_failures"));
}
