use super::*;
use crate::config::CaptchaMode;
use crate::domain::account::{Account, Kind, Status};
use crate::domain::device::Place;
use crate::domain::request::{Method, Proof, State};
use crate::domain::{Action, Credential, Secret, Task, User};
use crate::flow::foundation::world_tests::{PASSWORD, World, address, who};
use crate::flow::foundation::{Actor, Change, Confirmed, Env, FlowError};
use crate::flow::proofs::admission::SignIn;
use crate::flow::proofs::authority::Authority;
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in::sign_in;
use crate::flow::story::reset::{self, RequestView};
use crate::keyring::KeyRing;

const DAY: i64 = 24 * 60;
const EMAIL: &str = "uid@example.com";
const MOBILE: &str = "+4915112345678";

/// With the unified ID `uid`, whose password is [`PASSWORD`].
fn unified(contacts: &[&str]) -> World {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    let account = Account {
        id: "acc_9".to_owned(),
        name: "uid".to_owned(),
        kind: Kind::Unified,
        status: Status::Enabled,
        user_quota: None,
        users: 0,
        created_at: world.now(),
    };
    let hash = world.alice().credential.hash;
    let credential = Credential { hash, changed_at: Some(world.now()), ..Credential::default() };
    let newborn = User::newborn("usr_9".to_owned(), &account, "uid".to_owned(), true, world.now());
    let root = User { credential, ..newborn };
    world.with(|tx| {
        tx.insert_account(&account, "uid", "uid")?;
        tx.insert_user(&root, "", "")
    });
    for contact in contacts {
        world.bind_to("usr_9", contact);
    }
    world
}

fn uid(world: &World) -> User {
    world.with(|tx| tx.user_by_key("uid", "")).unwrap()
}

fn signs_in(world: &World) {
    let password = Secret::from(PASSWORD);
    let signed_in = sign_in(&world.env(), &who("uid"), &Presented::password(&password)).unwrap();
    assert!(matches!(signed_in, SignIn::Right(_)));
    remember(&world.env(), &uid(world)).unwrap();
}

