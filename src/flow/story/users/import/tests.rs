//! Rows of an import: whom they are about, and what becomes of them.

use super::*;
use crate::domain::account::Status;
use crate::domain::contact::Confirmation;
use crate::domain::import::{ImportOptions, Key, OnConflict, Outcome, Skipped};
use crate::domain::record::{Given, Record};
use crate::domain::{AccessMode, Name, User};
use crate::flow::foundation::world_tests::World;
use crate::flow::foundation::{Confirmed, FlowError};
use crate::flow::proofs::issuance::IssueCredential;
use crate::store::EventFilter;

pub(super) fn of(user: &str) -> Record {
    Record { user: Some(user.to_owned()), ..Record::default() }
}

pub(super) fn set(text: &str) -> Given<String> {
    Given::Set(text.to_owned())
}

pub(super) fn fail() -> ImportOptions {
    ImportOptions { account: Name::parse("acme").ok(), ..ImportOptions::default() }
}

pub(super) fn update() -> ImportOptions {
    ImportOptions { on_conflict: OnConflict::Update, ..fail() }
}

pub(super) fn run(
    world: &World,
    record: &Record,
    options: &ImportOptions,
) -> Result<(User, Outcome), FlowError> {
    let env = world.env();
    let plan = ImportUser::plan(&env, record, options)?;
    plan.commit(&env, &plan.prepare(&env)?, Confirmed::by(true).unwrap())?;
    let user = world.with(|tx| tx.user_by_id(&plan.user.id)).unwrap();
    Ok((user, plan.outcome()))
}

