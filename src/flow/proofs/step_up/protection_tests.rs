use crate::domain::outbox::Kind;
use crate::domain::{Action, Channel, ProtectionPolicy, Secret};
use crate::flow::foundation::world_tests::{PASSWORD, World, address, who, wrong};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError};
use crate::flow::proofs::authority::Authority;
use crate::flow::proofs::password::Presented;
use crate::flow::story::change_contact::ContactChange;
use crate::flow::story::change_password::PasswordChange;
use crate::flow::story::contacts::UnbindContact;
use crate::flow::story::mfa::Enrolment;
use crate::flow::story::users::RevokeUser;

const NEW: &str = "seven bronze kettles hum softly";
const OTHER: &str = "eight copper pans ring loudly";
const EMAIL: &str = "alice@example.com";
const MOBILE: &str = "+4915112345678";
const BOSS: &str = "boss@example.com";
const UNPROTECTED: &str = "operation protection asks for a code before this change";

fn begin(world: &World, password: &str) -> Result<PasswordChange, FlowError> {
    begin_in(&world.env(), password)
}

fn begin_in(env: &Env<'_>, password: &str) -> Result<PasswordChange, FlowError> {
    PasswordChange::begin(env, &who("acme/alice"), &Presented::password(&Secret::from(password)))
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

/// Where a code could go.
fn asked(world: &World, password: &str) -> Vec<String> {
    let ways = begin(world, password).unwrap().guard().ways(&world.env()).unwrap();
    ways.into_iter().map(|way| way.contact.address).collect()
}

/// Has a code sent the first way, and enters it.
fn settle(world: &World, change: &PasswordChange, to: &str) {
    let env = world.env();
    let way = change.guard().ways(&env).unwrap().remove(0);
    change.guard().ask(&env, &way).unwrap();
    change.guard().answer(&env, &way, &world.code_sent_to(to)).unwrap();
}

fn designated(world: &World) {
    world.set_policy::<ProtectionPolicy>(&[("admin_check", "on"), ("scene", "email"), ("address", BOSS)]);
}

#[test]
fn s9_a_change_of_ones_own_waits_for_a_code_to_a_contact_of_choice() {
    let world = World::new();
    let env = world.env();
    world.bind(EMAIL);
    world.bind(MOBILE);
    let change = begin(&world, PASSWORD).unwrap();
    assert_eq!(asked(&world, PASSWORD), [EMAIL, MOBILE]);
    assert_eq!(said(change.finish(&env, &Secret::from(NEW))), UNPROTECTED);
    let refused = Some("verification_needed".to_owned());
    assert_eq!(world.last_event(), ("changePassword".to_owned(), "refused".to_owned(), refused));
    let way = change.guard().ways(&env).unwrap().remove(1);
    assert!(!change.guard().is_sent(&env, &way).unwrap());
    change.guard().ask(&env, &way).unwrap();
    assert!(change.guard().is_sent(&env, &way).unwrap());
    let code = world.code_sent_to(MOBILE);
    assert_eq!(said(change.guard().answer(&env, &way, &wrong(&code))), "the code is wrong; 4 tries are left");
    assert_eq!(said(change.finish(&env, &Secret::from(NEW))), UNPROTECTED);
    change.guard().answer(&env, &way, &code).unwrap();
    change.finish(&env, &Secret::from(NEW)).unwrap();
}

#[test]
fn one_answer_is_good_for_15_minutes_for_that_person_and_place() {
    let world = World::new();
    world.bind(EMAIL);
    let change = begin(&world, PASSWORD).unwrap();
    settle(&world, &change, EMAIL);
    // For all that is protected.
    let own = |password: &str| {
        let password = Secret::from(password);
        let presented = Presented::password(&password);
        Authority::of_person(&world.env(), &who("acme/alice"), &presented, Action::CreateMfa).unwrap()
    };
    let authority = own(PASSWORD);
    let yes = Confirmed::by(true).unwrap();
    Enrolment::plan(&world.env(), &authority).unwrap().commit(&world.env(), yes).unwrap();
    // A change made under it does not end it.
    change.finish(&world.env(), &Secret::from(NEW)).unwrap();
    assert!(asked(&world, NEW).is_empty());
    // Elsewhere it is worth nothing.
    let mut elsewhere = world.env();
    elsewhere.actor.source = "uid:1000/192.0.2.7".to_owned();
    assert_eq!(begin_in(&elsewhere, NEW).unwrap().guard().ways(&elsewhere).unwrap().len(), 1);
    world.wait(14);
    begin(&world, NEW).unwrap().finish(&world.env(), &Secret::from(OTHER)).unwrap();
    world.wait(1);
    assert_eq!(asked(&world, OTHER), [EMAIL]);
}

#[test]
fn whatever_others_change_ends_it() {
    type Case = (&'static str, fn(&World));
    let cases: [Case; 4] = [
        ("the credential", |world| world.credential(|_| ())),
        ("the contact", |world| {
            let plan = UnbindContact::plan(&world.env(), &who("acme/alice"), Channel::Email, false).unwrap();
            plan.commit(&world.env(), Confirmed::by(true).unwrap()).unwrap();
        }),
        ("the row", |world| {
            let mut proof = world.with(|tx| tx.proof("usr_1", "uid:1000")).unwrap();
            proof.contact_id = format!("con_{MOBILE}");
            world.with(|tx| tx.put_proof(&proof));
        }),
        ("the clock", |world| {
            world.wait(-60);
        }),
    ];
    for (what, change) in cases {
        let world = World::new();
        world.wait(120);
        world.bind(EMAIL);
        world.bind(MOBILE);
        settle(&world, &begin(&world, PASSWORD).unwrap(), EMAIL);
        assert!(asked(&world, PASSWORD).is_empty());
        change(&world);
        assert!(!asked(&world, PASSWORD).is_empty(), "{what}");
    }
    let world = World::new();
    world.bind(EMAIL);
    settle(&world, &begin(&world, PASSWORD).unwrap(), EMAIL);
    let plan = RevokeUser::plan(&world.env(), &who("acme/alice"), None).unwrap();
    plan.commit(&world.env(), Confirmed::by(true).unwrap()).unwrap();
    let proof = world.with(|tx| tx.proof("usr_1", "uid:1000")).unwrap();
    assert_ne!(proof.epoch, world.alice().credential.epoch);
}

#[test]
fn nobody_is_asked_who_cannot_be_or_need_not_be() {
    let world = World::new();
    assert!(asked(&world, PASSWORD).is_empty(), "there is nothing to ask by");
    world.bind(EMAIL);
    world.credential(|credential| credential.must_change = true);
    let forced = begin(&world, PASSWORD).unwrap();
    assert!(forced.guard().ways(&world.env()).unwrap().is_empty(), "the change is forced");
    forced.finish(&world.env(), &Secret::from(NEW)).unwrap();
    assert_eq!(asked(&world, NEW), [EMAIL]);
    world.set_policy::<ProtectionPolicy>(&[("operation_protection", "false")]);
    assert!(asked(&world, NEW).is_empty(), "it is off");
}

#[test]
fn the_designated_person_is_asked_instead() {
    let world = World::new();
    let env = world.env();
    world.bind(EMAIL);
    settle(&world, &begin(&world, PASSWORD).unwrap(), EMAIL);
    designated(&world);
    // Their own word no longer counts, and there is no other way.
    assert_eq!(asked(&world, PASSWORD), [BOSS]);
    let change = begin(&world, PASSWORD).unwrap();
    let way = change.guard().ways(&env).unwrap().remove(0);
    assert!(way.is_verifier());
    change.guard().ask(&env, &way).unwrap();
    let mail = world.mail();
    let [(Kind::Code, message)] = mail.as_slice() else { panic!("one code goes out") };
    assert_eq!(message.to, BOSS);
    let code =
        message.body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).unwrap().to_owned();
    let told = message.body.replace(&code, "<code>");
    let (told, _) = told.split_once("\n\nTo say that it was not you, run this:").unwrap();
    assert_eq!(
        told,
        "acme/alice wants to change their own password, contact or authenticator, and you are the one who agrees.\n\n\
         The code is <code>\n\n\
         Talk to them first. If you agree, give them the code; it is good until 12:10 UTC, 10 minutes after it was\n\
         asked for, and can be used once.\n\
         Staff will not ask for it: give it to nobody else. If you do not agree, or did not expect this, keep it to yourself, and\n\
         tell your administrator."
    );
    // With another person designated, it is worth nothing.
    world.set_policy::<ProtectionPolicy>(&[("address", "other@example.com")]);
    let other = begin(&world, PASSWORD).unwrap();
    let now_asked = other.guard().ways(&env).unwrap().remove(0);
    assert_eq!(
        said(other.guard().answer(&env, &now_asked, &Secret::from(code.as_str()))),
        "this code can no longer be used: it has expired, was replaced, or has no tries left"
    );
    world.set_policy::<ProtectionPolicy>(&[("address", BOSS)]);
    change.guard().answer(&env, &way, &Secret::from(code.as_str())).unwrap();
    change.finish(&env, &Secret::from(NEW)).unwrap();
}

#[test]
fn k3_a_code_of_protection_is_worth_nothing_for_a_contact_and_the_other_way_round() {
    let world = World::new();
    let env = world.env();
    world.bind(EMAIL);
    let change = begin(&world, PASSWORD).unwrap();
    let way = change.guard().ways(&env).unwrap().remove(0);
    change.guard().ask(&env, &way).unwrap();
    let code = world.code_sent_to(EMAIL);
    let password = Secret::from(PASSWORD);
    let presented = Presented::password(&password);
    let mut contact =
        ContactChange::begin(&env, &who("acme/alice"), &presented, address("new@example.com")).unwrap();
    let spent = "this code can no longer be used: it has expired, was replaced, or has no tries left";
    assert_eq!(said(contact.agree(&env, &code)), spent);
    contact.ask_old(&env).unwrap();
    let leave = world.code_sent_to(EMAIL);
    assert_eq!(said(change.guard().answer(&env, &way, &leave)), spent);
}

#[test]
fn the_word_of_the_old_contact_serves_both() {
    let world = World::new();
    let env = world.env();
    world.bind(EMAIL);
    let password = Secret::from(PASSWORD);
    let start = |to: &str| {
        ContactChange::begin(&env, &who("acme/alice"), &Presented::password(&password), address(to)).unwrap()
    };
    let mut change = start("new@example.com");
    change.ask_old(&env).unwrap();
    change.agree(&env, &world.code_sent_to(EMAIL)).unwrap();
    assert!(change.guard().ways(&env).unwrap().is_empty());
    change.ask_new(&env).unwrap();
    change.finish(&env, &world.code_sent_to("new@example.com")).unwrap();
    // The new contact, proven as well, speaks for the rest of the quarter of an hour, also as the old one.
    assert!(asked(&world, PASSWORD).is_empty());
    assert!(start("third@example.com").has_agreed());
    // Without it there is no way, where there is no other contact.
    world.wait(15);
    let change = start("third@example.com");
    assert!(!change.has_agreed());
    change.ask_new(&env).unwrap();
    world.mail();
    let code = Secret::from("000000");
    assert_eq!(said(change.finish(&env, &code)), UNPROTECTED);
}

#[test]
fn what_people_may_not_manage_is_refused_after_the_right_password() {
    let world = World::new();
    let env = world.env();
    world.set_policy::<ProtectionPolicy>(&[
        ("allow_user.manage_password", "false"),
        ("allow_user.manage_email", "false"),
    ]);
    let off = "people in this account cannot change this themselves; an administrator does it for them";
    assert_eq!(
        said(begin(&world, "wrong")),
        "the user name or password is wrong, or this user cannot sign in now"
    );
    assert_eq!(said(begin(&world, PASSWORD)), off);
    let refused = Some("self_management_off".to_owned());
    assert_eq!(world.last_event(), ("changePassword".to_owned(), "refused".to_owned(), refused));
    let password = Secret::from(PASSWORD);
    let change = |to: &str| {
        said(ContactChange::begin(&env, &who("acme/alice"), &Presented::password(&password), address(to)))
    };
    assert_eq!(change(EMAIL), off);
    assert_eq!(change(MOBILE), "done");
    // Whoever must change it, may.
    world.credential(|credential| credential.must_change = true);
    begin(&world, PASSWORD).unwrap().finish(&env, &Secret::from(NEW)).unwrap();
}
