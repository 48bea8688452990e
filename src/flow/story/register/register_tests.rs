use super::newcomer::NAMES_TRIED;
use super::*;
use crate::config::CaptchaMode;
use crate::domain::account::Kind;
use crate::domain::request::{Method, State};
use crate::domain::{Channel, Name, Secret};
use crate::flow::foundation::world_tests::{World, address, who, wrong};
use crate::flow::foundation::{Env, FlowError};
use crate::flow::proofs::admission::SignIn;
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in::sign_in;
use crate::flow::story::reset::{self, RequestView};

const MOBILE: &str = "+4915112345678";
const LONG: &str = "seven bronze kettles hum softly";

fn world() -> World {
    let mut world = World::new();
    world.settings.captcha.mode = CaptchaMode::Off;
    world
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn begun(env: &Env<'_>, login_id: &str) -> RequestView {
    start(env, &name(login_id), &address(MOBILE)).unwrap()
}

/// Up to the right code.
fn proven(world: &World, login_id: &str) -> RequestView {
    let env = world.env();
    let view = begun(&env, login_id);
    reset::send(&env, &view.id, None, None).unwrap();
    reset::verify(&env, &view.id, &world.code_sent_to(MOBILE)).unwrap()
}

#[track_caller]
fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map_or_else(|| "done".to_owned(), |error| error.to_string())
}

#[test]
fn the_number_becomes_the_security_phone_number_of_a_unified_id() {
    let world = world();
    let view = proven(&world, "dora");
    assert_eq!(view.state, State::Password);
    assert_eq!(world.with(|tx| tx.account_by_key("dora")), None, "nothing is there before the password");
    let done = reset::set_password(&world.env(), &view.id, &Secret::from(LONG)).unwrap();
    assert_eq!(done.state, State::Done);
    let account = world.with(|tx| tx.account_by_key("dora")).unwrap();
    assert_eq!(account.kind, Kind::Unified);
    let dora = world.with(|tx| tx.user_by_key("dora", "")).unwrap();
    let phone = dora.contact(Channel::Mobile).unwrap();
    assert_eq!((phone.address.as_str(), phone.security, phone.verified_at.is_some()), (MOBILE, true, true));
    assert_eq!(reset::finished_by(&world.env(), &view.id).unwrap().map(|of| of.who), Some(who("dora")));
    assert!(world.with(|tx| tx.registration(&view.id)).is_none(), "the note is gone");
    let password = Secret::from(LONG);
    let signed_in = sign_in(&world.env(), &who("dora"), &Presented::password(&password)).unwrap();
    assert!(matches!(signed_in, SignIn::Right(_)));
}

#[test]
fn a_taken_number_gets_a_notice_in_place_of_the_code() {
    let world = world();
    world.bind(MOBILE);
    let env = world.env();
    let view = begun(&env, "dora");
    assert_eq!(reset::send(&env, &view.id, None, None).unwrap().state, State::Code);
    let mail = world.mail();
    assert_eq!(mail.len(), 1);
    assert_eq!(
        (mail[0].1.to.as_str(), mail[0].1.subject.as_str()),
        (MOBILE, "Your number has an identity already")
    );
    let digits = Secret::from("123456");
    assert_eq!(said(reset::verify(&env, &view.id, &digits)), "the code is wrong; 4 tries are left");
}

#[test]
fn k6_the_number_has_one_budget_and_wrong_codes_never_reach_its_holder() {
    let mut world = world();
    world.settings.codes.resend_after = jiff::SignedDuration::ZERO;
    world.bind(MOBILE);
    let env = world.env();
    let view = begun(&env, "dora");
    for sent in 1..=7 {
        reset::send(&env, &view.id, None, None).unwrap();
        let told = world.mail().iter().filter(|(_, message)| message.to == MOBILE).count();
        assert_eq!(told, usize::from(sent <= 2), "message {sent}");
    }
    for _ in 0..5 {
        said(reset::verify(&env, &view.id, &Secret::from("123456")));
    }
    let guesses = world.with(|tx| tx.spent_out("guesses", 32, 1, jiff::Timestamp::MIN));
    let holder = crate::flow::foundation::counted::text(&env, "mobile", MOBILE);
    assert!(!guesses.is_empty() && !guesses.contains(&holder));
}

#[test]
fn a_taken_name_is_told_after_the_right_code_and_a_few_times_only() {
    let world = world();
    let env = world.env();
    let view = proven(&world, "ACME");
    let set = || said(reset::set_password(&env, &view.id, &Secret::from(LONG)));
    assert_eq!(set(), "this login ID is taken, or looks like one that is");
    // Looking at the same name again tells nothing new, and costs nothing.
    assert_eq!(set(), "this login ID is taken, or looks like one that is");
    for wanted in 2..=NAMES_TRIED {
        rename(&env, &view.id, &name(if wanted == 2 { "free" } else { "acme" })).unwrap();
    }
    assert_eq!(set(), "too many names were tried: this request has ended");
    assert_eq!(reset::show(&env, &view.id).unwrap().state, State::Cancelled);
}

#[test]
fn another_name_is_as_good() {
    let world = world();
    let env = world.env();
    let view = proven(&world, "acme");
    assert_eq!(
        said(reset::set_password(&env, &view.id, &Secret::from(LONG))),
        "this login ID is taken, or looks like one that is"
    );
    rename(&env, &view.id, &name("dora")).unwrap();
    reset::set_password(&env, &view.id, &Secret::from(LONG)).unwrap();
    assert!(world.with(|tx| tx.account_by_key("dora")).is_some());
}

#[test]
fn s1_a_registration_and_a_reset_cannot_take_each_others_steps() {
    let world = world();
    let env = world.env();
    let view = begun(&env, "dora");
    assert_eq!(
        said(reset::send(&env, &view.id, Method::Mobile, Some(&address("+4915187654321")))),
        "the code goes to the number that is being registered, and to no other address"
    );
    assert_eq!(said(reset::send(&env, &view.id, Method::Email, None)), "this method is switched off here");
    assert_eq!(said(rename(&env, &view.id, &name("emil"))), "this step is not next: choose a method first");
    let of_reset = reset::start(&env, &who("acme/alice")).unwrap();
    assert_eq!(said(reset::send(&env, &of_reset.id, None, None)), "this needs a way to send the code");
    reset::send(&env, &view.id, None, None).unwrap();
    let code = world.code_sent_to(MOBILE);
    reset::send(&env, &of_reset.id, Method::Account, None).unwrap();
    assert!(said(reset::verify(&env, &of_reset.id, &code)).starts_with("the code is wrong"), "K3");
    assert!(said(reset::verify(&env, &view.id, &wrong(&code))).starts_with("the code is wrong"));
}

#[test]
fn it_can_be_switched_off() {
    let mut world = world();
    world.settings.register.enabled = false;
    let refused = start(&world.env(), &name("dora"), &address(MOBILE));
    assert_eq!(said(refused), "you cannot register yourself here");
}
