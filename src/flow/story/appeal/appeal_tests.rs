//! Appeals in a small world, with a clock that is moved by hand.

use super::*;
use crate::config::CaptchaMode;
use crate::domain::appeal::{Form, Kind, State, Statement};
use crate::domain::captcha::{self as picture, proof_of_work};
use crate::domain::entropy::SystemEntropy;
use crate::domain::{Reader, Role, User};
use crate::flow::foundation::world_tests::World;
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal};
use crate::store::StoreError;

fn statement(who: &str) -> Statement {
    let mut form = Form::new(Kind::Appeal);
    form.set("who", who);
    form.set("new_mobile", "+4915112345678");
    form.check(Reader::default()).ok().unwrap()
}

fn world(mode: CaptchaMode) -> World {
    let mut world = World::new();
    (world.settings.captcha.mode, world.settings.captcha.bits) = (mode, 8);
    world
}

fn stranger(world: &World) -> Env<'_> {
    let mut env = world.env();
    (env.actor.role, env.actor.owner) = (Role::Stranger, false);
    env
}

fn passed(env: &Env<'_>) -> Passed {
    match Gate::approach(env).unwrap() {
        Ok(passed) => passed,
        Err(mut gate) => gate.work(env).unwrap(),
    }
}

fn submitted(env: &Env<'_>, who: &str) -> AppealView {
    submit(env, passed(env), &statement(who), None).unwrap()
}

fn said<T>(result: Result<T, FlowError>) -> String {
    result.err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn s2_strangers_pass_by_a_picture_once_or_by_work() {
    let world = world(CaptchaMode::Picture);
    let env = stranger(&world);
    let mut gate = Gate::approach(&env).unwrap().err().unwrap();
    gate.show(&env).unwrap();
    let wrong = gate.answer(&env, "??????");
    assert_eq!(said(wrong), "the answer to the CAPTCHA is wrong or too late");
    for _ in 1..10 {
        gate.show(&env).unwrap();
    }
    assert!(matches!(gate.show(&env), Err(FlowError::Refused(Refusal::CaptchaSpent))));
    let before = gate.view().challenge;
    assert!(
        gate.answer(&env, "no number").is_err() && gate.view().challenge != before,
        "a challenge is tried once"
    );
    let solution = proof_of_work::solve(&gate.view().challenge, 8).to_string();
    gate.answer(&env, &solution).unwrap();
    assert_eq!(world.last_event(), ("fpwdCaptchaPassed".to_owned(), "success".to_owned(), None));
    assert!(Gate::approach(&world.env()).unwrap().is_ok(), "operators are not asked");
}

#[test]
fn s2_a_picture_is_answered_in_time() {
    let world = world(CaptchaMode::Picture);
    let env = stranger(&world);
    let answered = |minutes: i64| {
        let mut gate = Gate::approach(&env).unwrap().err().unwrap();
        let answer = picture::answer(&SystemEntropy).unwrap();
        gate.show_this(&env, &answer).unwrap();
        world.wait(minutes);
        gate.answer(&env, &answer.to_lowercase()).is_ok()
    };
    assert_eq!([answered(4), answered(5)], [true, false]);
}

#[test]
fn k6_a_source_submits_so_many_in_a_day_and_operators_as_many_as_they_must() {
    let mut world = world(CaptchaMode::Off);
    world.settings.appeals.source_per_day = 2;
    let env = stranger(&world);
    submitted(&env, "acme");
    submitted(&env, "nobody");
    let third = submit(&env, passed(&env), &statement("acme"), None);
    assert_eq!(said(third), "too many appeals were submitted from here within a day");
    submitted(&world.env(), "acme");
    world.wait(24 * 60 + 1);
    submitted(&env, "acme");
}

#[test]
fn a_form_belongs_to_the_uid_that_began_it_and_ends_in_time() {
    let world = world(CaptchaMode::Off);
    let env = stranger(&world);
    let mut form = Form::new(Kind::Ticket);
    let kept = begin(&env, &passed(&env), &form).unwrap();
    form.set("materials.card", "1234");
    keep(&env, &kept.id, &form).unwrap();
    assert!(take_up(&env, &passed(&env), &kept.id).is_ok_and(|(_, back)| back == form));
    let mut other = stranger(&world);
    other.actor.uid += 1;
    let gone = "there is no such form here: it was sent, is over, or was begun elsewhere";
    assert_eq!(said(take_up(&other, &passed(&other), &kept.id).map(|_| ())), gone);
    assert_eq!(said(keep(&other, &kept.id, &form)), gone);
    assert_eq!(said(submit(&other, passed(&other), &statement("acme"), Some(&kept.id))), gone);
    world.wait(7 * 24 * 60);
    assert_eq!(said(take_up(&env, &passed(&env), &kept.id).map(|_| ())), gone);
    for _ in 0..10 {
        begin(&env, &passed(&env), &form).unwrap();
    }
    assert_eq!(said(begin(&env, &passed(&env), &form)), "too many forms from here wait to be sent");
}

#[test]
fn k5_a_clock_that_goes_back_ends_what_was_approved_and_not_what_waits() {
    let world = world(CaptchaMode::Off);
    let env = world.env();
    world.with(|tx| {
        let acme = tx.account_by_key("acme")?.ok_or(StoreError::ReadOnly)?;
        let root = User::newborn("usr_root".to_owned(), &acme, "acme".to_owned(), true, acme.created_at);
        tx.insert_user(&root, "", "")
    });
    let waiting = submitted(&env, "nobody");
    let denied = submitted(&env, "acme");
    let yes = Confirmed::by(true).unwrap();
    Deny::plan(&env, &denied.serial).unwrap().commit(&env, yes).unwrap();
    let approved = submitted(&env, "acme");
    Approve::plan(&env, &approved.serial, false).unwrap().commit(&env, yes).unwrap();
    world.wait(-30);
    let state = |serial: &str| show(&env, serial).unwrap().state;
    let states = [&waiting, &denied, &approved].map(|view| state(&view.serial));
    assert_eq!(states, [State::Submitted, State::Denied, State::Expired]);
    world.wait(30);
    assert_eq!(state(&approved.serial), State::Expired);
}
