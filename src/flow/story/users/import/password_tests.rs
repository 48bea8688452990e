//! Passwords and hashes that rows bring, and those who have none.

use super::tests::*;
use super::*;
use crate::domain::import::{First, ImportOptions, Outcome};
use crate::domain::record::{Given, Record};
use crate::domain::{AccessMode, PasswordPolicy, Secret, StoredHash, User, outbox};
use crate::flow::foundation::Confirmed;
use crate::flow::foundation::world_tests::{PASSWORD, World};
use crate::flow::proofs::credentials::is_present;
use crate::flow::proofs::issuance::IssueCredential;

const STRONG: &str = "seven amber kettles whistle";

fn hash_of(user: &User) -> &str {
    user.credential.hash.as_ref().map_or("", StoredHash::as_str)
}

#[test]
fn p6_a_clear_password_of_a_file_goes_through_the_policy() {
    let world = World::new();
    let record = |password: &str| Record { password: Given::Set(Secret::from(password)), ..of("acme/bob") };
    assert_eq!(refused(&world, &record("password"), &update()).0, "weak_password");
    assert_eq!(world.last_event().1, "refused");
    assert_eq!(people(&world), 1);
    let (bob, _) = done(&world, &record(STRONG), &update());
    assert!(
        bob.credential.must_change && bob.credential.expires_at.is_some(),
        "whoever has the file knows it"
    );
    assert!(is_present(&world.env(), &bob, &Secret::from(STRONG)).unwrap());

    let kept = Record { must_change: Given::Set(false), ..record(STRONG) };
    let (carol, _) = done(&world, &Record { user: Some("acme/carol".to_owned()), ..kept }, &update());
    assert!(!carol.credential.must_change && carol.credential.expires_at.is_none());
}

#[test]
fn a_password_of_somebody_who_is_there_counts_only_where_that_is_asked_for() {
    let world = World::new();
    world.bind("alice@example.com");
    let record = |password: &str| Record { password: Given::Set(Secret::from(password)), ..of("acme/alice") };
    let before = world.alice();
    assert_eq!(
        effects(&world, &record(STRONG), &update()),
        ["the password in the file is not used, because they have been here before: --passwords uses it"]
    );
    assert_eq!(outcome(&world, &record(STRONG), &update()), Outcome::Unchanged);
    assert!(world.alice() == before);

    world.set_policy::<PasswordPolicy>(&[("number_of_recent_passwords_disallowed", "3")]);
    let passwords = ImportOptions { passwords: true, ..update() };
    assert_eq!(outcome(&world, &record(PASSWORD), &passwords), Outcome::Unchanged, "they have it already");
    assert_eq!(refused(&world, &record("password"), &passwords).0, "weak_password");
    let alice = done(&world, &record(STRONG), &passwords).0;
    assert_eq!(alice.credential.epoch, before.credential.epoch + 1);
    assert!(alice.credential.must_change);
    assert_eq!(world.last_event().0, "setPasswordByAdmin");
    assert_eq!(world.mail().len(), 1, "they are told");
    assert_eq!(outcome(&world, &record(STRONG), &passwords), Outcome::Unchanged);
    assert_eq!(refused(&world, &record(PASSWORD), &passwords).0, "reused_password");
}

#[test]
fn a_hash_of_a_file_is_taken_as_it_is() {
    let world = World::new();
    let hash = world.alice().credential.hash.unwrap();
    let record = |hash: &str| Record { password_hash: Given::Set(Secret::from(hash)), ..of("acme/bob") };
    let (bob, _) = done(&world, &record(hash.as_str()), &update());
    assert!(hash_of(&bob) == hash.as_str() && !bob.credential.must_change);
    assert_eq!(bob.credential.expires_at, None);
    let passwords = ImportOptions { passwords: true, ..update() };
    assert_eq!(outcome(&world, &record(hash.as_str()), &passwords), Outcome::Unchanged);
    let told = "the password hash is of no scheme that is known here".to_owned();
    assert_eq!(refused(&world, &record("rot13"), &passwords), ("unknown_hash", told));
    let dear = hash.as_str().replace("m=4096", "m=999999999");
    assert_eq!(refused(&world, &record(&dear), &passwords).0, "hash_too_dear");
    let must = Record { must_change: Given::Set(true), ..record(hash.as_str()) };
    assert_eq!(outcome(&world, &must, &update()), Outcome::Updated);
    let bob = world.with(|tx| tx.user_by_key("acme", "bob")).unwrap();
    assert!(bob.credential.must_change && hash_of(&bob) == hash.as_str());
}

