//! The second proof by the code of an authenticator, where one is bound (security S6). One by a code to another
//! contact is `send` and `verify`.

use jiff::Timestamp;

use crate::domain::attempt::Kind;
use crate::domain::event::Detail;
use crate::domain::request::State;
use crate::domain::{Action, Fact, NewEvent, Secret, User};
use crate::flow::foundation::counted::{self, TotpUse};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, Stop, Transaction};
use crate::flow::proofs::attempts::{self, Trial};
use crate::flow::proofs::totp;
use crate::flow::story::request::{self, AtStep, RequestView};

/// Wrong second proofs of one request.
const TRIES: &str = "second";

/// Judges the code of the person's authenticator, after the code that was sent. It has as many tries as that one;
/// then the request ends.
pub fn second(env: &Env<'_>, id: &str, totp: &Secret) -> Result<RequestView, FlowError> {
    let tries = u64::from(env.settings.codes.tries);
    let spent = env.write(|tx| {
        let (AtStep { target, .. }, user) = at_authenticator(tx, id)?;
        if tx.store.spent(TRIES, id.as_bytes(), Timestamp::MIN)? >= tries {
            tx.store.advance_request(id, &[State::Second], State::Cancelled)?;
            return tx.refuse(Action::VerifyCodeFailed, target, Refusal::SecondSpent);
        }
        tx.store.spend(TRIES, id.as_bytes(), tx.now)?;
        let counted = counted::totp(env, TotpUse::Recovery, &user.id);
        let trial = Trial::new(Kind::Totp, "reset", &user.id, &env.actor.source);
        Ok(attempts::spend(tx, &Trial { counted: &counted, ..trial })?)
    })?;
    env.write(|tx| {
        spent.conclude(tx.store, tx.now)?;
        let (AtStep { mut request, target, .. }, user) = at_authenticator(tx, id)?;
        let Err(fault) = totp::check(tx, &user, Some(totp), TotpUse::Recovery)? else {
            tx.store.advance_request(id, &[State::Second], State::Password)?;
            request.state = State::Password;
            NewEvent::success(Action::VerifyCodePassed, target).with("by", Fact::Word("totp")).append(tx)?;
            return Ok(request::view_of(env, &request));
        };
        let left = tries.saturating_sub(tx.store.spent(TRIES, id.as_bytes(), Timestamp::MIN)?);
        NewEvent::failure(Action::VerifyCodeFailed, target, fault.as_str())
            .with("by", Fact::Word("totp"))
            .with(Detail::TriesLeft, Fact::Count(left))
            .append(tx)?;
        if left > 0 {
            return Err(Stop::keep(Denial::second_totp(fault, left)));
        }
        tx.store.advance_request(id, &[State::Second], State::Cancelled)?;
        Err(Stop::keep(Refusal::SecondSpent))
    })
}

/// The request and its person, if the code of an authenticator is asked for now.
fn at_authenticator(tx: &mut Transaction<'_>, id: &str) -> Result<(AtStep, User), Stop> {
    let at_step = request::at_step(tx, id, &[State::Second])?;
    if let Some(user) = at_step.user.clone().filter(|user| user.mfa) {
        return Ok((at_step, user));
    }
    let refusal = if at_step.user.as_ref().is_some_and(User::is_unified_id) {
        Refusal::WrongStep { next: "have a code sent to another contact" }
    } else {
        // Taken away in the meantime: what else would be proven is not for this step to say.
        Refusal::RequestGone
    };
    tx.refuse(Action::VerifyCodeFailed, at_step.target, refusal)
}
