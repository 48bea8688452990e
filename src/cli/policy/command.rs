//! The subcommands of `regain policy`.

use clap::Subcommand;

use super::{set, show};
use crate::cli::shared::{Context, Failure};

/// The security settings of an account.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Show every field with its value and range
    Show(show::Show),
    /// Change fields, by name
    Set(set::Set),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Show(arguments) => show::run(&arguments, context),
        Command::Set(arguments) => set::run(&arguments, context),
    }
}
