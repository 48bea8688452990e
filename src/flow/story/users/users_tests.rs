use std::ops::ControlFlow;

use super::*;
use crate::domain::account::Status;
use crate::domain::selection::Selection;
use crate::domain::{AccessMode, Failures, LoginProtection, Name, User};
use crate::flow::foundation::world_tests::{World, address, who};
use crate::flow::foundation::{Change, Confirmed, FlowError};
use crate::flow::proofs::issuance::{IssueCredential, SecretDestination};

fn new(name: &str) -> NewUser {
    NewUser {
        account: Name::parse("acme").unwrap(),
        name: Name::parse(name).unwrap(),
        contacts: Vec::new(),
        description: None,
        access_mode: AccessMode::Default,
        login_protection: LoginProtection::None,
        status: Status::Enabled,
        first: None,
        expires: None,
        if_missing: false,
        external_id: None,
        destination: SecretDestination::Nowhere,
    }
}

fn create(world: &World, new: NewUser) -> Result<User, FlowError> {
    let env = world.env();
    let plan = CreateUser::plan(&env, new)?;
    plan.commit(&env, &plan.prepare(&env)?, Confirmed::by(true).unwrap())
}

fn commit<C: Change<Done = User>>(world: &World, change: Result<C, FlowError>) -> Result<User, FlowError> {
    change?.commit(&world.env(), Confirmed::by(true).unwrap())
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

#[test]
fn d4_names_that_fold_or_look_alike_cannot_both_exist() {
    let world = World::new();
    assert_eq!(said(create(&world, new("ALICE"))), "a user of that name exists already in this account");
    assert_eq!(said(create(&world, new("b0b"))), "done");
    assert_eq!(said(create(&world, new("bob"))), "the name looks like b0b, which exists already");
    assert_eq!(said(create(&world, new("Acme"))), "a user cannot be called like its account");
    let rename = |to: &str| UserChanges { name: Some(Name::parse(to).unwrap()), ..UserChanges::default() };
    let update = |to: &str| commit(&world, UpdateUser::plan(&world.env(), &who("acme/b0b"), rename(to)));
    assert_eq!(said(update("alice")), "a user of that name exists already in this account");
    assert_eq!(update("bob").unwrap().path(), "acme/bob");
    assert_eq!(world.last_event().0, "updateUser");
}

#[test]
fn a_contact_that_is_taken_makes_no_user() {
    let world = World::new();
    world.bind("alice@example.com");
    let contacts = vec![address("ALICE@example.com")];
    assert_eq!(
        said(create(&world, NewUser { contacts, ..new("bob") })),
        "this contact belongs to somebody else"
    );
    assert!(world.with(|tx| tx.user_by_key("acme", "bob")).is_none());
}

#[test]
fn k8_a_name_made_again_inherits_nothing() {
    let world = World::new();
    world.bind("alice@example.com");
    let delete = || commit(&world, DeleteUser::plan(&world.env(), &who("acme/alice")));
    assert_eq!(said(delete()), "acme/alice must be disabled before it can be deleted");
    world.user(|alice| alice.status = Status::Disabled);
    let old = delete().unwrap();
    assert_eq!(world.last_event(), ("deleteUser".to_owned(), "success".to_owned(), None));
    let again = create(&world, new("alice")).unwrap();
    assert_ne!(again.id, old.id);
    assert!(again.credential.hash.is_none() && again.contacts.is_empty());
    assert_eq!(again.credential.epoch, 0);
}

#[test]
fn revoking_leaves_no_way_in() {
    let world = World::new();
    let before = world.alice().credential.epoch;
    let user = commit(&world, RevokeUser::plan(&world.env(), &who("acme/alice"), None)).unwrap();
    assert!(user.credential.hash.is_none());
    assert_eq!(user.credential.epoch, before + 1);
    assert_eq!(world.last_event().0, "revokeUser");
}

#[test]
fn a_lock_ends_only_when_told_to() {
    let world = World::new();
    let lock = Failures { locked_until: Some(jiff::Timestamp::MAX), ..Failures::default() };
    world.with(|tx| {
        tx.set_failures("usr_1", Failures { locked_until: "2026-11-21T13:00:00Z".parse().ok(), ..lock })
    });
    let enable = |unlock| UserChanges { status: Some(Status::Enabled), unlock, ..UserChanges::default() };
    let plan = |unlock| UpdateUser::plan(&world.env(), &who("acme/alice"), enable(unlock));
    assert_eq!(
        plan(false).unwrap().effects(),
        ["acme/alice stays locked until 2026-11-21 13:00 UTC; --unlock ends the lock"]
    );
    assert!(commit(&world, plan(false)).unwrap().failures.locked_until.is_some());
    assert_eq!(commit(&world, plan(true)).unwrap().failures, Failures::default());
    assert_eq!(world.last_event().0, "unlockUser");
}

#[test]
fn a_list_goes_on_after_a_user_and_stops_at_the_limit() {
    let world = World::new();
    for name in ["bob", "carol", "dave"] {
        create(&world, new(name)).unwrap();
    }
    let listed = |after: Option<&str>, limit| {
        let mut names = Vec::new();
        let each = |user: &User| {
            names.push(user.name.clone());
            Ok::<_, FlowError>(ControlFlow::Continue(()))
        };
        list_users(&world.env(), &Selection::whole(None), after, limit, each).map(|_| names)
    };
    assert_eq!(listed(None, None).unwrap(), ["alice", "bob", "carol", "dave"]);
    assert_eq!(listed(Some("usr_1"), Some(2)).unwrap(), ["bob", "carol"]);
    assert_eq!(said(listed(Some("usr_none"), None)), "there is no user with the id usr_none");
}

#[test]
fn o4_o5_a_search_is_literal_and_recorded_where_it_matches_addresses() {
    let world = World::new();
    world.bind("night_owl@example.com");
    let found = |text| find_users(&world.env(), text).unwrap().users.len();
    assert_eq!((found("%"), found("a_ice")), (0, 0));
    assert_eq!(found("LIC"), 1);
    assert!(world.with(|tx| tx.last_event()).is_none());
    assert_eq!(found("night_o"), 1);
    assert_eq!(world.last_event().0, "lookupContact");
}
