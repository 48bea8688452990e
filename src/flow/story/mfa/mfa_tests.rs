use super::*;
use crate::config::CaptchaMode;
use crate::domain::mfa::{Seed, Stage, step};
use crate::domain::outbox::Kind;
use crate::domain::request::{Method, State};
use crate::domain::{Action, LoginProtection, Role, Secret, Task};
use crate::flow::foundation::world_tests::{PASSWORD, World, who};
use crate::flow::foundation::{Actor, Change, Confirmed, Env, FlowError};
use crate::flow::proofs::admission::SignIn;
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in::sign_in;
use crate::flow::proofs::totp::unseal;
use crate::flow::story::change_password::PasswordChange;
use crate::flow::story::reset;
use crate::keyring::KeyRing;

const SHORT: &str = "vivid9anchor";
const LONG: &str = "seven bronze kettles hum softly";

fn yes() -> Confirmed {
    Confirmed::by(true).unwrap()
}

fn operator(world: &World) -> Authority {
    Authority::of_operator(&world.env(), &who("acme/alice"), Task::ManageMfa).unwrap()
}

fn own(world: &World, password: &str, totp: Option<&Secret>) -> Result<Authority, FlowError> {
    let presented = Presented { password: &Secret::from(password), totp };
    Authority::of_person(&world.env(), &who("acme/alice"), &presented, Action::CreateMfa)
}

fn enrolled(world: &World) -> Seed {
    let (env, authority) = (world.env(), operator(world));
    Enrolment::plan(&env, &authority).unwrap().commit(&env, yes()).unwrap();
    unseal(&env, &world.with(|tx| tx.mfa("usr_1")).unwrap()).unwrap()
}

/// The code that is shown so many steps from now.
fn shown(world: &World, seed: &Seed, off: i64) -> Secret {
    seed.code(step(world.now()).checked_add_signed(off).unwrap())
}

/// Binds an authenticator, and waits until its next code is fresh.
fn bound(world: &World) -> Seed {
    let seed = enrolled(world);
    confirm(&world.env(), &operator(world), &shown(world, &seed, -1), &shown(world, &seed, 0)).unwrap();
    world.wait(1);
    seed
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

fn tried(world: &World, password: &str, totp: Option<&Secret>) -> String {
    tried_as(&world.env(), password, totp)
}

fn tried_as(env: &Env<'_>, password: &str, totp: Option<&Secret>) -> String {
    let presented = Presented { password: &Secret::from(password), totp };
    match sign_in(env, &who("acme/alice"), &presented) {
        Ok(SignIn::Right(_)) => "right".to_owned(),
        Ok(SignIn::MustChange(_)) => "must change".to_owned(),
        Ok(SignIn::Protected(_)) => "protected".to_owned(),
        Ok(SignIn::Denied) => "denied".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn event(action: &str, outcome: &str, code: Option<&str>) -> (String, String, Option<String>) {
    (action.to_owned(), outcome.to_owned(), code.map(str::to_owned))
}

const MISSING: &str = "the code of the authenticator is needed, too";
const WRONG: &str = "the code of the authenticator is wrong";
const SPENT: &str = "too many wrong codes came in a row, so this authenticator is no longer accepted";

#[test]
fn nothing_is_asked_before_two_codes_in_a_row_were_seen() {
    let world = World::new();
    world.bind("alice@example.com");
    let first = enrolled(&world);
    assert_eq!(status(&world.env(), &world.alice()).unwrap().stage, Stage::Enrolled);
    assert_eq!(tried(&world, PASSWORD, None), "right");
    // Enrolled again: the secret before is of no use.
    let seed = enrolled(&world);
    let confirmed = |one: &Secret, two: &Secret| said(confirm(&world.env(), &operator(&world), one, two));
    assert_eq!(confirmed(&shown(&world, &first, -1), &shown(&world, &first, 0)), WRONG);
    assert_eq!(world.last_event(), event("BindMFA", "failure", Some("totp_wrong")));
    let (before, now) = (shown(&world, &seed, -1), shown(&world, &seed, 0));
    assert_eq!(confirmed(&now, &now), "these are not two codes in a row");
    assert!(world.mail().is_empty());
    assert_eq!(confirmed(&before, &now), "done");
    assert_eq!(world.last_event(), event("BindMFA", "success", None));
    let told = world.mail();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, told[0].1.subject.as_str()), (Kind::Notice, "An authenticator was bound"));
    assert_eq!(confirmed(&before, &now), "acme/alice has an authenticator bound already");
    let again = Enrolment::plan(&world.env(), &operator(&world)).map(|_| ());
    assert_eq!(said(again), "acme/alice has an authenticator bound already");
    // The codes that bound it are used.
    assert_eq!(tried(&world, PASSWORD, Some(&now)), "this code was used already; wait for the next one");
}

#[test]
fn a_bound_authenticator_is_asked_and_only_after_the_right_password() {
    let world = World::new();
    let seed = bound(&world);
    let now = shown(&world, &seed, 0);
    assert_eq!(tried(&world, "wrong", Some(&now)), "denied");
    assert_eq!(tried(&world, PASSWORD, None), MISSING);
    assert_eq!(world.last_event(), event("loginFailed", "refused", Some("totp_missing")));
    assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, -4))), {
        "this code is too old, or the clock of the authenticator is behind"
    });
    assert_eq!(world.last_event(), event("loginFailed", "failure", Some("totp_old")));
    assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, 4))), WRONG);
    assert_eq!(world.last_event(), event("loginFailed", "failure", Some("totp_ahead")));
    // A right password without a right code begins no count anew.
    assert_eq!(world.alice().failures.count, 3);
    assert_eq!(tried(&world, PASSWORD, Some(&now)), "right");
    assert_eq!(world.alice().failures.count, 0);
    assert_eq!(tried(&world, PASSWORD, Some(&now)), "this code was used already; wait for the next one");
    assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, 1))), "right");
}

