//! The subcommands of `regain config`.

use clap::Subcommand;

use super::{check, set, show};
use crate::cli::shared::{Context, Failure};

/// Show, check and change settings.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    /// Show every setting and where it comes from
    #[command(after_help = "Examples:\n  regain config show\n  regain config show -o json")]
    Show,
    /// Check the config or another file, and report every mistake
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
