//! The subcommands of `regain store`.

use clap::Subcommand;

use super::{backup, check, purge, restore, rotate_key};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;

/// The store itself.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Backup(backup::Backup),
    Restore(restore::Restore),
    /// Look for damage and for changes made without regain
    #[command(after_help = "Examples:\n  regain store check\n  regain store check -o json")]
    Check,
    /// Delete what ended long ago
    Purge(purge::Purge),
    /// Put a new key into the key file; the old ones stay
    #[command(after_help = "Examples:\n  regain store rotate-key")]
    RotateKey,
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Backup(arguments) => backup::run(&arguments, &context.open_for(Task::ManageStore)?),
        Command::Restore(arguments) => restore::run(&arguments, context),
        Command::Check => check::run(context),
        Command::Purge(arguments) => purge::run(&arguments, &context.open_for(Task::ManageStore)?),
        Command::RotateKey => rotate_key::run(&context.open_for(Task::ManageStore)?),
    }
}
