//! The subcommands of `regain support`.

use clap::Subcommand;

use super::{challenge, confirm};
use crate::cli::shared::{Context, Failure};

/// Verify callers on the phone with a code that they read out.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Challenge(challenge::Challenge),
    Confirm(confirm::Confirm),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    match command {
        Command::Challenge(arguments) => challenge::run(&arguments, &session),
        Command::Confirm(arguments) => confirm::run(&arguments, &session),
    }
}
