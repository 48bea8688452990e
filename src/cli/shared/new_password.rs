//! Asking for a new password until one is accepted.

use super::context::Context;
use super::failure::Failure;
use super::session::Session;
use crate::domain::Secret;
use crate::flow::{Changed, FlowError, PasswordChange};
use crate::ui::{is_of_password, not_accepted};

/// Tells the rule, asks for a new password, has `look_at` judge it before it is typed again, and hands it to `accept` with
/// what that made of it; one that is refused is asked for again, with the reason.
pub(in crate::cli) fn ask<L, T, E: Into<Failure>>(
    context: &Context<'_>,
    rule: &str,
    look_at: impl Fn(&Secret) -> Result<L, FlowError>,
    mut accept: impl FnMut(&Secret, L) -> Result<T, E>,
) -> Result<T, Failure> {
    if context.prompts().are_possible() {
        context.printer.tell(rule);
    }
    loop {
        let accepted = match context.ask_new_password(&look_at)? {
            Ok((typed, looked)) => accept(&typed, looked).map_err(Into::into),
            Err(refused) => Err(refused.into()),
        };
        match accepted {
            Err(Failure::Flow(FlowError::Refused(refusal))) if is_of_password(&refusal) => {
                not_accepted(&context.printer, &refusal);
            }
            other => return other,
        }
    }
}

/// Asks for the password of a change, until it is one that may be set.
pub(in crate::cli) fn of_change(session: &Session<'_>, change: &PasswordChange) -> Result<Changed, Failure> {
    let env = session.oneself();
    let rule = change.rule(&env)?;
    let look_at = |typed: &Secret| change.look_at(&env, typed);
    ask(session.context, &rule, look_at, |typed, ()| change.finish(&env, typed))
}
