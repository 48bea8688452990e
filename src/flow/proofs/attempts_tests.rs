use super::*;
use crate::config::CaptchaMode;
use crate::domain::request::Method;
use crate::domain::{Role, Secret};
use crate::flow::foundation::world_tests::{PASSWORD, World, who, wrong};
use crate::flow::foundation::{Actor, Occasion, counted};
use crate::flow::proofs::admission::SignIn;
use crate::flow::proofs::codes;
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in::sign_in;
use crate::flow::story::reset;
use crate::store::{EventFilter, IssuedFilter};

fn right(world: &World) -> bool {
    let password = Secret::from(PASSWORD);
    let presented = Presented::password(&password);
    matches!(sign_in(&world.env(), &who("acme/alice"), &presented).unwrap(), SignIn::Right(_))
}

/// Begins a sign-in whose outcome nobody will know.
fn abandoned(world: &World, name: &str) {
    spend_sign_in(&world.env(), &who(name), "login").unwrap();
}

/// Any write of anybody's.
fn sweep(world: &World) {
    world.env().write(|_| Ok(())).unwrap();
}

#[test]
fn k11_an_attempt_without_an_outcome_is_a_failure_after_a_minute() {
    let world = World::new();
    for name in ["acme/alice", "acme/nobody"] {
        abandoned(&world, name);
    }
    assert!(right(&world), "an open attempt locks nobody");
    world.wait(1);
    sweep(&world);
    assert_eq!(
        world.alice().failures.count,
        1,
        "what began before the success, and was not known, counts after it"
    );
    let nobody = subject_of(&world.env(), None, &who("acme/nobody").key());
    assert_eq!(world.with(|tx| tx.failures(&nobody)).count, 1);
    let failed = ("loginFailed".to_owned(), "failure".to_owned(), Some("no_outcome".to_owned()));
    assert_eq!(world.last_event(), failed);
    // Taken out: it counts once.
    sweep(&world);
    assert_eq!(world.alice().failures.count, 1);
}

#[test]
fn k11_as_many_without_an_outcome_as_the_policy_takes_lock() {
    let world = World::new();
    for _ in 0..5 {
        abandoned(&world, "acme/alice");
    }
    assert_eq!(world.alice().failures.count, 0);
    world.wait(1);
    assert!(!right(&world));
    assert!(world.alice().failures.locked(world.now()).is_some());
}

#[test]
fn k11_what_failed_since_an_attempt_began_is_not_forgotten_with_it() {
    let world = World::new();
    abandoned(&world, "acme/alice");
    world.tick(1);
    for _ in 0..4 {
        let wrong = Secret::from("wrong");
        let _ = sign_in(&world.env(), &who("acme/alice"), &Presented::password(&wrong)).unwrap();
    }
    assert_eq!(world.alice().failures.count, 4);
    world.wait(1);
    sweep(&world);
    assert!(world.alice().failures.locked(world.now()).is_some(), "the fifth");
}

#[test]
fn k6_a_code_of_an_authenticator_beside_a_password_without_an_outcome_costs_no_guess() {
    let world = World::new();
    abandoned(&world, "acme/alice");
    world.wait(1);
    sweep(&world);
    assert!(world.with(|tx| tx.spent_out("guesses", 32, 1, Timestamp::MIN)).is_empty());
}

#[test]
fn u1_what_becomes_of_an_attempt_is_recorded_for_whoever_tried() {
    let world = World::new();
    let mut stranger = world.env();
    stranger.actor = Actor { name: "mallory".to_owned(), role: Role::Stranger, process: 7, ..stranger.actor };
    spend_sign_in(&stranger, &who("acme/alice"), "login").unwrap();
    world.wait(1);
    let mut admin = world.env();
    admin.occasion = Occasion { operating: true, reason: Some("ticket".to_owned()), ..Occasion::default() };
    admin.write(|_| Ok(())).unwrap();
    let event = world.with(|tx| tx.events(&EventFilter::default(), 1)).remove(0);
    assert_eq!((event.actor.as_str(), event.process, event.operator), ("mallory", 7, None));
    assert_eq!(event.reason.as_deref(), Some("no_outcome"));
}

#[test]
fn k11_an_outcome_that_comes_too_late_is_none() {
    let world = World::new();
    let (spent, _) = spend_sign_in(&world.env(), &who("acme/alice"), "login").unwrap();
    world.wait(1);
    let late = world.env().write(|tx| Ok(spent.conclude(tx.store, tx.now)?));
    assert_eq!(
        late.unwrap_err().to_string(),
        "checking this took longer than a minute, so it counts as wrong"
    );
    sweep(&world);
    assert_eq!(world.alice().failures.count, 1);
}

#[test]
fn k11_the_try_of_a_code_is_spent_whatever_becomes_of_its_outcome() {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    world.bind("alice@example.com");
    let env = world.env();
    let view = reset::start(&env, &who("acme/alice")).unwrap();
    reset::send(&env, &view.id, Method::Account, None).unwrap();
    let code = world.code_sent_to("alice@example.com");
    for _ in 0..5 {
        let tried = codes::take_try(&env, crate::domain::event::Action::VerifyCodeFailed, |tx| {
            let request = tx.store.request(&view.id)?.unwrap();
            let user = tx.store.user_by_id("usr_1")?;
            Ok((Target::None, codes::try_of_request(tx, &request, user.as_ref())?))
        });
        assert!(tried.is_ok());
    }
    for digits in [&code, &wrong(&code)] {
        let refused = reset::verify(&env, &view.id, digits).unwrap_err().to_string();
        assert_eq!(
            refused,
            "this code can no longer be used: it has expired, was replaced, or has no tries left"
        );
    }
    let listed = world.with(|tx| tx.issued(&IssuedFilter::default(), env.clock.now(), 1)).remove(0);
    assert_eq!((listed.state.as_str(), listed.tries_left), ("exhausted", Some(0)));
    // Each counts as a wrong one in a row, once its outcome is overdue.
    let counted = counted::text(&env, "email", "alice@example.com");
    assert!(!world.with(|tx| tx.spent_out("guesses", 32, 1, Timestamp::MIN)).contains(&counted));
    world.wait(1);
    sweep(&world);
    assert!(world.with(|tx| tx.spent_out("guesses", 32, 5, Timestamp::MIN)).contains(&counted));
}
