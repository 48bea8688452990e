//! Entering the code.

use jiff::Timestamp;

use crate::domain::event::{Action, Detail, Fact, NewEvent};
use crate::domain::request::{Request, State};
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, Stop, audit};
use crate::flow::proofs::codes::{self, Checked};
use crate::flow::proofs::guesses;
use crate::flow::story::request::Need;
use crate::flow::story::request::{self, AtStep, RequestView};
use crate::store::Tx;

/// Judges the digits of a code. A right one opens the last step, or the one for another proof where one is needed;
/// there, a code to another contact opens the last step. Nothing about the person changes (security S3).
pub fn verify(env: &Env<'_>, id: &str, digits: &Secret) -> Result<RequestView, FlowError> {
    let tried = codes::take_try(env, Action::VerifyCodeFailed, |tx, now| {
        let AtStep { request, user, target } = at_code(env, tx, now, id)?;
        Ok((target, codes::try_of_request(env, tx, now, &request, user.as_ref())?))
    })?;
    env.write(|tx, now| {
        tried.conclude(tx, now)?;
        let AtStep { mut request, user, target } = at_code(env, tx, now, id)?;
        match tried.judge(env, tx, now, digits)? {
            Checked::Right => {
                let need = still_needed(env, tx, now, &request, user.as_ref())?;
                let from = request.state;
                request.state = if need == Need::Nothing { State::Password } else { State::Second };
                tx.advance_request(id, &[from], request.state)?;
                if let (State::Password, Some(user)) = (request.state, &user) {
                    guesses::proved_otherwise(env, tx, user)?;
                }
                let mut event = NewEvent::success(Action::VerifyCodePassed, target);
                if need != Need::Nothing {
                    event = event.with(Detail::Needs, Fact::Word(need.word()));
                }
                audit::append(env, tx, now, &event)?;
                Ok(request::proving(env, tx, now, &request, user.as_ref())?)
            }
            Checked::Wrong { tries_left } => {
                let event = NewEvent::failure(Action::VerifyCodeFailed, target, "wrong_code")
                    .with(Detail::TriesLeft, Fact::Count(u64::from(tries_left)));
                let event = match request.address() {
                    Some(address) => event.with(Detail::From, Fact::Id(address.to_string())),
                    None => event,
                };
                audit::append(env, tx, now, &event)?;
                Err(Stop::keep(Denial::Code { tries_left }))
            }
            Checked::Spent => env.refuse(tx, now, Action::VerifyCodeFailed, target, Refusal::CodeSpent),
        }
    })
}

/// The request, if a code can be entered now.
fn at_code(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, id: &str) -> Result<AtStep, Stop> {
    let AtStep { request, user, target } = request::at_step(env, tx, now, id, &[State::Code, State::Second])?;
    if request.state == State::Second && user.as_ref().is_none_or(|user| user.mfa) {
        // An authenticator is not done without for a code.
        let refusal = Refusal::WrongStep { next: request.state.next_step() };
        return env.refuse(tx, now, Action::ResetFailed, target, refusal);
    }
    Ok(AtStep { request, user, target })
}

/// What is needed besides this code. Only whoever has a right code gets to know that there is more to prove
/// (security E1, S6).
fn still_needed(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    request: &Request,
    user: Option<&User>,
) -> Result<Need, FlowError> {
    match user {
        Some(user) if request.state == State::Code => request::need(env, tx, now, request, user),
        // The second code was the other proof; and whoever registers proves a number, and nothing else.
        _ => Ok(Need::Nothing),
    }
}
