//! The subcommands of `regain config`.

use clap::Subcommand;

use super::{check, set, show};
use crate::cli::shared::{Context, Failure};

/// The settings.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Show every setting, and where it came from
    #[command(after_help = "Examples:\n  regain config show\n  regain config show -o json")]
    Show,
    /// Find every mistake in the config, or in another file
    Check(check::Check),
    Set(set::Set),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Show => show::run(context),
        Command::Set(arguments) => set::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
    }
}