#[test]
fn k6_wrong_codes_lock_the_sign_in_and_a_hundred_in_a_row_end_the_authenticator() {
    const SPENT: &str = "too many wrong codes came in a row, so this authenticator is no longer accepted";
    let mut world = World::new();
    let seed = bound(&world);
    let wrong = shown(&world, &seed, -1_000);
    for tries in 1..=100 {
        assert_eq!(tried(&world, PASSWORD, Some(&wrong)), WRONG, "{tries}");
        if tries % 5 == 0 {
            // Locked: also a right code is of no use, and is not used up.
            assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, 0))), "denied");
            world.wait(16);
        }
        if tries % 25 == 0 {
            // A quarter of them ends it for the place they came from.
            assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, 0))), SPENT);
            world.wait(16);
            world.source = format!("uid:{tries}");
        }
    }
    assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, 0))), SPENT);
    // Another authenticator begins anew.
    Removal::plan(&world.env(), operator(&world)).unwrap().commit(&world.env(), yes()).unwrap();
    world.wait(16);
    let seed = bound(&world);
    assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, 0))), "right");
}

/// A request that stands behind the right code.
fn code_entered(world: &World) -> reset::RequestView {
    code_entered_as(world, &world.env())
}

fn code_entered_as(world: &World, env: &Env<'_>) -> reset::RequestView {
    let view = reset::start(env, &who("acme/alice")).unwrap();
    reset::send(env, &view.id, Method::Account, None).unwrap();
    let code = world.code_sent_to("alice@example.com");
    reset::verify(env, &view.id, &code).unwrap()
}

fn recoverable() -> World {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    world.bind("alice@example.com");
    world
}

#[test]
fn s6_a_reset_asks_for_the_code_and_leaves_mfa_as_it_was() {
    let world = recoverable();
    let seed = bound(&world);
    world.mail();
    let view = code_entered(&world);
    assert_eq!(view.state, State::Second);
    let env = world.env();
    let early = reset::set_password(&env, &view.id, &Secret::from(LONG));
    assert_eq!(said(early), "this step is not next: give one more proof first");
    let wrong = said(reset::second(&env, &view.id, &shown(&world, &seed, 50)));
    assert_eq!(wrong, format!("{WRONG}; 4 tries are left"));
    let proven = reset::second(&env, &view.id, &shown(&world, &seed, 0)).unwrap();
    assert_eq!(proven.state, State::Password);
    reset::set_password(&env, &view.id, &Secret::from(LONG)).unwrap();
    assert!(world.alice().mfa);
    assert_eq!(tried(&world, LONG, None), MISSING);
    assert_eq!(tried(&world, LONG, Some(&shown(&world, &seed, 1))), "right");
}

