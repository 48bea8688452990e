use super::*;
use crate::domain::ProtectionPolicy;
use crate::flow::foundation::world_tests::{PASSWORD, World, who};

const NEW: &str = "seven bronze kettles hum softly";

fn begin(world: &World, old: &str) -> Result<PasswordChange, FlowError> {
    PasswordChange::begin(&world.env(), &who("acme/alice"), &Presented::password(&Secret::from(old)))
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

const DENIED: &str = "the user name or password is wrong, or this user cannot sign in now";

#[test]
fn a_wish_needs_the_old_password_and_leaves_the_new_one_alone() {
    let world = World::new();
    world.bind("alice@example.com");
    world.set_policy::<ProtectionPolicy>(&[("operation_protection", "false")]);
    assert_eq!(said(begin(&world, "wrong")), DENIED);
    let epoch = world.alice().credential.epoch;
    let change = begin(&world, PASSWORD).unwrap();
    assert!(!change.forced);
    assert!(
        said(change.finish(&world.env(), &Secret::from("short"))).starts_with("the password is too short")
    );
    assert_eq!(said(change.finish(&world.env(), &Secret::from(PASSWORD))), "this password was used before");
    change.finish(&world.env(), &Secret::from(NEW)).unwrap();
    assert_eq!(world.alice().credential.epoch, epoch + 1);
    assert_eq!(world.last_event(), ("changePassword".to_owned(), "success".to_owned(), None));
    assert_eq!(world.mail().len(), 1, "the bound contact is told");
    assert_eq!(said(begin(&world, PASSWORD)), DENIED);
    begin(&world, NEW).unwrap();
}

#[test]
fn wrong_old_passwords_lock() {
    let world = World::new();
    (0..5).for_each(|_| assert_eq!(said(begin(&world, "wrong")), DENIED));
    assert_eq!(said(begin(&world, PASSWORD)), DENIED);
}

#[test]
fn the_minimum_age_holds_up_a_wish_and_no_forced_change() {
    let world = World::new();
    world.set_policy::<PasswordPolicy>(&[("minimum_password_age", "60")]);
    assert_eq!(
        said(begin(&world, PASSWORD)),
        "the password was changed recently and cannot be changed again before 2026-11-21 13:00 UTC"
    );
    world.credential(|credential| credential.must_change = true);
    let change = begin(&world, PASSWORD).unwrap();
    assert!(change.forced);
    let changed = change.finish(&world.env(), &Secret::from(NEW)).unwrap();
    assert!(!changed.user().credential.must_change);
    changed.sign_in(&world.env()).unwrap();
    assert_eq!(world.alice().last_login_at, Some(world.now()));
    world.wait(60);
    begin(&world, NEW).unwrap();
}

#[test]
fn a_forced_change_cannot_keep_the_password_and_a_late_temporary_one_cannot_be_changed() {
    let world = World::new();
    world.set_policy::<PasswordPolicy>(&[("number_of_recent_passwords_disallowed", "0")]);
    let end = after(world.now(), SignedDuration::from_hours(24));
    world.credential(|credential| {
        credential.must_change = true;
        credential.expires_at = Some(end);
    });
    let change = begin(&world, PASSWORD).unwrap();
    assert_eq!(said(change.finish(&world.env(), &Secret::from(PASSWORD))), "this password was used before");
    world.wait(24 * 60);
    assert_eq!(said(begin(&world, PASSWORD)), DENIED);
}

#[test]
fn what_changed_in_between_is_not_overwritten() {
    let world = World::new();
    let change = begin(&world, PASSWORD).unwrap();
    world.credential(|credential| credential.must_change = true);
    assert_eq!(
        said(change.finish(&world.env(), &Secret::from(NEW))),
        "somebody changed acme/alice in the meantime"
    );
}

#[test]
fn p7_a_password_with_a_weaker_hash_can_be_changed() {
    let mut world = World::new();
    world.cost.iterations = 2;
    begin(&world, PASSWORD).unwrap().finish(&world.env(), &Secret::from(NEW)).unwrap();
    begin(&world, NEW).unwrap();
}

#[test]
fn a_terminal_left_alone_does_not_stay_open() {
    let world = World::new();
    let change = begin(&world, PASSWORD).unwrap();
    world.wait(15);
    let late = "more than 15 minutes have passed since the password was given";
    assert_eq!(said(change.finish(&world.env(), &Secret::from(NEW))), late);
    begin(&world, PASSWORD).unwrap();
}
