//! Binding: two codes in a row show that the authenticator has the secret, and that its clock is right.

use crate::domain::attempt::Kind;
use crate::domain::message::Change;
use crate::domain::mfa::step;
use crate::domain::request::State;
use crate::domain::{Action, NewEvent, Secret, User};
use crate::flow::foundation::{Denial, Env, FlowError, Missing, Refusal, Stop, audit, people};
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
    let purpose = Action::BindMfa.as_str();
    let trial = Trial::new(Kind::Totp, purpose, &authority.user().id, &env.actor.source);
    let spent = attempts::spend_alone(env, &trial)?;
    env.write_and_send(|tx| {
        spent.conclude(tx.store, tx.now)?;
        let user = authority.still(tx)?;
        let target = audit::target(&user);
        let stored = tx.store.mfa(&user.id)?.ok_or_else(|| Stop::keep(Missing::Mfa(user.path())))?;
        if stored.bound_at.is_some() {
            return tx.refuse(Action::BindMfa, target, Refusal::MfaBound(user.path()));
        }
        let step = match unseal(env, &stored)?.judge_pair(first, second, step(tx.now)) {
            Ok(step) => step,
            Err(fault) => {
                NewEvent::failure(Action::BindMfa, target, fault.as_str()).append(tx)?;
                return Err(Stop::keep(Denial::totp(fault)));
            }
        };
        if !tx.store.bind_mfa(&user.id, tx.now, step)? {
            return tx.refuse(Action::BindMfa, target, Refusal::ChangedMeanwhile(user.path()));
        }
        forget_guesses(env, tx.store, &user)?;
        tx.store.end_requests(&user.id, State::Cancelled, None)?;
        notices::notify(tx, &user, Change::MfaBound)?;
        NewEvent::success(Action::BindMfa, target).append(tx)?;
        let bound = people::reload(tx.store, &user)?;
        authority.carry(tx, &bound)?;
        Ok(bound)
    })
}
