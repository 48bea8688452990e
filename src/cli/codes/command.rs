//! The subcommands of `regain codes`.

use clap::Subcommand;

use super::{explain, list, resend, revoke};
use crate::cli::shared::{Context, Failure};

/// Verification codes: what was sent, to whom, what became of it. Never the codes themselves.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// List the latest codes, of one person or of all
    List(list::List),
    Explain(explain::Explain),
    /// Send a new code in place of one that did not arrive
    Resend(resend::Resend),
    Revoke(revoke::Revoke),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    match command {
        Command::List(arguments) => list::run(&arguments, &session),
        Command::Explain(arguments) => explain::run(&arguments, &session),
        Command::Resend(arguments) => resend::run(&arguments, &session),
        Command::Revoke(arguments) => revoke::run(&arguments, &session),
    }
}