/// Up to the right code, sent to the email address.
fn proven(world: &World) -> RequestView {
    let env = world.env();
    let view = reset::start(&env, &who("uid")).unwrap();
    reset::send(&env, &view.id, Method::Email, Some(&address(EMAIL))).unwrap();
    reset::verify(&env, &view.id, &world.code_sent_to(EMAIL)).unwrap()
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

#[test]
fn a_familiar_device_needs_the_code_alone() {
    let world = unified(&[EMAIL, MOBILE]);
    assert_eq!(proven(&world).state, State::Second, "never signed in from here");
    signs_in(&world);
    world.wait(60);
    signs_in(&world);
    assert_eq!(proven(&world).state, State::Second, "twice on one day");
    world.wait(DAY);
    assert_eq!(proven(&world).state, State::Second, "a day later, and not signed in since");
    signs_in(&world);
    assert_eq!(proven(&world).state, State::Password, "on two days");
    world.wait(89 * DAY);
    assert_eq!(proven(&world).state, State::Password);
    world.wait(DAY);
    assert_eq!(proven(&world).state, State::Second, "not used for 90 days");
}

#[test]
fn another_contact_is_the_other_proof() {
    let world = unified(&[EMAIL, MOBILE]);
    let env = world.env();
    let view = proven(&world);
    assert_eq!(view.proofs, Some(vec![Proof::Mobile]));
    let id = view.id.as_str();
    let step = "this step is not next: ";
    assert_eq!(
        said(reset::set_password(&env, id, &Secret::from("seven bronze kettles hum softly"))),
        format!("{step}give one more proof first")
    );
    assert_eq!(
        said(reset::second(&env, id, &Secret::from("000000"))),
        format!("{step}have a code sent to another contact first")
    );
    let spent = "this code can no longer be used: it has expired, was replaced, or has no tries left";
    assert_eq!(said(reset::verify(&env, id, &Secret::from("000000"))), spent);
    let same = "this contact has already proved who you are; the next proof must come from another";
    assert_eq!(said(reset::send(&env, id, Method::Email, Some(&address(EMAIL)))), same);
    // Another number than the bound one looks the same, and gets nothing.
    let sent = reset::send(&env, id, Method::Mobile, Some(&address("+4915187654321"))).unwrap();
    assert_eq!(sent.state, State::Second);
    assert!(world.mail().iter().all(|(_, message)| message.to.is_empty()));
    let soon = reset::send(&env, id, Method::Mobile, Some(&address("+4915187654321")));
    assert_eq!(said(soon), "a code was asked for a moment ago; ask again in 60 seconds");
    // One correction does not wait.
    reset::send(&env, id, Method::Mobile, Some(&address(MOBILE))).unwrap();
    let code = world.code_sent_to(MOBILE);
    assert_eq!(reset::verify(&env, id, &code).unwrap().state, State::Password);
    reset::set_password(&env, id, &Secret::from("seven bronze kettles hum softly")).unwrap();
}

#[test]
fn the_other_contact_need_not_be_typed() {
    let world = unified(&[EMAIL, MOBILE]);
    let view = proven(&world);
    reset::send(&world.env(), &view.id, Method::Account, None).unwrap();
    let code = world.code_sent_to(MOBILE);
    assert_eq!(reset::verify(&world.env(), &view.id, &code).unwrap().state, State::Password);
}

#[test]
fn who_has_nothing_else_is_stuck_and_an_appeal_is_enough() {
    let world = unified(&[EMAIL]);
    let view = proven(&world);
    assert_eq!((view.state, view.proofs), (State::Second, Some(vec![])));
    reset::send(&world.env(), &view.id, Method::Account, None).unwrap();
    assert!(world.mail().iter().all(|(_, message)| message.to.is_empty()), "the same contact is no other");
    // As an approved appeal would have opened it.
    let env = world.env();
    let of_appeal = reset::start(&env, &who("uid")).unwrap().id;
    let mut request = world.with(|tx| tx.request(&of_appeal)).unwrap();
    request.id = "req_appeal".to_owned();
    request.appeal = Some("app_1".to_owned());
    world.with(|tx| tx.insert_request(&request));
    reset::send(&env, "req_appeal", Method::Email, Some(&address(EMAIL))).unwrap();
    let code = world.code_sent_to(EMAIL);
    assert_eq!(reset::verify(&env, "req_appeal", &code).unwrap().state, State::Password);
}

#[test]
fn only_unified_ids_need_it() {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    world.bind(EMAIL);
    let env = world.env();
    let view = reset::start(&env, &who("acme/alice")).unwrap();
    reset::send(&env, &view.id, Method::Email, Some(&address(EMAIL))).unwrap();
    let code = world.code_sent_to(EMAIL);
    assert_eq!(reset::verify(&env, &view.id, &code).unwrap().state, State::Password);
}

#[test]
fn another_user_of_the_machine_and_a_silent_portal_are_other_devices() {
    let world = unified(&[EMAIL, MOBILE]);
    signs_in(&world);
    world.wait(DAY);
    signs_in(&world);
    let known = |place: Option<Place>, source: &str| {
        let (env, user) = (Env { actor: Actor { place, ..world.env().actor }, ..world.env() }, uid(&world));
        env.write(|tx| Ok(super::known(tx, &user, source)?)).unwrap()
    };
    let here = world.env().actor.place;
    let other = |uid, machine: &str| {
        Some(Place::Machine {
            machine: machine.to_owned(),
            host: "host".to_owned(),
            uid,
            user: "someone".to_owned(),
        })
    };
    assert!(known(here.clone(), "uid:1000"));
    assert!(!known(other(1001, "0123456789abcdef"), "uid:1001"));
    assert!(!known(other(1000, "fedcba9876543210"), "uid:1000"));
    assert!(!known(here, "uid:1000/192.0.2.7"), "behind a portal the address counts");
    assert!(!known(None, "uid:1000"));
}

#[test]
fn a_kiosk_is_known_by_the_other_end_of_its_line() {
    let world = unified(&[EMAIL]);
    let place = Some(Place::Address("192.0.2.7".parse().unwrap()));
    for _ in 0..2 {
        let env = Env { actor: Actor { place: place.clone(), ..world.env().actor }, ..world.env() };
        remember(&env, &uid(&world)).unwrap();
        world.wait(DAY);
    }
    let devices = world.with(|tx| tx.devices("usr_9"));
    assert_eq!(devices.iter().map(|of| of.label.as_str()).collect::<Vec<_>>(), ["network 192.0.2.*"]);
    let (env, user) = (world.env(), uid(&world));
    let known = |source: &str| env.write(|tx| Ok(super::known(tx, &user, source)?)).unwrap();
    assert!(known("uid:1000/192.0.2.7"));
    assert!(!known("uid:1000/192.0.2.8"));
    assert!(!known("uid:1000/somewhere"));
}

#[test]
fn a_new_key_forgets_no_device_and_twenty_are_kept() {
    let world = unified(&[EMAIL]);
    signs_in(&world);
    world.wait(DAY);
    signs_in(&world);
    let mut keys = KeyRing::parse(&world.env().keys.to_text()).unwrap();
    keys.rotate(world.env().entropy, world.env().clock).unwrap();
    let before = world.env();
    let env = before.with_keys(&keys);
    let user = uid(&world);
    assert!(env.write(|tx| Ok(known(tx, &user, "uid:1000")?)).unwrap());
    remember(&env, &uid(&world)).unwrap();
    assert_eq!(world.with(|tx| tx.devices("usr_9")).len(), 1);
    for octet in 1..=25 {
        let place = Some(Place::Address(format!("192.0.2.{octet}").parse().unwrap()));
        let env = Env { actor: Actor { place, ..world.env().actor }, ..world.env() };
        world.wait(1);
        remember(&env, &uid(&world)).unwrap();
    }
    assert_eq!(world.with(|tx| tx.devices("usr_9")).len(), 20);
}

#[test]
fn devices_are_forgotten_by_one_or_all() {
    let world = unified(&[EMAIL]);
    signs_in(&world);
    let (env, yes) = (world.env(), || Confirmed::by(true).unwrap());
    let authority = Authority::of_operator(&env, &who("uid"), Task::ManageDevices).unwrap();
    let missing = ForgetDevices::plan(&env, &authority, Which::One("dev_none".to_owned())).map(|_| ());
    assert_eq!(said(missing), "uid has no device with the id dev_none");
    let id = list(&env, &authority).unwrap().remove(0).id;
    let plan = ForgetDevices::plan(&env, &authority, Which::One(id)).unwrap();
    assert_eq!(
        plan.effects(),
        [
            "someone on host is no longer a known device of uid",
            "resetting a unified ID there takes one more proof until it is known again"
        ]
    );
    assert_eq!(plan.commit(&env, yes()).unwrap(), 1);
    assert_eq!(world.last_event(), (Action::ForgetDevices.to_string(), "success".to_owned(), None));
    signs_in(&world);
    let password = Secret::from(PASSWORD);
    let own = Authority::of_person(&env, &who("uid"), &Presented::password(&password), Action::ForgetDevices)
        .unwrap();
    let all = ForgetDevices::plan(&env, &own, Which::All).unwrap();
    assert_eq!(all.commit(&env, yes()).unwrap(), 1);
    assert_eq!(world.with(|tx| tx.devices("usr_9")), []);
}
