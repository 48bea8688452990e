//! The last step: the new password.

use crate::domain::event::Detail;
use crate::domain::message::Change;
use crate::domain::request::{Purpose, State};
use crate::domain::{Action, Fact, NewEvent, Secret, User};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, audit};
use crate::flow::proofs::credentials::{self, Installation};
use crate::flow::story::appeal;
use crate::flow::story::register::{self, Newcomer};
use crate::flow::story::request::{self, AtStep, RequestView};

/// What the new password must be, in a line. Nobody hears it before the right code, so it tells nothing of who has an
/// account.
pub fn rule(env: &Env<'_>, id: &str) -> Result<String, FlowError> {
    match proven(env, id)? {
        Proven::Person(user) => credentials::rule(env, &user),
        Proven::Newcomer(newcomer) => credentials::rule(env, &newcomer.identity(env)?.1),
    }
}

/// Who has proved who they are and now chooses a password.
enum Proven {
    Person(Box<User>),
    /// Somebody who registers.
    Newcomer(Newcomer),
}

fn proven(env: &Env<'_>, id: &str) -> Result<Proven, FlowError> {
    env.write(|tx| {
        let AtStep { request, user, target } = request::at_step(tx, id, &[State::Password])?;
        if request.purpose == Purpose::Register {
            return register::newcomer(tx, &request, target).map(Proven::Newcomer);
        }
        // Nobody gets here without a right code, and no decoy has one.
        let user = user.ok_or_else(|| Stop::keep(Refusal::RequestGone))?;
        Ok(Proven::Person(Box::new(user)))
    })
}

/// A first look at a new password, before it is typed again.
pub fn look_at(env: &Env<'_>, id: &str, typed: &Secret) -> Result<(), FlowError> {
    let (user, recorded_as) = match proven(env, id)? {
        Proven::Person(user) => {
            let target = audit::target(&user);
            (*user, (Action::ResetFailed, target))
        }
        Proven::Newcomer(newcomer) => (newcomer.identity(env)?.1, register::refusals(env, id)),
    };
    credentials::prepare(env, &user, typed, recorded_as).map(drop)
}

/// Sets the new password of whoever has proved who they are. A weak one is refused and the request stays open;
/// success ends everything else that was open for this person (security S7).
pub fn set_password(env: &Env<'_>, id: &str, typed: &Secret) -> Result<RequestView, FlowError> {
    let user = match proven(env, id)? {
        Proven::Person(user) => *user,
        Proven::Newcomer(newcomer) => return register::finish(env, id, &newcomer, typed),
    };
    let hash = credentials::prepare(env, &user, typed, (Action::ResetFailed, audit::target(&user)))?;
    env.write_and_send(|tx| {
        // Reads the person again: disabled, or reset by another in the meantime, the door is shut.
        let same = |person: &User| {
            person.enabled()
                && person.disowned.is_none()
                && person.credential.epoch == user.credential.epoch
                && person.mfa == user.mfa
        };
        let (mut request, now_user) = match request::at_step(tx, id, &[State::Password])? {
            AtStep { request, user: Some(person), .. } if same(&person) => (request, person),
            _ => return request::gone(tx, id),
        };
        // It may have ended since the request began; expiry is exact (security K5).
        if let Some(serial) = &request.appeal
            && appeal::opening(tx.store, tx.now, serial, Some(&now_user))?.is_none()
        {
            let target = audit::target(&now_user);
            return tx.refuse(Action::ResetFailed, target, Refusal::AppealUnusable);
        }
        if !tx.store.advance_request(id, &[State::Password], State::Done)? {
            return request::gone(tx, id);
        }
        let own = Installation::own(Change::PasswordReset);
        let how = Installation { unlock: true, except_request: Some(id), ..own };
        credentials::install(tx, &now_user, hash.clone(), &how)?;
        for serial in tx.store.use_appeals(&now_user.id)? {
            let event = NewEvent::success(Action::AppealUsed, audit::target(&now_user));
            event.with(Detail::Serial, Fact::Id(serial)).append(tx)?;
        }
        NewEvent::success(Action::ResetSuccess, audit::target(&now_user)).append(tx)?;
        request.state = State::Done;
        Ok(request::view_of(env, &request))
    })
}
