//! The subcommands of `regain account`.

use clap::Subcommand;

use super::{change, create, register, show};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task::ManagePeople;
use crate::domain::account::Status;

/// Manage accounts and their root users.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Create(create::Create),
    Register(register::Register),
    /// List all accounts
    #[command(after_help = "Examples:\n  regain account list\n  regain account list -o csv")]
    List,
    /// Show one account
    #[command(after_help = "Examples:\n  regain account show acme\n  regain account show acme -o json")]
    Show(show::Named),
    /// Change the name or user quota of an account
    Update(change::Update),
    /// Enable an account, so that its users can sign in again
    #[command(after_help = "Examples:\n  regain account enable acme")]
    Enable(show::Named),
    /// Disable an account, so that none of its users can sign in
    #[command(after_help = "Examples:\n  regain account disable acme --reason 'contract ended'")]
    Disable(show::Named),
    /// Delete a disabled account and all its users permanently
    ///
    /// You confirm by typing the name of the account; --yes skips that, too.
    #[command(
        after_help = "Examples:\n  regain account disable acme -y && regain account delete acme --reason 'contract ended'"
    )]
    Delete(show::Named),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Create(arguments) => create::run(&arguments, &context.open_for(ManagePeople)?),
        Command::Register(arguments) => register::run(&arguments, context),
        Command::List => show::list(&context.open()?),
        Command::Show(named) => show::show(&named, &context.open()?),
        Command::Update(arguments) => change::update(&arguments, &context.open_for(ManagePeople)?),
        Command::Enable(named) => {
            change::set_status(&named, &context.open_for(ManagePeople)?, Status::Enabled)
        }
        Command::Disable(named) => {
            change::set_status(&named, &context.open_for(ManagePeople)?, Status::Disabled)
        }
        Command::Delete(named) => change::delete(&named, &context.open_for(ManagePeople)?),
    }
}
