//! The code of an authenticator, where a proof turns out to need one.

use super::context::Context;
use super::failure::Failure;
use crate::domain::mfa::{self, Fault};
use crate::domain::secret::Secret;
use crate::flow::{Denial, FlowError};

/// What would have answered.
pub(in crate::cli) const OPTION: &str = "--totp-stdin";
pub(in crate::cli) const PROMPT: &str = "Code of your authenticator";

/// Runs `attempt` with the code that was given; where one is needed and was not given, asks for it, and again
/// after a wrong one.
pub(in crate::cli) fn with<T>(
    context: &Context<'_>,
    given: Option<&Secret>,
    mut attempt: impl FnMut(Option<&Secret>) -> Result<T, FlowError>,
) -> Result<T, Failure> {
    let mut asked = false;
    let mut totp = given.map(well_formed).transpose()?;
    loop {
        match attempt(totp.as_ref()) {
            Err(FlowError::Denied(Denial::Totp(Fault::Missing))) => {}
            Err(FlowError::Denied(denial @ Denial::Totp(fault))) if asked && fault != Fault::Spent => {
                let failure = Failure::from(FlowError::from(denial));
                context.printer.tell(&format!("Not accepted: {failure}."));
                for hint in failure.hints() {
                    context.printer.tell(&format!("  {hint}"));
                }
            }
            other => return Ok(other?),
        }
        asked = true;
        let typed = context.prompts().ask_totp(PROMPT);
        totp = Some(typed.map_err(|error| Failure::unanswered(error, OPTION))?);
    }
}

/// The digits of a line; one that can be no code is a slip, and costs no try.
pub(in crate::cli) fn well_formed(typed: &Secret) -> Result<Secret, Failure> {
    mfa::parse(typed.expose()).map_err(|error| Failure::usage(error.to_string()))
}
