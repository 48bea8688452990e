//! The conversation of a reset: the very steps of the step-by-step commands, in the order the request asks for.

use super::super::env::Env;
use super::super::error::{Denial, FlowError};
use super::super::refusal::Refusal;
use super::captcha::{answer_captcha, show_captcha};
use super::password::{rule, set_password};
use super::questions::{CaptchaAnswer, CodeAnswer, Questions, Tale};
use super::second::second;
use super::send::send;
use super::verify::verify;
use super::view::RequestView;
use crate::domain::address::{Address, Channel};
use crate::domain::captcha::work;
use crate::domain::request::{Method, State};

/// Asks whatever the request still needs, until it is done. What was typed wrong is asked again; what cannot go
/// on (expired, cancelled) is an error.
pub fn walk<Q: Questions>(env: &Env<'_>, view: RequestView, questions: &Q) -> Result<RequestView, Q::Error> {
    if view.state.live() {
        questions.tell(&Tale::Open(&view));
    }
    let mut view = view;
    let mut chosen: Option<(Method, Option<Address>)> = None;
    let mut second_told = false;
    loop {
        view = match view.state {
            State::Captcha => captcha(env, &view, questions)?,
            State::Method => {
                chosen = Some(choose(&view, questions)?);
                sent(env, &view, chosen.as_ref(), questions)?
            }
            State::Code => match code(env, &view, questions)? {
                Step::On(view) => view,
                Step::Again if chosen.is_some() => sent(env, &view, chosen.as_ref(), questions)?,
                Step::Again | Step::Other => {
                    chosen = Some(choose(&view, questions)?);
                    sent(env, &view, chosen.as_ref(), questions)?
                }
            },
            State::Second => {
                if !std::mem::replace(&mut second_told, true) {
                    questions.tell(&Tale::Second);
                }
                authenticator(env, &view, questions)?
            }
            State::Password => password(env, &view, questions)?,
            State::Done => {
                questions.tell(&Tale::Done);
                return Ok(view);
            }
            State::Expired | State::Cancelled => {
                return Err(FlowError::from(Refusal::RequestGone).into());
            }
        };
    }
}

fn captcha<Q: Questions>(env: &Env<'_>, view: &RequestView, questions: &Q) -> Result<RequestView, Q::Error> {
    let Some(captcha) = &view.captcha else { return Err(FlowError::from(Refusal::RequestGone).into()) };
    let picture = if captcha.picture { Some(show_captcha(env, &view.id)?.1) } else { None };
    let answer = match questions.captcha(captcha, picture.as_ref())? {
        CaptchaAnswer::Another => return Ok(view.clone()),
        CaptchaAnswer::Typed(text) => text,
        CaptchaAnswer::Work => work::solve(&captcha.challenge, captcha.bits).to_string(),
    };
    match answer_captcha(env, &view.id, &answer) {
        Err(FlowError::Denied(denial @ Denial::Captcha)) => {
            questions.tell(&Tale::Denied(&denial));
            // The challenge was replaced.
            Ok(super::view::show(env, &view.id)?)
        }
        other => Ok(other?),
    }
}

fn choose<Q: Questions>(view: &RequestView, questions: &Q) -> Result<(Method, Option<Address>), Q::Error> {
    let method = questions.method(&view.methods)?;
    let address = match method {
        Method::Email => Some(questions.address(Channel::Email)?),
        Method::Mobile => Some(questions.address(Channel::Mobile)?),
        Method::Account => None,
    };
    Ok((method, address))
}

fn sent<Q: Questions>(
    env: &Env<'_>,
    view: &RequestView,
    chosen: Option<&(Method, Option<Address>)>,
    questions: &Q,
) -> Result<RequestView, Q::Error> {
    let Some((method, address)) = chosen else { return Ok(view.clone()) };
    match send(env, &view.id, *method, address.as_ref()) {
        Ok(view) => {
            questions.tell(&Tale::Sent(*method));
            Ok(view)
        }
        Err(FlowError::Refused(refusal @ (Refusal::TooSoon { .. } | Refusal::MethodOff))) => {
            questions.tell(&Tale::Refused(&refusal));
            Ok(view.clone())
        }
        Err(other) => Err(other.into()),
    }
}

/// What an answer to the question for the code leads to.
enum Step {
    On(RequestView),
    Again,
    Other,
}

fn code<Q: Questions>(env: &Env<'_>, view: &RequestView, questions: &Q) -> Result<Step, Q::Error> {
    let digits = match questions.code(env.settings.codes.length)? {
        CodeAnswer::Again => return Ok(Step::Again),
        CodeAnswer::OtherMethod => return Ok(Step::Other),
        CodeAnswer::Digits(digits) => digits,
    };
    match verify(env, &view.id, &digits) {
        Ok(view) => Ok(Step::On(view)),
        Err(FlowError::Denied(denial @ Denial::Code { .. })) => {
            questions.tell(&Tale::Denied(&denial));
            Ok(Step::On(view.clone()))
        }
        Err(FlowError::Refused(refusal @ Refusal::CodeSpent)) => {
            questions.tell(&Tale::Refused(&refusal));
            Ok(Step::On(view.clone()))
        }
        Err(other) => Err(other.into()),
    }
}

fn authenticator<Q: Questions>(
    env: &Env<'_>,
    view: &RequestView,
    questions: &Q,
) -> Result<RequestView, Q::Error> {
    match second(env, &view.id, &questions.totp()?) {
        Err(FlowError::Denied(denial @ Denial::Totp(_))) => {
            questions.tell(&Tale::Denied(&denial));
            Ok(view.clone())
        }
        other => Ok(other?),
    }
}

fn password<Q: Questions>(env: &Env<'_>, view: &RequestView, questions: &Q) -> Result<RequestView, Q::Error> {
    let password = questions.new_password(&rule(env, &view.id)?)?;
    match set_password(env, &view.id, &password) {
        Err(FlowError::Refused(
            refusal @ (Refusal::WeakPassword(_) | Refusal::ReusedPassword | Refusal::Unusable(_)),
        )) => {
            questions.tell(&Tale::Refused(&refusal));
            Ok(view.clone())
        }
        other => Ok(other?),
    }
}
