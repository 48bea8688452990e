use super::*;
use crate::flow::foundation::Confirmed;
use crate::flow::foundation::world_tests::{PASSWORD, World, who};
use crate::flow::proofs::issuance::{IssueCredential, IssueMode, SecretDestination};
use crate::flow::story::admin_reset::{AdminReset, ResetOptions};
use crate::hasher::Checked;

const NEW: &str = "seven bronze kettles hum softly";

fn options() -> ResetOptions {
    ResetOptions {
        mode: IssueMode::Setup,
        must_change: true,
        expires: None,
        unlock: false,
        remove_mfa: false,
        over_root: false,
        destination: SecretDestination::Nowhere,
        otherwise: None,
        verified_caller: None,
    }
}

/// Sends Alice a setup token by email, and reads it there.
fn invited(world: &World) -> Secret {
    let env = world.env();
    let plan = AdminReset::plan(&env, &who("acme/alice"), options()).unwrap();
    let prepared = plan.prepare(&env).unwrap();
    plan.commit(&env, &prepared, Confirmed::by(true).unwrap()).unwrap();
    let mail = world.mail();
    let (_, message) = mail.iter().find(|(kind, _)| *kind == Kind::Setup).unwrap();
    let token = message.body.lines().find(|line| line.starts_with(token::PREFIX)).unwrap();
    Secret::from(token)
}

fn redeem_with(world: &World, token: &Secret, password: &str) -> String {
    redeem(&world.env(), token, &Secret::from(password), None)
        .map_or_else(|error| error.to_string(), |_| "done".to_owned())
}

fn is_password(world: &World, password: &str) -> bool {
    let hash = world.alice().credential.hash;
    hash.is_some_and(|hash| {
        world.env().hasher.verify(&Secret::from(password), &hash).unwrap() == Checked::Right
    })
}

const DENIED: &str = "the setup token is wrong, used, or too old";

#[test]
fn k9_a_token_is_good_once_and_the_old_password_works_until_then() {
    let world = World::new();
    world.bind("alice@example.com");
    let token = invited(&world);
    assert!(token::well_formed(token.expose()));
    assert!(is_password(&world, PASSWORD));
    assert_eq!(redeem_with(&world, &token, NEW), "done");
    assert!(is_password(&world, NEW));
    assert!(!world.alice().credential.must_change);
    assert_eq!(world.last_event().0, "updateUserPwdByEmail");
    assert_eq!(world.mail().len(), 1, "the bound contact is told (security S7)");
    assert_eq!(redeem_with(&world, &token, "eight silver kettles hum softly"), DENIED);
    assert!(is_password(&world, NEW));
}

#[test]
fn k7_looking_and_refused_passwords_use_nothing_up() {
    let world = World::new();
    world.bind("alice@example.com");
    let token = invited(&world);
    for _ in 0..3 {
        assert_eq!(peek(&world.env(), &token).unwrap().path(), "acme/alice");
    }
    assert!(redeem_with(&world, &token, "short").starts_with("the password is too short"));
    assert_eq!(redeem_with(&world, &token, PASSWORD), "this password was used before");
    assert_eq!(redeem_with(&world, &token, NEW), "done");
}

#[test]
fn k5_a_token_ends_exactly_and_a_clock_that_goes_back_revives_none() {
    let world = World::new();
    world.bind("alice@example.com");
    let token = invited(&world);
    world.wait(24 * 60 - 1);
    assert!(peek(&world.env(), &token).is_ok());
    world.wait(1);
    assert_eq!(redeem_with(&world, &token, NEW), DENIED);
    let early = invited(&world);
    world.wait(-48 * 60);
    assert_eq!(redeem_with(&world, &token, NEW), DENIED);
    assert_eq!(redeem_with(&world, &early, NEW), DENIED);
}

#[test]
fn s5_a_token_ends_with_the_address_it_went_to() {
    let world = World::new();
    world.bind("alice@example.com");
    let token = invited(&world);
    world.with(|tx| tx.delete_contact("con_alice@example.com"));
    assert_eq!(redeem_with(&world, &token, NEW), DENIED);
    assert_eq!(world.last_event().2.as_deref(), Some("contact_changed"));
}

#[test]
fn a_disabled_user_and_an_older_token_get_nowhere() {
    let world = World::new();
    world.bind("alice@example.com");
    let older = invited(&world);
    let newer = invited(&world);
    assert_eq!(redeem_with(&world, &older, NEW), DENIED);
    world.user(|alice| alice.status = crate::domain::account::Status::Disabled);
    assert_eq!(redeem_with(&world, &newer, NEW), DENIED);
    assert_eq!(world.last_event().2.as_deref(), Some("disabled"));
    world.user(|alice| alice.status = crate::domain::account::Status::Enabled);
    assert_eq!(redeem_with(&world, &newer, NEW), "done");
}
