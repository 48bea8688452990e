//! The subcommands of `regain store`.

use clap::Subcommand;

use super::{backup, check, purge, restore, rotate_key};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;

/// Back up, restore, check and maintain the store.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Backup(backup::Backup),
    Restore(restore::Restore),
    /// Check for damage and for changes made without regain
    #[command(after_help = "Examples:\n  regain store check\n  regain store check -o json")]
    Check,
    /// Delete old data that is no longer needed
    Purge(purge::Purge),
    /// Add a new key to the key file and keep the old ones
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
