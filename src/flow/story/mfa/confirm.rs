//! Binding: two codes in a row show that the authenticator has the secret, and that its clock is right.

use crate::domain::attempt::Kind;
use crate::domain::event::{Action, NewEvent};
use crate::domain::message::Change;
use crate::domain::mfa::step;
use crate::domain::request::State;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::flow::foundation::{Denial, Env, FlowError, Missing, Refusal, audit};
use crate::flow::messages::notices;
use crate::flow::proofs::attempts::{self, Trial};
use crate::flow::proofs::authority::Authority;
use crate::flow::proofs::totp::{forget_guesses, unseal};

/// Binds the enrolled authenticator; from here on it is asked for, the two codes are used, and every bound contact
/// is told. Requests to reset the password that are under way end: they did not ask for it.
pub fn confirm(
    env: &Env<'_>,
    authority: &Authority,
    first: &Secret,
    second: &Secret,
) -> Result<User, FlowError> {
    let (subject, source) = (&authority.user().id, env.actor.source.as_str());
    let trial = Trial { kind: Kind::Totp, purpose: Action::BindMfa.as_str(), subject, counted: &[], source };
    let spent = attempts::spend_alone(env, &trial)?;
    let user = env.write(|tx, now| {
        spent.conclude(tx, now)?;
        let user = match authority.still(env, tx, now)? {
            Ok(user) => user,
            Err(no) => return Ok(Err(no)),
        };
        let target = audit::target(&user);
        let Some(stored) = tx.mfa(&user.id)? else { return Ok(Err(Missing::Mfa(user.path()).into())) };
        if stored.bound_at.is_some() {
            return env.refuse(tx, now, Action::BindMfa, target, Refusal::MfaBound(user.path()));
        }
        let step = match unseal(env, &stored)?.judge_pair(first, second, step(now)) {
            Ok(step) => step,
            Err(fault) => {
                audit::append(env, tx, now, &NewEvent::failure(Action::BindMfa, target, fault.code()))?;
                return Ok(Err(Denial::totp(fault).into()));
            }
        };
        if !tx.bind_mfa(&user.id, now, step)? {
            return env.refuse(tx, now, Action::BindMfa, target, Refusal::ChangedMeanwhile(user.path()));
        }
        forget_guesses(env, tx, &user)?;
        tx.end_requests(&user.id, State::Cancelled, None)?;
        notices::notify(env, tx, now, &user, Change::MfaBound)?;
        audit::append(env, tx, now, &NewEvent::success(Action::BindMfa, target))?;
        let Some(bound) = tx.user_by_id(&user.id)? else {
            return Ok(Err(Missing::User(user.path()).into()));
        };
        authority.carry(env, tx, now, &bound)?;
        Ok(Ok(bound))
    })?;
    env.courier.wake();
    Ok(user)
}
