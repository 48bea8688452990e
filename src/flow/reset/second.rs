//! The second proof by the code of an authenticator, where one is bound (security S6). One by a code to another
//! contact is `send` and `verify`.

use jiff::Timestamp;

use super::super::env::Env;
use super::super::error::{Denial, FlowError};
use super::super::events;
use super::super::mfa::{self, Place};
use super::super::refusal::Refusal;
use super::view::{self, AtStep, RequestView};
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::request::State;
use crate::domain::secret::Secret;
use crate::domain::user::User;

/// Wrong second proofs of one request.
const TRIES: &str = "second";

/// Judges the code of the person's authenticator, after the code that was sent. It has as many tries as that one;
/// then the request ends.
pub fn second(env: &Env<'_>, id: &str, totp: &Secret) -> Result<RequestView, FlowError> {
    env.write(|tx, now| {
        let AtStep { mut request, user, target } = match view::at_step(env, tx, now, id, &[State::Second])? {
            Ok(at_step) => at_step,
            Err(refused) => return Ok(Err(refused)),
        };
        let unified = user.as_ref().is_some_and(User::is_unified_id);
        let Some(user) = user.filter(|user| user.mfa) else {
            let refusal = if unified {
                Refusal::WrongStep { next: "have a code sent to another contact" }
            } else {
                // Taken away in the meantime: what else would be proven is not for this step to say.
                Refusal::RequestGone
            };
            return env.refuse(tx, now, Action::VerifyCodeFailed, target, refusal);
        };
        let Err(fault) = mfa::check(env, tx, now, &user, Some(totp), Place::Recovery)? else {
            tx.advance_request(id, &[State::Second], State::Password)?;
            request.state = State::Password;
            let event = NewEvent::success(Action::VerifyCodePassed, target).with("by", Fact::Word("totp"));
            events::append(env, tx, now, &event)?;
            return Ok(Ok(view::of(env, &request)));
        };
        tx.spend(TRIES, id.as_bytes(), now)?;
        let left = u64::from(env.settings.codes.tries).saturating_sub(tx.spent(
            TRIES,
            id.as_bytes(),
            Timestamp::MIN,
        )?);
        let event = NewEvent::failure(Action::VerifyCodeFailed, target, fault.code())
            .with("by", Fact::Word("totp"))
            .with("tries_left", Fact::Count(left));
        events::append(env, tx, now, &event)?;
        if left > 0 {
            return Ok(Err(Denial::totp(fault).into()));
        }
        tx.advance_request(id, &[State::Second], State::Cancelled)?;
        Ok(Err(Refusal::SecondSpent.into()))
    })
}
