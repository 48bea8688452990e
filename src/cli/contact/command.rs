//! The subcommands of `regain contact`.

use clap::Subcommand;

use super::{bind, change, list, unbind, verify};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;

/// Manage the email addresses and mobile numbers that receive codes.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    /// Bind an email address or mobile number; once confirmed, it replaces the old one
    Bind(bind::Bind),
    Verify(verify::Verify),
    /// List the contacts of a user, masked
    List(list::List),
    /// Remove a contact of one or more users
    Unbind(unbind::Unbind),
    Change(change::Change),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let mut session = match &command {
        Command::Bind(_) | Command::Unbind(_) => context.open_for(Task::ManageContacts)?,
        Command::Verify(_) | Command::List(_) | Command::Change(_) => context.open()?,
    };
    match command {
        Command::Bind(arguments) => bind::run(&arguments, &mut session),
        Command::Verify(arguments) => verify::run(&arguments, &mut session),
        Command::List(arguments) => list::run(&arguments, &session),
        Command::Unbind(arguments) => unbind::run(&arguments, &mut session),
        Command::Change(arguments) => change::run(&arguments, &session),
    }
}