#[test]
fn s6_a_reset_has_five_wrong_codes_which_never_touch_the_sign_in() {
    let world = recoverable();
    let seed = bound(&world);
    world.mail();
    let view = code_entered(&world);
    let wrong = shown(&world, &seed, 50);
    let guess = || said(reset::second(&world.env(), &view.id, &wrong));
    for left in ["4 tries are", "3 tries are", "2 tries are", "1 try is"] {
        assert_eq!(guess(), format!("{WRONG}; {left} left"));
    }
    assert_eq!(guess(), "too many wrong codes of the authenticator: this request has ended");
    assert_eq!(reset::show(&world.env(), &view.id).unwrap().state, State::Cancelled);
    assert_eq!(world.alice().failures.count, 0);
    assert_eq!(tried(&world, PASSWORD, Some(&shown(&world, &seed, 0))), "right");
}

/// The world as somebody has it who asks from that place.
fn from(world: &World, place: u32) -> Env<'_> {
    let env = world.env();
    Env { actor: Actor { source: format!("192.0.2.{place}"), ..env.actor.clone() }, ..env }
}

/// A hundred wrong codes in a row, five from a place and a quarter of an hour between the places.
fn a_hundred_wrong(world: &World, five: impl Fn(&Env<'_>)) {
    for place in 1..=20 {
        five(&from(world, place));
        world.wait(16);
    }
}

#[test]
fn k6_a_hundred_wrong_codes_in_resets_leave_the_authenticator_at_sign_in() {
    let mut world = recoverable();
    world.settings.budgets.contact_per_day = 100;
    let seed = bound(&world);
    world.mail();
    a_hundred_wrong(&world, |env| {
        let view = code_entered_as(&world, env);
        let wrong = shown(&world, &seed, 50);
        (0..5).for_each(|_| drop(reset::second(env, &view.id, &wrong)));
    });
    // A control: in a reset it counts no more.
    let (env, right) = (from(&world, 99), shown(&world, &seed, 0));
    let view = code_entered_as(&world, &env);
    assert_eq!(said(reset::second(&env, &view.id, &right)), SPENT);
    assert_eq!(tried(&world, PASSWORD, Some(&right)), "right");
}

#[test]
fn k6_a_hundred_wrong_codes_at_sign_in_leave_the_authenticator_for_resets() {
    let world = recoverable();
    let seed = bound(&world);
    world.mail();
    a_hundred_wrong(&world, |env| {
        let wrong = shown(&world, &seed, 50);
        (0..5).for_each(|_| assert_eq!(tried_as(env, PASSWORD, Some(&wrong)), WRONG));
    });
    let (env, right) = (from(&world, 99), shown(&world, &seed, 0));
    assert_eq!(tried_as(&env, PASSWORD, Some(&right)), SPENT);
    let view = code_entered_as(&world, &env);
    assert_eq!(reset::second(&env, &view.id, &right).unwrap().state, State::Password);
}

#[test]
fn s6_binding_ends_a_reset_that_did_not_ask() {
    let world = recoverable();
    let view = code_entered(&world);
    assert_eq!(view.state, State::Password);
    bound(&world);
    let late = reset::set_password(&world.env(), &view.id, &Secret::from(LONG));
    assert_eq!(said(late), "there is no such request here: it has ended, expired, or was started elsewhere");
}

#[test]
fn taking_mfa_away_in_the_middle_of_a_reset_lets_nobody_through() {
    let world = recoverable();
    let seed = bound(&world);
    world.mail();
    let view = code_entered(&world);
    Removal::plan(&world.env(), operator(&world)).unwrap().commit(&world.env(), yes()).unwrap();
    let second = reset::second(&world.env(), &view.id, &shown(&world, &seed, 0));
    assert_eq!(
        said(second),
        "there is no such request here: it has ended, expired, or was started elsewhere"
    );
}

fn changed(world: &World, seed: &Seed, from: &str, to: &str) -> String {
    let (env, totp) = (world.env(), shown(world, seed, 0));
    let presented = Presented { password: &Secret::from(from), totp: Some(&totp) };
    let change = PasswordChange::begin(&env, &who("acme/alice"), &presented).unwrap();
    said(change.finish(&env, &Secret::from(to)).map(|_| ()))
}

#[test]
fn p1_a_short_password_needs_mfa_and_must_be_changed_without_it() {
    let world = World::new();
    let seed = bound(&world);
    assert_eq!(changed(&world, &seed, PASSWORD, SHORT), "done");
    assert!(world.alice().credential.leans_on_mfa);
    let epoch = world.alice().credential.epoch;
    let (env, authority) = (world.env(), operator(&world));
    let removal = Removal::plan(&env, authority).unwrap();
    assert!(removal.effects().iter().any(|effect| effect.contains("must be changed at the next sign-in")));
    removal.commit(&env, yes()).unwrap();
    assert_eq!((world.alice().mfa, world.alice().credential.epoch), (false, epoch + 1));
    assert_eq!(tried(&world, SHORT, None), "must change");
}

#[test]
fn p1_a_long_password_stays_good_without_mfa() {
    let world = World::new();
    let seed = bound(&world);
    assert_eq!(changed(&world, &seed, PASSWORD, LONG), "done");
    Removal::plan(&world.env(), operator(&world)).unwrap().commit(&world.env(), yes()).unwrap();
    assert_eq!(world.last_event(), event("deleteMFA", "success", None));
    assert_eq!(tried(&world, LONG, None), "right");
}

#[test]
fn s9_people_act_with_their_password_and_code_and_support_never() {
    let world = World::new();
    assert_eq!(said(own(&world, "wrong", None)), {
        "the user name or password is wrong, or this user cannot sign in now"
    });
    let authority = own(&world, PASSWORD, None).unwrap();
    let env = world.env();
    Enrolment::plan(&env, &authority).unwrap().commit(&env, yes()).unwrap();
    let seed = unseal(&env, &world.with(|tx| tx.mfa("usr_1")).unwrap()).unwrap();
    confirm(&env, &authority, &shown(&world, &seed, -1), &shown(&world, &seed, 0)).unwrap();
    world.wait(1);
    assert_eq!(said(own(&world, PASSWORD, None)), MISSING);
    world.user(|user| user.login_protection = LoginProtection::Vmfa);
    let in_use = "login protection uses the authenticator, so only an administrator may remove it";
    let authority = own(&world, PASSWORD, Some(&shown(&world, &seed, 0))).unwrap();
    assert_eq!(said(Removal::plan(&env, authority).map(|_| ())), in_use);
    assert!(Removal::plan(&env, operator(&world)).is_ok());
    let support = Env { actor: Actor { role: Role::Support, ..world.env().actor }, ..world.env() };
    assert_eq!(said(Authority::of_operator(&support, &who("acme/alice"), Task::ManageMfa)), {
        "the role support may not enrol or remove authenticators"
    });
}

#[test]
fn an_own_proof_is_good_for_a_quarter_of_an_hour() {
    let world = World::new();
    let authority = own(&world, PASSWORD, None).unwrap();
    let env = world.env();
    let enrolment = Enrolment::plan(&env, &authority).unwrap();
    world.wait(16);
    assert_eq!(
        said(enrolment.commit(&env, yes())),
        "more than 15 minutes have passed since the password was given"
    );
}

#[test]
fn a_rotated_key_still_opens_the_secret() {
    let world = World::new();
    let seed = bound(&world);
    let env = world.env();
    let mut keys = KeyRing::parse(&env.keys.to_text()).unwrap();
    keys.rotate(env.entropy, env.clock).unwrap();
    let env = env.with_keys(&keys);
    let presented = Presented { password: &Secret::from(PASSWORD), totp: Some(&shown(&world, &seed, 0)) };
    assert!(matches!(sign_in(&env, &who("acme/alice"), &presented), Ok(SignIn::Right(_))));
}

#[test]
fn k8_a_name_made_again_has_no_authenticator() {
    let world = World::new();
    bound(&world);
    let alice = world.alice();
    world.with(|tx| {
        tx.delete_user("usr_1")?;
        tx.insert_user(&alice, "alice", "alice")
    });
    assert!(!world.alice().mfa && world.with(|tx| tx.mfa("usr_1")).is_none());
}

#[test]
fn k2_the_secret_stands_in_the_store_sealed_for_its_person() {
    let world = World::new();
    let seed = bound(&world);
    let mut stored = world.with(|tx| tx.mfa("usr_1")).unwrap();
    assert!(!stored.sealed.windows(20).any(|part| part == seed.as_bytes()));
    stored.user_id = "usr_2".to_owned();
    assert!(unseal(&world.env(), &stored).is_err());
}
