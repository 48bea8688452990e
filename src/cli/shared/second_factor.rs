//! The code of an authenticator, where a proof turns out to need one.

use super::context::Context;
use super::failure::Failure;
use crate::domain::Secret;
use crate::domain::mfa::{self, Fault};
use crate::flow::{Denial, FlowError};
use crate::ui::AUTHENTICATOR_HELP;

/// Asks for a code at the terminal; `?` tells `help`.
pub(in crate::cli) fn ask(context: &Context<'_>, prompt: &str, help: &[&str]) -> Result<Secret, Failure> {
    context.ask("--totp-stdin", |prompts| prompts.ask_totp(prompt, help))
}

/// Asks for the code of an authenticator that is bound.
pub(in crate::cli) fn ask_bound(context: &Context<'_>) -> Result<Secret, Failure> {
    ask(context, "Code of your authenticator", &AUTHENTICATOR_HELP)
}

/// Runs `attempt` with the code that was given; where one is needed and was not given, asks for it, and again
/// after a wrong one.
pub(in crate::cli) fn with<T>(
    context: &Context<'_>,
    given: Option<&Secret>,
    mut attempt: impl FnMut(Option<&Secret>) -> Result<T, FlowError>,
) -> Result<T, Failure> {
    let given = given.map(well_formed).transpose()?;
    match attempt(given.as_ref()) {
        Err(FlowError::Denied(Denial::Totp(Fault::Missing))) => {
            until_right(context, || ask_bound(context), |code| attempt(Some(code)))
        }
        other => Ok(other?),
    }
}

/// Runs `attempt` with what `ask` asked for, and again after a wrong code.
pub(in crate::cli) fn until_right<A, T>(
    context: &Context<'_>,
    ask: impl Fn() -> Result<A, Failure>,
    mut attempt: impl FnMut(&A) -> Result<T, FlowError>,
) -> Result<T, Failure> {
    loop {
        match attempt(&ask()?) {
            Err(FlowError::Denied(denial @ Denial::Totp(fault))) if fault != Fault::Spent => {
                let failure = Failure::from(FlowError::from(denial));
                context.printer.tell(&format!("Not accepted: {failure}."));
                for hint in failure.hints() {
                    context.printer.tell(&format!("  {hint}"));
                }
            }
            other => return Ok(other?),
        }
    }
}

/// The digits of a line; one that can be no code is a slip, and costs no try.
pub(in crate::cli) fn well_formed(typed: &Secret) -> Result<Secret, Failure> {
    mfa::parse(typed.expose()).map_err(|error| Failure::usage(error.to_string()))
}
