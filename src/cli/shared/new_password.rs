//! Asking for a new password until one is accepted.

use super::context::{Context, Session};
use super::failure::Failure;
use crate::domain::Secret;
use crate::flow::{Changed, FlowError, PasswordChange, Refusal};
use crate::ui::not_accepted;

/// Tells the rule, asks twice for a new password and hands it to `accept`; one that is refused is asked for again,
/// with the reason.
pub(in crate::cli) fn ask<T, E: Into<Failure>>(
    context: &Context<'_>,
    rule: &str,
    mut accept: impl FnMut(&Secret) -> Result<T, E>,
) -> Result<T, Failure> {
    if context.prompts().are_possible() {
        context.printer.tell(rule);
    }
    loop {
        let typed = context.ask_new_password()?;
        match accept(&typed).map_err(Into::into) {
            Err(Failure::Flow(FlowError::Refused(
                refusal @ (Refusal::WeakPassword(_) | Refusal::ReusedPassword | Refusal::Unusable(_)),
            ))) => not_accepted(&context.printer, &refusal),
            other => return other,
        }
    }
}

/// Asks for the password of a change, until it is one that may be set.
pub(in crate::cli) fn of_change(session: &Session<'_>, change: &PasswordChange) -> Result<Changed, Failure> {
    let env = session.oneself();
    let rule = change.rule(&env)?;
    ask(session.context, &rule, |typed| change.finish(&env, typed))
}
