//! Asking for a new password until one is accepted.

use super::context::{Context, Session};
use super::failure::Failure;
use crate::domain::password::warm_up;
use crate::domain::secret::Secret;
use crate::flow::{Changed, FlowError, PasswordChange, Refusal};
use crate::ui::not_accepted;

/// Tells the rule, asks twice for a new password and hands it to `accept`; one that is refused is asked for again,
/// with the reason. `option` would have answered.
pub(in crate::cli) fn ask<T, E: Into<Failure>>(
    context: &Context<'_>,
    option: &'static str,
    rule: &str,
    mut accept: impl FnMut(&Secret) -> Result<T, E>,
) -> Result<T, Failure> {
    if context.prompts().are_possible() {
        context.printer.tell(rule);
    }
    loop {
        // A person types for longer than the dictionaries take to build.
        let building = std::thread::spawn(warm_up);
        let typed = context.prompts().ask_new_secret("New password", "New password again");
        // A failure to build is met again, and told, where the password is judged.
        let _ = building.join();
        let typed = typed.map_err(|error| Failure::unanswered(error, option))?;
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
    ask(session.context, "--password-stdin", &rule, |typed| change.finish(&env, typed))
}
