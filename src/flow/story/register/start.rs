//! The first step of a registration, and another name for it.

use jiff::Timestamp;

use super::newcomer::{NAMES, NAMES_TRIED, Newcomer};
use crate::domain::captcha::proof_of_work;
use crate::domain::request::{Entered, LIVE_PER_SOURCE, Purpose, Request, State};
use crate::domain::{Action, Address, Name, Principal, id};
use crate::flow::foundation::{Env, FlowError, Refusal, audit, counted, suppressed};
use crate::flow::story::request::{self, RequestView};

/// Opens a request for a new unified ID of that name, with that number. Neither is looked up.
pub fn start(env: &Env<'_>, name: &Name, mobile: &Address) -> Result<RequestView, FlowError> {
    let target = audit::unknown(env.keys, &Principal::Account(name.clone()));
    if !env.settings.register.enabled {
        return env.turn_down(Action::RegisterRequested, target, Refusal::RegistrationOff);
    }
    if name.is_like_id() {
        return env.turn_down(Action::RegisterRequested, target, Refusal::NamedLikeId);
    }
    let id = id::new(env.entropy, "req")?;
    let challenge = proof_of_work::challenge(env.entropy)?;
    let registration = Newcomer { name: name.clone(), mobile: mobile.clone() }.seal(env, &id)?;
    env.write(|tx| {
        // Apart from what its holder is counted by: wrong codes here never keep anybody from a reset.
        let subject = counted::text(env, "register", mobile.key());
        let live = tx.store.live_requests(&subject, &env.actor.source, tx.now)?;
        if live.of_source >= LIVE_PER_SOURCE {
            let refusal = Refusal::TooManyRequests;
            return suppressed::refuse(tx, Action::RegisterRequested, target.clone(), refusal);
        }
        let channel = mobile.channel();
        let entered = Entered { channel, tag: counted::text(env, channel.as_str(), mobile.key()) };
        let request = request::new(tx, &id, Purpose::Register, subject, &challenge, &live);
        let request = Request { entered: Some(entered), ..request };
        let view = request::insert(tx, &request, Action::RegisterRequested, target.clone())?;
        tx.store.insert_registration(&registration)?;
        Ok(view)
    })
}

/// Another name in place of one that is taken. It is counted here, before it is looked up: whatever keeps the answer from
/// being written down, the try stays spent (security K11).
pub fn rename(env: &Env<'_>, id: &str, name: &Name) -> Result<RequestView, FlowError> {
    env.write(|tx| {
        let at_step = request::at_step(tx, id, &[State::Password])?;
        let Some(newcomer) = Newcomer::of(env, tx.store, &at_step.request)? else {
            return tx.refuse(Action::RegisterFailed, at_step.target, Refusal::RequestGone);
        };
        if name.is_like_id() {
            return tx.refuse(Action::RegisterFailed, at_step.target, Refusal::NamedLikeId);
        }
        if tx.store.spent(NAMES, id.as_bytes(), Timestamp::MIN)? + 1 >= NAMES_TRIED {
            tx.store.advance_request(id, &[State::Password], State::Cancelled)?;
            tx.store.delete_registration(id)?;
            return tx.refuse(Action::RegisterFailed, at_step.target, Refusal::NamesSpent);
        }
        tx.store.spend(NAMES, id.as_bytes(), tx.now)?;
        tx.store.delete_registration(id)?;
        tx.store.insert_registration(&Newcomer { name: name.clone(), ..newcomer }.seal(env, id)?)?;
        Ok(request::view_of(env, &at_step.request))
    })
}
