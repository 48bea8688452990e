use super::super::codes;
use super::super::reset;
use super::super::sign_in::{Presented, SignIn, sign_in};
use super::super::world_tests::{PASSWORD, World, who, wrong};
use super::*;
use crate::config::CaptchaMode;
use crate::domain::request::Method;
use crate::domain::secret::Secret;

fn right(world: &World) -> bool {
    let password = Secret::from(PASSWORD);
    let presented = Presented::password(&password);
    matches!(sign_in(&world.env(), &who("acme/alice"), &presented).unwrap(), SignIn::Right(_))
}

/// Begins a sign-in whose outcome nobody will know.
fn abandoned(world: &World, name: &str) {
    spend_sign_in(&world.env(), &who(name), false, "login").unwrap();
}

/// Any write of anybody's.
fn sweep(world: &World) {
    world.env().write(|_, _| Ok(Ok(()))).unwrap();
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
fn k11_a_code_of_an_authenticator_counts_without_an_outcome_too() {
    let world = World::new();
    spend_sign_in(&world.env(), &who("acme/alice"), true, "login").unwrap();
    world.wait(1);
    sweep(&world);
    let counted = Place::SignIn.counted_as(&world.env(), "usr_1");
    assert_eq!(world.with(|tx| tx.spent_out("guesses", 32, 1, Timestamp::MIN)), [counted]);
}

#[test]
fn k11_an_outcome_that_comes_too_late_is_none() {
    let world = World::new();
    let (spent, _) = spend_sign_in(&world.env(), &who("acme/alice"), false, "login").unwrap();
    world.wait(1);
    let late = world.env().write(|tx, now| spent.conclude(tx, now).map(Ok));
    assert_eq!(
        late.unwrap_err().to_string(),
        "this took longer than a minute to be judged, and counts as wrong"
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
        let tried = codes::take_try(&env, crate::domain::event::Action::VerifyCodeFailed, |tx, now| {
            let request = tx.request(&view.id)?.unwrap();
            let user = tx.user_by_id("usr_1")?;
            Ok(Ok((Target::None, codes::try_of_request(&env, tx, now, &request, user.as_ref())?)))
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
    let listed = codes::list(&env, None).unwrap();
    assert_eq!((listed[0].state.as_str(), listed[0].tries_left), ("exhausted", 0));
    // Each counts as a wrong one in a row, once its outcome is overdue.
    let counted = budgets::of_text(&env, "email", "alice@example.com");
    assert!(!world.with(|tx| tx.spent_out("guesses", 32, 1, Timestamp::MIN)).contains(&counted));
    world.wait(1);
    sweep(&world);
    assert!(world.with(|tx| tx.spent_out("guesses", 32, 5, Timestamp::MIN)).contains(&counted));
}
