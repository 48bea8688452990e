//! The way from a failed sign-in to a reset.

use super::super::context::Session;
use super::super::exit::Exit;
use super::super::failure::Failure;
use crate::domain::who::Who;

/// Somebody who could not sign in said yes to a reset. Nobody is looked up: strangers are led the same way.
pub(in crate::cli) fn offer(session: &Session<'_>, who: &Who) -> Result<(), Failure> {
    session.context.printer.hint(&format!("run `regain password reset {who}`"));
    Err(Failure::Silent(Exit::Denied))
}
