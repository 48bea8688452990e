//! The subcommands of `regain policy`.

use clap::Subcommand;

use super::{set, show};
use crate::cli::shared::{Context, Failure};

/// Show and change the security settings of an account.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    /// Show every setting with its value and range
    Show(show::Show),
    /// Change settings by name
    Set(set::Set),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Show(arguments) => show::run(&arguments, context),
        Command::Set(arguments) => set::run(&arguments, context),
    }
}
