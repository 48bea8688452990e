//! Entering the code.

use crate::domain::event::Detail;
use crate::domain::request::{Request, State};
use crate::domain::{Action, Fact, NewEvent, Secret, User};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, Transaction};
use crate::flow::proofs::codes;
use crate::flow::proofs::guesses;
use crate::flow::story::request::Need;
use crate::flow::story::request::{self, AtStep, RequestView};

/// Judges the digits of a code. A right one opens the last step, or the one for another proof where one is needed;
/// there, a code to another contact opens the last step. Nothing about the person changes (security S3).
pub fn verify(env: &Env<'_>, id: &str, digits: &Secret) -> Result<RequestView, FlowError> {
    let tried = codes::take_try(env, Action::VerifyCodeFailed, |tx| {
        let AtStep { request, user, target } = at_code(tx, id)?;
        Ok((target, codes::try_of_request(tx, &request, user.as_ref())?))
    })?;
    env.write(|tx| {
        tried.conclude(tx.store, tx.now)?;
        let AtStep { mut request, user, target } = at_code(tx, id)?;
        let mut wrong = NewEvent::failure(Action::VerifyCodeFailed, target.clone(), "wrong_code");
        if let Some(address) = request.address() {
            wrong = wrong.with(Detail::From, Fact::Id(address.to_string()));
        }
        tried.accept(tx, digits, wrong)?;
        let need = still_needed(tx, &request, user.as_ref())?;
        let from = request.state;
        request.state = if need == Need::Nothing { State::Password } else { State::Second };
        tx.store.advance_request(id, &[from], request.state)?;
        if let (State::Password, Some(user)) = (request.state, &user) {
            guesses::proved_otherwise(env, tx.store, user)?;
        }
        let mut event = NewEvent::success(Action::VerifyCodePassed, target);
        if need != Need::Nothing {
            event = event.with(Detail::Needs, Fact::Word(need.word()));
        }
        event.append(tx)?;
        Ok(request::proving(tx, &request, user.as_ref())?)
    })
}

/// The request, if a code can be entered now.
fn at_code(tx: &mut Transaction<'_>, id: &str) -> Result<AtStep, Stop> {
    let AtStep { request, user, target } = request::at_step(tx, id, &[State::Code, State::Second])?;
    if request.state == State::Second && user.as_ref().is_none_or(|user| user.mfa) {
        // An authenticator is not done without for a code.
        let refusal = Refusal::WrongStep { next: request.state.next_step() };
        return tx.refuse(Action::ResetFailed, target, refusal);
    }
    Ok(AtStep { request, user, target })
}

/// What is needed besides this code. Only whoever has a right code gets to know that there is more to prove
/// (security E1, S6).
fn still_needed(tx: &mut Transaction<'_>, request: &Request, user: Option<&User>) -> Result<Need, FlowError> {
    match user {
        Some(user) if request.state == State::Code => request::need(tx, request, user),
        // The second code was the other proof; and whoever registers proves a number, and nothing else.
        _ => Ok(Need::Nothing),
    }
}
