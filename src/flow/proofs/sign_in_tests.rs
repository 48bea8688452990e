use jiff::SignedDuration;

use super::*;
use crate::domain::account::Status;
use crate::domain::entropy::SystemEntropy;
use crate::domain::mfa::{Seed, StoredMfa, step};
use crate::domain::{AccessMode, PasswordPolicy, Secret, StoredHash};
use crate::flow::foundation::world_tests::{PASSWORD, World, who};
use crate::flow::story::policy::Group;
use crate::hasher::Cost;

#[derive(Debug, PartialEq)]
enum Said {
    Right,
    MustChange,
    Denied,
}

fn try_as(world: &World, name: &str, password: &str) -> Said {
    let presented = Presented { password: &Secret::from(password), totp: None };
    match sign_in(&world.env(), &who(name), &presented).unwrap() {
        SignIn::Right(_) => Said::Right,
        SignIn::MustChange(_) => Said::MustChange,
        SignIn::Protected(_) | SignIn::Denied => Said::Denied,
    }
}

fn event(action: &str, outcome: &str, code: &str) -> (String, String, Option<String>) {
    (action.to_owned(), outcome.to_owned(), Some(code.to_owned()))
}

fn set<P: Group>(world: &World, field: &str, value: &str) {
    world.set_policy::<P>(&[(field, value)]);
}

#[test]
fn a_right_password_signs_in_and_is_remembered() {
    let world = World::new();
    let presented = Presented { password: &Secret::from(PASSWORD), totp: None };
    let first = sign_in(&world.env(), &who("ACME/Alice"), &presented).unwrap().into_result().unwrap();
    assert_eq!(first.previous_login, None);
    let at = world.now();
    world.wait(5);
    let second = sign_in(&world.env(), &who("acme/alice"), &presented).unwrap().into_result().unwrap();
    assert_eq!(second.previous_login, Some(at));
    assert_eq!(world.alice().last_login_at, Some(world.now()));
    assert_eq!(world.last_event(), ("login".to_owned(), "success".to_owned(), None));
}

#[test]
fn every_cause_is_the_same_no_and_recorded_as_what_it_is() {
    type Case = (&'static str, &'static str, &'static str, fn(&World));
    let cases: [Case; 8] = [
        ("acme/alice", "wrong", "wrong_password", |_| {}),
        ("acme/nobody", PASSWORD, "unknown_user", |_| {}),
        ("acme/alice", "", "wrong_password", |_| {}),
        ("acme/alice", PASSWORD, "no_password", |world| world.credential(|c| c.hash = None)),
        ("acme/alice", PASSWORD, "disabled", |world| world.user(|user| user.status = Status::Disabled)),
        ("acme/alice", PASSWORD, "programmatic_access_only", |world| {
            world.user(|user| user.access_mode = AccessMode::Programmatic);
        }),
        ("acme/alice", PASSWORD, "temporary_password_expired", |world| {
            let now = world.now();
            world.credential(|credential| {
                credential.must_change = true;
                credential.expires_at = Some(now);
            });
        }),
        ("acme/alice", PASSWORD, "locked", |world| {
            (0..5).for_each(|_| assert_eq!(try_as(world, "acme/alice", "wrong"), Said::Denied));
        }),
    ];
    for (name, password, code, prepare) in cases {
        let world = World::new();
        prepare(&world);
        assert_eq!(try_as(&world, name, password), Said::Denied, "{code}");
        assert_eq!(world.last_event(), event("loginFailed", "failure", code));
        assert_eq!(world.alice().last_login_at, None);
    }
}

#[test]
fn the_policys_count_locks_and_the_lock_ends_by_waiting() {
    let world = World::new();
    set::<LoginPolicy>(&world, "login_failed_times", "3");
    set::<LoginPolicy>(&world, "lockout_duration", "30");
    assert_eq!(try_as(&world, "acme/alice", "wrong"), Said::Denied);
    assert_eq!(try_as(&world, "acme/alice", "wrong"), Said::Denied);
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::Right, "a success ends the count");
    (0..3).for_each(|_| assert_eq!(try_as(&world, "acme/alice", "wrong"), Said::Denied));
    let end = world.alice().failures.locked(world.now());
    world.wait(29);
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::Denied);
    assert_eq!(try_as(&world, "acme/alice", "wrong"), Said::Denied);
    assert_eq!(world.alice().failures.locked(world.now()), end, "not counted, not made longer");
    world.wait(1);
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::Right);
}

#[test]
fn a_password_that_must_be_changed_is_right_and_not_enough() {
    let world = World::new();
    world.credential(|credential| credential.must_change = true);
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::MustChange);
    assert_eq!(world.last_event(), event("loginFailed", "refused", "must_change"));
    assert_eq!(try_as(&world, "acme/alice", "wrong"), Said::Denied);
    world.credential(|credential| credential.must_change = false);
    set::<PasswordPolicy>(&world, "password_validity_period", "1");
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::Right);
    world.wait(24 * 60);
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::MustChange);
    assert_eq!(world.alice().last_login_at, Some(after_a_day_less(&world)));
}

