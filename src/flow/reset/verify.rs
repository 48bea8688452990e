//! Entering the code.

use super::super::codes::{self, Checked};
use super::super::env::Env;
use super::super::error::{Denial, FlowError};
use super::super::events;
use super::super::refusal::Refusal;
use super::view::{self, AtStep, RequestView};
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::request::State;
use crate::domain::secret::Secret;

/// Judges the digits of a code. A right one opens the last step, or the one for
/// the authenticator where one is bound; nothing about the person changes (security S3).
pub fn verify(env: &Env<'_>, id: &str, digits: &Secret) -> Result<RequestView, FlowError> {
    env.write(|tx, now| {
        let AtStep { mut request, user, target } = match view::at_step(env, tx, now, id, &[State::Code])? {
            Ok(at_step) => at_step,
            Err(refused) => return Ok(Err(refused)),
        };
        match codes::check_of_request(env, tx, now, &request, user.as_ref(), digits)? {
            Checked::Right => {
                // Only whoever has a right code gets to know that there is more to prove (security E1, S6).
                let second = user.as_ref().is_some_and(|user| user.mfa);
                request.state = if second { State::Second } else { State::Password };
                tx.advance_request(id, &[State::Code], request.state)?;
                events::append(env, tx, now, &NewEvent::success(Action::VerifyCodePassed, target))?;
                Ok(Ok(view::of(env, &request)))
            }
            Checked::Wrong { tries_left } => {
                let event = NewEvent::failure(Action::VerifyCodeFailed, target, "wrong_code")
                    .with("tries_left", Fact::Count(u64::from(tries_left)));
                events::append(env, tx, now, &event)?;
                Ok(Err(Denial::Code { tries_left }.into()))
            }
            Checked::Spent => env.refuse(tx, now, Action::VerifyCodeFailed, target, Refusal::CodeSpent),
        }
    })
}
