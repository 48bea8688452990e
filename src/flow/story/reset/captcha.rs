//! The CAPTCHA of a request: a picture, or a proof of work (security S2).

use super::start;
use crate::config::CaptchaMode;
use crate::domain::attempt::Kind;
use crate::domain::captcha::{self as picture, Bitmap, proof_of_work};
use crate::domain::entropy::EntropyError;
use crate::domain::request::{Request, State};
use crate::domain::{Action, Fact, NewEvent};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, Stop};
use crate::flow::proofs::attempts::{self, Trial};
use crate::flow::story::request::{self, AtStep, RequestView};

/// Makes a new picture for a request and counts the showing. The one before it can no longer be answered.
pub fn show_captcha(env: &Env<'_>, id: &str) -> Result<(RequestView, Bitmap), FlowError> {
    let answer = picture::answer(env.entropy)?;
    let bitmap = picture::draw(&answer, env.entropy).map_err(|_| EntropyError)?;
    let view = env.write(|tx| {
        let AtStep { request, target, .. } = request::at_step(tx, id, &[State::Captcha])?;
        let shown = request::shown(env, id, &answer, tx.now);
        if env.settings.captcha.mode != CaptchaMode::Picture || !tx.store.show_captcha(id, &shown)? {
            return tx.refuse(Action::CaptchaShown, target, Refusal::CaptchaSpent);
        }
        NewEvent::success(Action::CaptchaShown, target).append(tx)?;
        Ok(request::view_of(env, &request))
    })?;
    Ok((view, bitmap))
}

/// Judges an answer: the characters of the picture, or the number of the proof of work. A shown picture can
/// be answered once; a challenge is replaced as soon as a number for it is tried.
pub fn answer_captcha(env: &Env<'_>, id: &str, typed: &str) -> Result<RequestView, FlowError> {
    let typed = typed.trim();
    let next_challenge = proof_of_work::challenge(env.entropy)?;
    let (asked, shown, spent) = env.write(|tx| {
        let AtStep { request, .. } = request::at_step(tx, id, &[State::Captcha])?;
        let shown = tx.store.take_captcha(id)?.filter(|captcha| tx.now < captcha.expires_at);
        tx.store.set_challenge(id, Some(&next_challenge))?;
        let subject = attempts::stand_in(&request.subject);
        let trial = Trial::new(Kind::Captcha, "request", &subject, &request.source);
        let spent = attempts::spend(tx, &trial)?;
        Ok((request, shown, spent))
    })?;
    env.write(|tx| {
        spent.conclude(tx.store, tx.now)?;
        let AtStep { mut request, target, .. } = request::at_step(tx, id, &[State::Captcha])?;
        let solved = solved(env, &asked, typed);
        let seen = shown.as_ref().is_some_and(|captcha| request::is_answer(env, id, captcha, typed));
        if !solved && !seen {
            NewEvent::failure(Action::CaptchaFailed, target, "wrong_captcha").append(tx)?;
            return Err(Stop::keep(Denial::Captcha));
        }
        start::arrive(tx.store, tx.now, &request)?;
        tx.store.advance_request(id, &[State::Captcha], State::Method)?;
        tx.store.set_challenge(id, None)?;
        request.state = State::Method;
        NewEvent::success(Action::CaptchaPassed, target)
            .with("by", Fact::Word(if solved { "work" } else { "picture" }))
            .append(tx)?;
        Ok(request::view_of(env, &request))
    })
}

fn solved(env: &Env<'_>, request: &Request, typed: &str) -> bool {
    let bits = env.settings.captcha.bits;
    request.challenge.as_ref().is_some_and(|challenge| proof_of_work::check(challenge, bits, typed))
}