/// Imports a row that becomes somebody, or changes somebody.
#[track_caller]
pub(super) fn done(world: &World, record: &Record, options: &ImportOptions) -> (User, Outcome) {
    match run(world, record, options) {
        Ok(done) => done,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
pub(super) fn outcome(world: &World, record: &Record, options: &ImportOptions) -> Outcome {
    done(world, record, options).1
}

/// Why a row fails: code and sentence.
#[track_caller]
pub(super) fn refused(world: &World, record: &Record, options: &ImportOptions) -> (&'static str, String) {
    match run(world, record, options) {
        Ok(_) => panic!("it was done"),
        Err(FlowError::Refused(refusal)) => (refusal.code(), refusal.to_string()),
        Err(FlowError::Missing(missing)) => (missing.code(), missing.to_string()),
        Err(other) => panic!("{other}"),
    }
}

#[track_caller]
pub(super) fn effects(world: &World, record: &Record, options: &ImportOptions) -> Vec<String> {
    match ImportUser::plan(&world.env(), record, options) {
        Ok(plan) => plan.effects(),
        Err(error) => panic!("{error}"),
    }
}

/// Actions and details of the records, newest first.
pub(super) fn events(world: &World) -> Vec<(String, String)> {
    let events = world.with(|tx| tx.events(&EventFilter::default(), 20));
    events.into_iter().map(|event| (event.action.clone(), event.detail_text())).collect()
}

pub(super) fn people(world: &World) -> u64 {
    world.with(|tx| tx.account_by_key("acme")).unwrap().users
}

#[test]
fn a_row_makes_somebody_and_a_second_run_changes_nothing() {
    let world = World::new();
    let record = Record {
        email: set("Bob@example.com"),
        mobile: set("+4915112345678"),
        description: set("night shift"),
        external_id: set("HR-42"),
        access_mode: Given::Set(AccessMode::Console),
        status: Given::Set(Status::Disabled),
        created_at: Given::Set("2020-01-02T03:04:05Z".parse().unwrap()),
        ..of("acme/bob")
    };
    let (bob, outcome) = done(&world, &record, &update());
    assert_eq!(outcome, Outcome::Created);
    assert_eq!((bob.path().as_str(), bob.status), ("acme/bob", Status::Disabled));
    assert_eq!(
        (bob.description.as_deref(), bob.external_id.as_deref()),
        (Some("night shift"), Some("HR-42"))
    );
    assert_eq!(
        (bob.access_mode, bob.created_at.to_string().as_str()),
        (AccessMode::Console, "2020-01-02T03:04:05Z")
    );
    assert_eq!(world.with(|tx| tx.active_from(&bob.id)), Some(world.now()), "they come now");
    let contacts: Vec<_> = bob.contacts.iter().map(|contact| contact.address.as_str()).collect();
    assert_eq!(contacts, ["Bob@example.com", "+4915112345678"]);
    assert!(bob.contacts.iter().all(|contact| contact.verified_at.is_none()));
    assert!(world.mail().is_empty(), "nobody is sent a code");
    for _ in 0..2 {
        assert!(done(&world, &record, &update()) == (bob.clone(), Outcome::Unchanged));
    }
    assert_eq!(events(&world).len(), 1, "one event, and none where nothing changes");
}

#[test]
fn what_is_there_changes_only_where_the_row_says_so() {
    let world = World::new();
    let before = world.alice();
    let record = of("acme/alice");
    assert_eq!(refused(&world, &record, &fail()), ("exists", "acme/alice exists already".to_owned()));
    let skip = ImportOptions { on_conflict: OnConflict::Skip, ..fail() };
    let change = Record { description: set("night shift"), ..of("ALICE") };
    assert_eq!(outcome(&world, &change, &skip), Outcome::Skipped(Skipped::Exists));
    assert_eq!(outcome(&world, &record, &update()), Outcome::Unchanged);
    assert!(world.alice() == before && world.with(|tx| tx.last_event()).is_none());
    assert_eq!(outcome(&world, &change, &update()), Outcome::Updated);
    assert_eq!(world.alice().description.as_deref(), Some("night shift"));
    assert_eq!(world.alice().name, "alice", "a name by which somebody is known stays");
    assert_eq!(effects(&world, &record, &update()), ["acme/alice stays as it is"]);
}

#[test]
fn present_sets_absent_leaves_and_null_removes() {
    let world = World::new();
    world.bind("alice@example.com");
    let full = Record { description: set("x"), external_id: set("1"), ..of("acme/alice") };
    done(&world, &full, &update());
    done(&world, &of("acme/alice"), &update());
    let alice = world.alice();
    assert_eq!((alice.description.as_deref(), alice.external_id.as_deref()), (Some("x"), Some("1")));
    assert_eq!(alice.contacts.len(), 1);
    let nulls = Record {
        email: Given::Removed,
        mobile: Given::Removed,
        description: Given::Removed,
        external_id: Given::Removed,
        ..of("acme/alice")
    };
    assert_eq!(outcome(&world, &nulls, &update()), Outcome::Updated);
    let alice = world.alice();
    assert_eq!((alice.description, alice.external_id, alice.contacts.len()), (None, None, 0));
    assert_eq!(world.mail().len(), 1, "who had the address is told");
    assert_eq!(outcome(&world, &nulls, &update()), Outcome::Unchanged);
    let status = Record { status: Given::Removed, ..of("acme/alice") };
    assert_eq!(refused(&world, &status, &update()).0, "not_removable");
}

#[test]
fn people_are_known_by_what_the_operator_says_within_their_account_alone() {
    let world = World::new();
    world.bind("alice@example.com");
    let named = |key, name: Option<&str>| {
        let options = ImportOptions { key, ..update() };
        let record = Record {
            user: name.map(str::to_owned),
            email: set("ALICE@example.com"),
            description: set(key.as_str()),
            ..Record::default()
        };
        (record, options)
    };
    let (record, options) = named(Key::Email, None);
    assert_eq!(outcome(&world, &record, &options), Outcome::Updated);
    assert_eq!(world.alice().description.as_deref(), Some("email"));
    // A name that the row has is set.
    let (record, options) = named(Key::Email, Some("alice.smith"));
    assert_eq!(done(&world, &record, &options).0.path(), "acme/alice.smith");
    let by_id = ImportOptions { key: Key::ExternalId, ..update() };
    let id = |name: &str| Record { external_id: set("42"), ..of(name) };
    done(&world, &id("alice.smith"), &update());
    assert_eq!(done(&world, &id("alice"), &by_id).0.path(), "acme/alice");
    assert_eq!(people(&world), 1);
    // Whoever has the name, and is known by something else, is in the way.
    let other = Record { external_id: set("43"), ..of("acme/alice") };
    assert_eq!(refused(&world, &other, &by_id).0, "exists");
    let nobody = Record { external_id: set("44"), ..Record::default() };
    assert_eq!(refused(&world, &nobody, &by_id), ("malformed", NOBODY.to_owned()));
}

const NOBODY: &str = "the row says of nobody who they are: the field `user` is empty";

#[test]
fn somebody_of_another_account_is_never_changed() {
    let world = World::new();
    world.bind("alice@example.com");
    let globex = crate::domain::account::Account {
        id: "acc_2".to_owned(),
        name: "globex".to_owned(),
        ..world.with(|tx| tx.account_by_key("acme")).unwrap()
    };
    world.with(|tx| tx.insert_account(&globex, "globex", "globex"));
    let by_email = ImportOptions { key: Key::Email, ..update() };
    let record = Record { email: set("alice@example.com"), ..of("globex/alice") };
    let before = world.alice();
    assert_eq!(refused(&world, &record, &by_email).0, "contact_taken");
    assert!(world.alice() == before);
}

/// The account of the world gets its root user.
fn root_user(world: &World) {
    let acme = world.with(|tx| tx.account_by_key("acme")).unwrap();
    let root = User::newborn("usr_root".to_owned(), &acme, "acme".to_owned(), true, world.now());
    world.with(|tx| tx.insert_user(&root, "", ""));
}

#[test]
fn an_account_must_be_there_and_have_room() {
    let world = World::new();
    root_user(&world);
    let told = "the account is invalid or not supported: there is no account called globex";
    for user in ["globex/bob", "globex/", "globex/globex"] {
        assert_eq!(refused(&world, &of(user), &fail()), ("no_such_account", told.to_owned()), "{user}");
    }
    let full = crate::domain::account::Account {
        user_quota: Some(1),
        ..world.with(|tx| tx.account_by_key("acme")).unwrap()
    };
    world.with(|tx| tx.update_account(&full, "acme", "acme"));
    assert_eq!(refused(&world, &of("acme/bob"), &fail()).0, "quota");
    assert_eq!(world.last_event().0, "createUser", "and it is recorded");
}

#[test]
fn d4_names_of_a_file_are_judged_as_typed_ones() {
    let world = World::new();
    for (name, code) in [("a1ice", "looks_alike"), ("usr_0123456789abcdef", "named_like_id")] {
        assert_eq!(refused(&world, &of(name), &update()).0, code, "{name}");
    }
    assert_eq!(refused(&world, &of("b@b"), &update()).0, "malformed");
    assert_eq!(people(&world), 1);
}

#[test]
fn an_import_lets_nobody_in_who_was_kept_out() {
    let world = World::new();
    world.user(|alice| alice.status = Status::Disabled);
    let enabled = Record { status: Given::Set(Status::Enabled), ..of("acme/alice") };
    assert_eq!(
        effects(&world, &enabled, &update()),
        ["acme/alice stays disabled; `regain user enable acme/alice` enables it"]
    );
    assert_eq!(outcome(&world, &enabled, &update()), Outcome::Unchanged);
    assert_eq!(world.alice().status, Status::Disabled);
    world.user(|alice| alice.status = Status::Enabled);
    let disabled = Record { status: Given::Set(Status::Disabled), ..of("acme/alice") };
    assert_eq!(done(&world, &disabled, &update()).0.status, Status::Disabled);
}

#[test]
fn root_users_and_operators_who_are_there_are_left_out() {
    let mut world = World::new();
    root_user(&world);
    let record = |user| Record { description: set("x"), ..of(user) };
    for user in ["acme/", "acme/acme", "acme"] {
        assert_eq!(outcome(&world, &record(user), &update()), Outcome::Skipped(Skipped::RootUser), "{user}");
    }
    world.settings.operators.support = vec!["Alice".to_owned()];
    assert_eq!(outcome(&world, &record("acme/alice"), &update()), Outcome::Skipped(Skipped::Operator));
    assert_eq!(world.alice().description, None);
}

#[test]
fn s5_a_contact_of_a_file_is_verified_only_where_that_is_said_and_trusted() {
    let world = World::new();
    world.bind("alice@example.com");
    let record =
        Record { email: set("new@example.com"), email_verified: Given::Set(true), ..of("acme/alice") };
    let alice = done(&world, &record, &update()).0;
    assert_eq!(alice.email(), Some("alice@example.com"), "the old one stays until the new one is proven");
    assert_eq!(alice.pending.len(), 1);
    assert_eq!(alice.pending[0].confirmation, Confirmation::Owner);
    assert!(world.mail().is_empty());
    assert_eq!(outcome(&world, &record, &update()), Outcome::Unchanged);

    let trusting = ImportOptions { trust_verified: true, ..update() };
    let alice = done(&world, &record, &trusting).0;
    assert_eq!((alice.email(), alice.pending.len()), (Some("new@example.com"), 0));
    assert!(alice.contacts[0].verified_at.is_some() && alice.contacts[0].receives(world.now()));
    let mut told: Vec<_> = world.mail().iter().map(|(_, message)| message.to.clone()).collect();
    told.sort();
    assert_eq!(told, ["alice@example.com", "new@example.com"], "who had the old one is told");
    let verified = events(&world).iter().any(|(action, detail)| {
        action == "modifyUserEmail"
            && detail.contains(r#""verified":true"#)
            && detail.contains(r#""source":"import""#)
    });
    assert!(verified, "{:?}", events(&world));
    assert_eq!(outcome(&world, &record, &trusting), Outcome::Unchanged);

    let (bob, _) =
        done(&world, &Record { email: set("bob@example.com"), ..record_of_new(&record) }, &trusting);
    assert!(bob.contacts[0].verified_at.is_some());
    let made = events(&world).into_iter().find(|(action, _)| action == "createUser").unwrap().1;
    assert!(made.contains(r#""verified":["email"]"#) && made.contains(r#""source":"import""#), "{made}");
}

fn record_of_new(like: &Record) -> Record {
    Record { email_verified: like.email_verified.clone(), ..of("acme/bob") }
}

#[test]
fn a_contact_that_is_taken_fails_its_row_and_nothing_of_it_is_done() {
    let world = World::new();
    world.bind("alice@example.com");
    let record = Record { email: set("alice@example.com"), ..of("acme/bob") };
    assert_eq!(refused(&world, &record, &update()).0, "contact_taken");
    done(&world, &of("acme/bob"), &update());
    let record = Record { description: set("x"), external_id: set("7"), ..record };
    assert_eq!(refused(&world, &record, &update()).0, "contact_taken");
    let bob = world.with(|tx| tx.user_by_key("acme", "bob")).unwrap();
    assert_eq!((bob.description, bob.external_id), (None, None));
    done(&world, &Record { external_id: set("7"), ..of("acme/alice") }, &update());
    let taken = Record { external_id: set("7"), ..of("acme/bob") };
    let told = "this external ID belongs to acme/alice".to_owned();
    assert_eq!(refused(&world, &taken, &update()), ("external_id_taken", told));
}

#[test]
fn numbers_are_read_by_the_region_and_what_was_completed_is_said() {
    let mut world = World::new();
    world.settings.contacts.region = "DE".parse().ok();
    let record = Record { mobile: set("0151 12345678"), ..of("acme/bob") };
    let told = effects(&world, &record, &update());
    assert!(told.contains(&"0151 12345678 is read as +4915112345678".to_owned()), "{told:?}");
    assert_eq!(done(&world, &record, &update()).0.contacts[0].address, "+4915112345678");
    assert_eq!(outcome(&world, &record, &update()), Outcome::Unchanged);
}

#[test]
fn what_was_planned_is_looked_at_again() {
    let world = World::new();
    let env = world.env();
    let change = Record { description: set("x"), ..of("acme/alice") };
    let make = Record { email: set("bob@example.com"), ..of("acme/bob") };
    let changes = ImportUser::plan(&env, &change, &update()).ok().unwrap();
    let makes = ImportUser::plan(&env, &make, &update()).ok().unwrap();
    world.user(|alice| alice.access_mode = AccessMode::Console);
    world.bind("bob@example.com");
    let yes = Confirmed::by(true).unwrap();
    for (plan, code) in [(changes, "changed_meanwhile"), (makes, "contact_taken")] {
        let ended = plan.commit(&env, &plan.prepare(&env).unwrap(), yes);
        let Err(FlowError::Refused(refusal)) = ended else { panic!("it was done") };
        assert_eq!(refusal.code(), code);
    }
    assert_eq!((people(&world), world.alice().description), (1, None));
}