#[test]
fn hashes_of_other_programs_are_taken_refused_or_named() {
    let world = World::new();
    let record =
        |name: &str, hash: &str| Record { password_hash: Given::Set(Secret::from(hash)), ..of(name) };
    let password = Secret::from("correct horse 7é");
    let present = |user: &User| is_present(&world.env(), user, &password);
    let strong = record("acme/bob", "$2y$05$KbpVc2k6.xejaPFUfZcqsOKzr5jQT2C0rPKmF1nUhHIwPvJcy56ru");
    let weak = record("acme/carol", "$1$9eZBJLqt$472AGZwWiIjMrRqGb8QaU1");
    assert!(present(&done(&world, &strong, &update()).0).unwrap());
    let told = "the password hash is of the scheme md5-crypt, which is cheap to guess".to_owned();
    assert_eq!(refused(&world, &weak, &update()), ("legacy_hash", told));
    let legacy = ImportOptions { allow_legacy: true, ..update() };
    assert!(present(&done(&world, &weak, &legacy).0).unwrap());
    let nobodys = record("acme/dave", "$3$$32ee48f85886c39c0a8f5fc7cea83cd0");
    let told = effects(&world, &nobodys, &update());
    let must_reset = "the password hash of acme/dave cannot be verified here (NTLM hash): they must set a new password; \
                      --setup sends a setup token";
    assert!(told.contains(&must_reset.to_owned()), "{told:?}");
    assert!(done(&world, &nobodys, &update()).0.credential.hash.is_none());
}

#[test]
fn whoever_has_no_password_is_invited_once_or_given_one() {
    let world = World::new();
    let setup = ImportOptions { first: Some(First::Setup), ..update() };
    let bob = Record { email: set("bob@example.com"), ..of("acme/bob") };
    assert_eq!(outcome(&world, &bob, &setup), Outcome::Created);
    let mail = world.mail();
    assert_eq!(mail.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [outbox::Kind::Setup]);
    assert_eq!(mail[0].1.to, "bob@example.com");
    assert_eq!(outcome(&world, &bob, &setup), Outcome::Unchanged, "the token is good still");
    assert_eq!(outcome(&world, &of("acme/alice"), &setup), Outcome::Unchanged, "she has a password");
    let told = effects(&world, &of("acme/carol"), &setup);
    assert!(told.iter().any(|told| told.starts_with("no setup token is sent to acme/carol")), "{told:?}");

    let generate = ImportOptions { first: Some(First::Generate), ..update() };
    let env = world.env();
    let plan = ImportUser::plan(&env, &of("acme/bob"), &generate).ok().unwrap();
    assert!(plan.hands_out());
    let prepared = plan.prepare(&env).unwrap();
    plan.commit(&env, &prepared, Confirmed::by(true).unwrap()).unwrap();
    let bob = world.with(|tx| tx.user_by_id(&plan.user.id)).unwrap();
    assert!(is_present(&env, &bob, prepared.secret().unwrap()).unwrap());
    assert!(bob.credential.must_change && bob.credential.expires_at.is_some());
    assert_eq!(outcome(&world, &of("acme/bob"), &generate), Outcome::Unchanged);
    let program = Record { access_mode: Given::Set(AccessMode::Programmatic), ..of("acme/robot") };
    assert!(done(&world, &program, &generate).0.credential.hash.is_none(), "it needs none");
}
