use std::collections::HashSet;

use jiff::SignedDuration;

use super::*;
use crate::config::VerifiedCaller;
use crate::domain::account::Status;
use crate::domain::time::after;
use crate::domain::{Failures, Role, Secret};
use crate::flow::foundation::world_tests::{PASSWORD, World, who};
use crate::flow::foundation::{Confirmed, Env, FlowError};
use crate::flow::proofs::ahead::prepare_ahead;
use crate::flow::proofs::issuance::{IssueCredential, IssueMode, SecretDestination};
use crate::hasher::Checked;

fn options(mode: IssueMode) -> ResetOptions {
    ResetOptions {
        mode,
        must_change: true,
        expires: None,
        unlock: false,
        remove_mfa: false,
        over_root: false,
        destination: SecretDestination::File,
        otherwise: None,
        verified_caller: None,
    }
}

fn reset(env: &Env<'_>, options: ResetOptions) -> Result<(ResetDone, Option<String>), FlowError> {
    let plan = AdminReset::plan(env, &who("acme/alice"), options)?;
    let prepared = plan.prepare(env)?;
    let done = plan.commit(env, &prepared, Confirmed::by(true).unwrap())?;
    Ok((done, prepared.secret().map(|secret| secret.expose().to_owned())))
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

#[test]
fn a_generated_password_is_temporary_and_tells_the_bound_contact() {
    let world = World::new();
    world.bind("alice@example.com");
    let before = world.alice().credential.epoch;
    let (done, secret) = reset(&world.env(), options(IssueMode::Generate)).unwrap();
    let credential = world.alice().credential;
    assert_eq!((credential.must_change, credential.epoch), (true, before + 1));
    let day = after(world.now(), SignedDuration::from_hours(24));
    assert_eq!((credential.expires_at, done.expires_at), (Some(day), Some(day)));
    assert_eq!(secret.map(|text| text.len()), Some(23));
    assert_eq!(world.mail().len(), 1);
    assert_eq!(world.last_event(), ("setPasswordByAdmin".to_owned(), "success".to_owned(), None));
}

#[test]
fn without_must_change_it_lasts_unless_a_time_is_given() {
    let world = World::new();
    let lasting = ResetOptions { must_change: false, ..options(IssueMode::Generate) };
    assert_eq!(reset(&world.env(), lasting.clone()).unwrap().0.expires_at, None);
    let short = ResetOptions { expires: Some(SignedDuration::from_hours(1)), ..lasting };
    assert_eq!(
        reset(&world.env(), short).unwrap().0.expires_at,
        Some(after(world.now(), SignedDuration::from_hours(1)))
    );
}

#[test]
fn o3_disabled_stays_disabled_and_locked_locked_unless_told_otherwise() {
    let world = World::new();
    world.user(|alice| alice.status = Status::Disabled);
    let lock = Failures {
        count: 0,
        since: None,
        locked_until: Some(after(world.now(), SignedDuration::from_mins(15))),
    };
    world.with(|tx| tx.set_failures("usr_1", lock));
    let plan = AdminReset::plan(&world.env(), &who("acme/alice"), options(IssueMode::Generate)).unwrap();
    assert_eq!(
        plan.remarks(),
        [
            "acme/alice stays locked until 2026-11-21 12:15 UTC; --unlock ends the lock (`regain faq locked`)",
            "acme/alice stays disabled; `regain user enable acme/alice` enables it",
        ]
    );
    let (done, _) = reset(&world.env(), options(IssueMode::Generate)).unwrap();
    assert_eq!((done.user.status, done.user.failures), (Status::Disabled, lock));
    let (done, _) =
        reset(&world.env(), ResetOptions { unlock: true, ..options(IssueMode::Generate) }).unwrap();
    assert_eq!((done.user.status, done.user.failures), (Status::Disabled, Failures::default()));
    assert_eq!(world.last_event().0, "unlockUser");
}

#[test]
fn o2_support_mails_a_token_to_a_verified_address_and_nothing_else() {
    let mut world = World::new();
    world.settings.support.verified_caller = VerifiedCaller::Optional;
    let mut env = world.env();
    env.actor.role = Role::Support;
    let mailed = ResetOptions { destination: SecretDestination::Nowhere, ..options(IssueMode::Setup) };
    assert_eq!(
        said(reset(&env, mailed.clone())),
        "acme/alice has no verified email address for a setup token"
    );
    world.bind("alice@example.com");
    assert_eq!(said(reset(&env, mailed.clone())), "done");
    assert_eq!(world.mail().len(), 1);
    let beyond = "the role support may not set passwords";
    assert_eq!(said(reset(&env, options(IssueMode::Setup))), beyond);
    assert_eq!(said(reset(&env, options(IssueMode::Generate))), beyond);
    assert_eq!(
        said(reset(&env, ResetOptions { unlock: true, ..mailed.clone() })),
        "the role support may not change accounts and users"
    );
    let mut settings = world.settings.clone();
    settings.operators.admin = vec!["alice".to_owned()];
    env.settings = &settings;
    assert_eq!(said(reset(&env, mailed)), "support may not send a setup token for root users and operators");
}

#[test]
fn o2_support_hands_no_token_out_at_a_terminal_nor_mails_one_to_an_unverified_address() {
    for destination in [SecretDestination::Terminal, SecretDestination::Nowhere] {
        let mut world = World::new();
        world.settings.support.verified_caller = VerifiedCaller::Optional;
        let mut env = world.env();
        env.actor.role = Role::Support;
        let setup = ResetOptions { destination, ..options(IssueMode::Setup) };
        let unverified = "acme/alice has no verified email address for a setup token";
        assert_eq!(said(reset(&env, setup.clone())), unverified, "{destination:?}: none");
        world.bind("alice@example.com");
        let mut contact = world.alice().contacts.remove(0);
        contact.verified_at = None;
        world.with(|tx| {
            tx.delete_contact(&contact.id)?;
            tx.insert_contact(&contact, "alice@example.com", true)
        });
        assert_eq!(said(reset(&env, setup.clone())), unverified, "{destination:?}: not verified");
        assert!(world.mail().is_empty() && world.with(|tx| tx.live_token("usr_1")).is_none());
        world.with(|tx| tx.set_contact_verified(&contact.id, world.now(), world.now()));
        let plan = AdminReset::plan(&env, &who("acme/alice"), setup.clone()).unwrap();
        assert!(!plan.hands_out(), "{destination:?}: it is mailed, and shown to nobody");
        assert_eq!(said(reset(&env, setup)), "done");
        assert_eq!(world.mail().len(), 1);
    }
}

#[test]
fn p6_a_given_password_goes_through_policy_and_history() {
    let world = World::new();
    let env = world.env();
    let plan = AdminReset::plan(&env, &who("acme/alice"), options(IssueMode::Given)).unwrap();
    assert_eq!(said(plan.given(&env, &Secret::from(PASSWORD))), "this password was used before");
    assert!(said(plan.given(&env, &Secret::from("short"))).starts_with("the password is too short"));
    assert_eq!(world.last_event().2.as_deref(), Some("weak_password"));
    assert_eq!(said(plan.given(&env, &Secret::from("seven bronze kettles hum softly"))), "done");
}

#[test]
fn whoever_changed_since_the_plan_is_left_alone() {
    let world = World::new();
    let env = world.env();
    let plan = AdminReset::plan(&env, &who("acme/alice"), options(IssueMode::Generate)).unwrap();
    let prepared = plan.prepare(&env).unwrap();
    world.credential(|credential| credential.must_change = true);
    let yes = Confirmed::by(true).unwrap();
    assert_eq!(said(plan.commit(&env, &prepared, yes)), "somebody changed acme/alice in the meantime");
}

#[test]
fn p8_a_batch_is_made_at_once_and_all_differ() {
    let world = World::new();
    let env = world.env();
    let plans: Vec<AdminReset> = (0..5)
        .map(|_| AdminReset::plan(&env, &who("acme/alice"), options(IssueMode::Generate)).unwrap())
        .collect();
    let prepared = prepare_ahead(&env, None, |prepare| {
        let promises: Vec<_> = plans.iter().map(prepare).collect();
        promises.into_iter().map(|promise| promise.wait().unwrap()).collect::<Vec<_>>()
    });
    let (mut secrets, mut hashes) = (HashSet::new(), HashSet::new());
    for prepared in &prepared {
        let secret = prepared.secret().unwrap();
        let hash = &prepared.hash.as_ref().unwrap().hash;
        assert_eq!(env.hasher.verify(secret, hash), Ok(Checked::Right));
        secrets.insert(secret.expose());
        hashes.insert(hash.as_str());
    }
    assert_eq!((secrets.len(), hashes.len()), (5, 5));
}

#[test]
fn whoever_ends_early_waits_for_no_hash() {
    let world = World::new();
    let env = world.env();
    let plan = AdminReset::plan(&env, &who("acme/alice"), options(IssueMode::Generate)).unwrap();
    let left = prepare_ahead(&env, None, |prepare| (0..1_000).map(|_| prepare(&plan)).collect::<Vec<_>>());
    let hashed = left.into_iter().map(|mut promise| promise.is_kept()).filter(|kept| *kept).count();
    assert!(hashed < 1_000, "all were hashed");
}
