//! The subcommands of `regain mfa`.

use clap::Subcommand;

use super::{confirm, enrol, remove, status};
use crate::cli::shared::{Context, Failure};

/// Manage virtual MFA: authenticators that show a code (TOTP).
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Enrol(enrol::Enrol),
    Confirm(confirm::Confirm),
    Remove(remove::Remove),
    Status(status::Status),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let mut session = context.open()?;
    match command {
        Command::Enrol(arguments) => enrol::run(&arguments, &session),
        Command::Confirm(arguments) => confirm::run(&arguments, &mut session),
        Command::Remove(arguments) => remove::run(&arguments, &mut session),
        Command::Status(arguments) => status::run(&arguments, &session),
    }
}