fn after_a_day_less(world: &World) -> Timestamp {
    crate::domain::time::before(world.now(), SignedDuration::from_hours(24))
}

#[test]
fn p2_the_form_of_typing_does_not_matter_and_the_case_does() {
    let world = World::new();
    assert_eq!(try_as(&world, "acme/alice", &PASSWORD.replace(' ', "\u{a0}")), Said::Right);
    assert_eq!(try_as(&world, "acme/alice", &PASSWORD.to_uppercase()), Said::Denied);
}

#[test]
fn p7_a_weaker_hash_is_replaced_at_sign_in() {
    let mut world = World::new();
    world.cost = Cost { iterations: 2, ..world.cost };
    let epoch = world.alice().credential.epoch;
    assert_eq!(try_as(&world, "acme/alice", "wrong"), Said::Denied);
    let phc = |world: &World| world.alice().credential.hash.unwrap().as_str().to_owned();
    assert!(phc(&world).contains("t=1,"));
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::Right);
    assert!(phc(&world).contains("t=2,"));
    assert_eq!(world.alice().credential.epoch, epoch);
    assert_eq!(try_as(&world, "acme/alice", PASSWORD), Said::Right);
}

/// `{SSHA}` of a password as these bytes.
fn salted_sha(password: &str) -> StoredHash {
    use sha1::{Digest, Sha1};
    let hash = Sha1::digest([password.as_bytes(), b"salt"].concat());
    let text = format!("{{SSHA}}{}", data_encoding::BASE64.encode(&[hash.as_slice(), b"salt"].concat()));
    StoredHash::new(text, "salted-sha sha1".parse().ok())
}

#[test]
fn p7_a_hash_of_another_program_is_replaced_at_the_first_right_password() {
    let world = World::new();
    let foreign = salted_sha("Grüße an alle 7");
    world.credential(|credential| credential.hash = Some(foreign.clone()));
    assert!(world.alice().credential.is_imported());
    assert_eq!(try_as(&world, "acme/alice", "Gruesse an alle 7"), Said::Denied);
    assert!(world.alice().credential.hash.as_ref() == Some(&foreign), "a wrong one replaces nothing");
    let epoch = world.alice().credential.epoch;
    assert_eq!(try_as(&world, "acme/alice", "Grüße an alle 7"), Said::Right);
    let credential = world.alice().credential;
    assert!(credential.hash.unwrap().as_str().starts_with("$argon2id$"));
    assert_eq!(credential.epoch, epoch);
    assert_eq!(world.with(|tx| tx.hash_tallies(None)).len(), 1);
    assert!(!world.alice().credential.is_imported());
    assert_eq!(try_as(&world, "acme/alice", "Grüße an alle 7"), Said::Right);
}

#[test]
fn p2_other_programs_have_hashed_what_was_typed_in_any_form() {
    for stored in ["Gr\u{fc}\u{df}e an alle 7", "Gru\u{308}\u{df}e an alle 7"] {
        let world = World::new();
        world.credential(|credential| credential.hash = Some(salted_sha(stored)));
        assert_eq!(try_as(&world, "acme/alice", stored), Said::Right, "{stored:?}");
        assert!(!world.alice().credential.is_imported());
        // From then on, the form does not matter.
        assert_eq!(try_as(&world, "acme/alice", "Gr\u{fc}\u{df}e an alle 7"), Said::Right);
    }
}

#[test]
fn e3_a_right_password_is_hashed_anew_only_beside_a_right_authenticator() {
    let world = World::new();
    let env = world.env();
    let seed = Seed::generate(&SystemEntropy).unwrap();
    let sealed = totp::seal(&env, "usr_1", &seed).unwrap();
    let enrolled = StoredMfa {
        user_id: "usr_1".to_owned(),
        key_id: sealed.key_id.to_string(),
        sealed: sealed.bytes,
        enrolled_at: world.now(),
        bound_at: None,
        last_step: None,
    };
    assert!(world.with(|tx| Ok(tx.enrol_mfa(&enrolled)? && tx.bind_mfa("usr_1", world.now(), 0)?)));
    world.credential(|credential| credential.hash = Some(salted_sha(PASSWORD)));
    let tried = |totp: Option<&Secret>| {
        let presented = Presented { password: &Secret::from(PASSWORD), totp };
        sign_in(&env, &who("acme/alice"), &presented).is_ok()
    };
    assert!(!tried(None) && !tried(Some(&Secret::from("000000"))));
    assert!(world.alice().credential.is_imported());
    assert!(tried(Some(&seed.code(step(world.now())))));
    assert!(!world.alice().credential.is_imported());
}

#[test]
fn u3_what_was_typed_for_an_unknown_name_is_not_kept() {
    let world = World::new();
    assert_eq!(try_as(&world, "acme/my.secret.words", PASSWORD), Said::Denied);
    let target = world.with(|tx| tx.last_event()).unwrap().target.unwrap();
    assert!(target.starts_with("unknown:") && !target.contains("secret"), "{target}");
}
