//! The subcommands of `regain codes`.

use clap::Subcommand;

use super::{explain, list, resend, revoke};
use crate::cli::shared::{Context, Failure};

/// Inspect, resend and revoke verification codes and setup tokens, without showing the secrets.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    List(list::List),
    Explain(explain::Explain),
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
