//! The subcommands.

use clap::Subcommand;

use super::calibrate;
use crate::cli::shared::{Context, Failure};

/// Find the cost of a password hash that suits this machine.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Calibrate(calibrate::Calibrate),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Calibrate(arguments) => calibrate::run(&arguments, context),
    }
}
