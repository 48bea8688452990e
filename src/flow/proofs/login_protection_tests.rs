use crate::config::CaptchaMode;
use crate::domain::mfa::{Seed, step};
use crate::domain::request::{Method, State};
use crate::domain::{LoginPolicy, LoginProtection, Secret};
use crate::flow::foundation::FlowError;
use crate::flow::foundation::world_tests::{PASSWORD, World, who, wrong};
use crate::flow::proofs::admission::{Asks, Protected, SignIn};
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in::{log_in, sign_in};
use crate::flow::story::mfa::{Enrolment, confirm};
use crate::flow::story::reset;
use crate::flow::{Change, Confirmed};

const MOBILE: &str = "+4915112345678";
const DENIED: &str = "the user name or password is wrong, or this user cannot sign in now";

fn protected_by(kind: LoginProtection) -> World {
    let world = World::new();
    world.user(|user| user.login_protection = kind);
    world
}

#[track_caller]
fn told(judged: Result<SignIn, FlowError>) -> String {
    match judged {
        Ok(SignIn::Right(_)) => "right".to_owned(),
        Ok(SignIn::MustChange(_)) => "must change".to_owned(),
        Ok(SignIn::Protected(_)) => "more".to_owned(),
        Ok(SignIn::Denied) => "denied".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn tried(world: &World, password: &str) -> Result<SignIn, FlowError> {
    log_in(&world.env(), &who("acme/alice"), &Presented::password(&Secret::from(password)))
}

#[track_caller]
fn protected(world: &World) -> Protected {
    match tried(world, PASSWORD) {
        Ok(SignIn::Protected(protected)) => protected,
        other => panic!("{}", told(other)),
    }
}

#[test]
fn a_code_by_sms_follows_the_right_password_at_login_alone() {
    let world = protected_by(LoginProtection::Sms);
    world.bind(MOBILE);
    let env = world.env();
    assert_eq!(told(tried(&world, "wrong")), "denied");
    let pending = protected(&world);
    assert_eq!(world.alice().last_login_at, None, "they are not let in yet");
    pending.send(&env).unwrap();
    let code = world.code_sent_to(MOBILE);
    assert_eq!(told(pending.enter(&env, &wrong(&code))), "the code is wrong; 4 tries are left");
    let failed = Some("wrong_code".to_owned());
    assert_eq!(world.last_event(), ("loginFailed".to_owned(), "failure".to_owned(), failed));
    // Two tries at another process, the same code.
    assert!(protected(&world).is_sent(&env).unwrap());
    assert_eq!(told(protected(&world).enter(&env, &code)), "right");
    assert_eq!(world.last_event(), ("login".to_owned(), "success".to_owned(), None));
    assert_eq!(world.alice().failures.count, 0);
    assert_eq!(
        told(protected(&world).enter(&env, &code)),
        "this code can no longer be used: it has expired, was replaced, or has no tries left"
    );
    let program = sign_in(&env, &who("acme/alice"), &Presented::password(&Secret::from(PASSWORD)));
    assert_eq!(told(program), "right", "a program is asked for no code");
}

#[test]
fn wrong_codes_lock_like_wrong_passwords() {
    let world = protected_by(LoginProtection::Sms);
    world.bind(MOBILE);
    let env = world.env();
    assert_eq!(told(tried(&world, "wrong")), "denied");
    let pending = protected(&world);
    pending.send(&env).unwrap();
    let code = world.code_sent_to(MOBILE);
    for _ in 0..4 {
        // A right password in between forgets nothing.
        let _ = protected(&world).enter(&env, &wrong(&code));
    }
    assert_eq!(told(pending.enter(&env, &code)), DENIED);
    assert_eq!(told(tried(&world, PASSWORD)), "denied");
}

#[test]
fn k6_what_strangers_had_sent_keeps_nobody_from_signing_in() {
    let mut world = protected_by(LoginProtection::Sms);
    world.settings.budgets.contact_per_hour = 1;
    world.bind(MOBILE);
    let env = world.env();
    let contact = world.alice().contacts.remove(0);
    let counted = crate::flow::foundation::counted::contact(&env, &contact);
    world.with(|tx| tx.spend("sent_to_contact", &counted, world.now()));
    (0..100).for_each(|_| world.with(|tx| tx.spend("guesses", &counted, world.now())));
    let pending = protected(&world);
    pending.send(&env).unwrap();
    assert_eq!(told(pending.enter(&env, &world.code_sent_to(MOBILE))), "right");
    world.wait(1);
    // It has a budget of its own.
    assert_eq!(
        protected(&world).send(&env).unwrap_err().to_string(),
        "no code is sent: too many codes went to this contact"
    );
}

#[test]
fn k6_a_persons_budgets_for_resets_and_for_signing_in_are_two() {
    let mut world = protected_by(LoginProtection::Sms);
    world.settings.budgets.contact_per_hour = 1;
    world.settings.captcha.mode = CaptchaMode::Off;
    world.bind(MOBILE);
    let env = world.env();
    // As many as an hour has for both contacts of a person, of each kind but the one that is asked for.
    let spend = |kind: &str| {
        let person = crate::flow::foundation::counted::text(&env, kind, "usr_1");
        // Those who have the password are counted by themselves.
        let person = crate::flow::foundation::counted::beneath(&env, &person, &["proven", ""]);
        (0..2).for_each(|_| world.with(|tx| tx.spend("sent_to_person", &person, world.now())));
    };
    spend("person");
    let pending = protected(&world);
    pending.send(&env).unwrap();
    assert_eq!(told(pending.enter(&env, &world.code_sent_to(MOBILE))), "right");
    world.wait(61);
    spend("person_signing_in");
    let request = reset::start(&env, &who("acme/alice")).unwrap();
    reset::send(&env, &request.id, Method::Account, None).unwrap();
    let code = world.code_sent_to(MOBILE);
    assert_eq!(reset::verify(&env, &request.id, &code).unwrap().state, State::Password);
    // A control: what is spent for a purpose holds for that one.
    world.wait(61);
    spend("person_signing_in");
    assert_eq!(
        protected(&world).send(&env).unwrap_err().to_string(),
        "no code is sent: too many codes were asked for this person"
    );
}

#[test]
fn k5_a_password_that_was_given_is_good_for_its_code_for_a_quarter_of_an_hour() {
    let world = protected_by(LoginProtection::Sms);
    world.bind(MOBILE);
    let (env, pending) = (world.env(), protected(&world));
    world.wait(14);
    pending.send(&env).unwrap();
    let code = world.code_sent_to(MOBILE);
    world.wait(1);
    let late = "more than 15 minutes have passed since the password was given";
    assert_eq!(told(pending.enter(&env, &code)), late);
    assert_eq!(pending.send(&env).unwrap_err().to_string(), late);
    assert_eq!(told(protected(&world).enter(&env, &code)), "right");
}

#[test]
fn whoever_has_no_such_contact_is_told_so_after_the_right_password() {
    let world = protected_by(LoginProtection::Sms);
    world.bind("alice@example.com");
    assert_eq!(told(tried(&world, "wrong")), "denied");
    assert_eq!(
        told(tried(&world, PASSWORD)),
        "login protection asks for a code by SMS, and you have no verified mobile number"
    );
    let unmet = Some("login_protection_unmet".to_owned());
    assert_eq!(world.last_event(), ("loginFailed".to_owned(), "refused".to_owned(), unmet));
    world.user(|user| user.login_protection = LoginProtection::Email);
    assert_eq!(told(tried(&world, PASSWORD)), "more");
}

#[test]
fn the_code_comes_before_a_forced_change() {
    let world = protected_by(LoginProtection::Email);
    world.bind("alice@example.com");
    world.credential(|credential| credential.must_change = true);
    let pending = protected(&world);
    pending.send(&world.env()).unwrap();
    let code = world.code_sent_to("alice@example.com");
    assert_eq!(told(pending.enter(&world.env(), &code)), "must change");
}

#[test]
fn an_authenticator_is_bound_before_anybody_is_let_in() {
    let world = protected_by(LoginProtection::Vmfa);
    let env = world.env();
    let pending = protected(&world);
    assert_eq!(pending.asks(), &Asks::Authenticator);
    let alice = world.alice();
    assert_eq!(
        told(protected(&world).bound(&env, alice)),
        "login protection asks for the code of an authenticator, and acme/alice has none bound"
    );
    let authority = pending.authority();
    let enrolment = Enrolment::plan(&env, &authority).unwrap();
    let seed = data_encoding::BASE32_NOPAD.decode(enrolment.base32().expose().as_bytes()).unwrap();
    let seed = Seed::from_bytes(&seed).unwrap();
    enrolment.commit(&env, Confirmed::by(true).unwrap()).unwrap();
    let now = step(world.now());
    let user = confirm(&env, &authority, &seed.code(now - 1), &seed.code(now)).unwrap();
    assert_eq!(told(pending.bound(&env, user)), "right");
    assert_eq!(world.last_event(), ("login".to_owned(), "success".to_owned(), None));
    assert_eq!(told(tried(&world, PASSWORD)), "the code of the authenticator is needed, too");
}

#[test]
fn a_user_unused_for_too_long_is_disabled_and_a_wrong_password_writes_nothing_more() {
    let world = World::new();
    world.set_policy::<LoginPolicy>(&[("account_validity_period", "30")]);
    world.wait(30 * 24 * 60 - 1);
    assert_eq!(told(tried(&world, PASSWORD)), "right");
    world.wait(30 * 24 * 60);
    assert_eq!(told(tried(&world, "wrong")), "denied");
    assert!(world.alice().enabled());
    assert_eq!(told(tried(&world, PASSWORD)), "denied");
    assert!(!world.alice().enabled());
    let unused = Some("unused_too_long".to_owned());
    assert_eq!(world.last_event(), ("loginFailed".to_owned(), "failure".to_owned(), unused));
    world.with(|tx| tx.set_active_from("usr_1", world.now()));
    world.user(|user| user.status = crate::domain::account::Status::Enabled);
    assert_eq!(told(tried(&world, PASSWORD)), "right");
}
