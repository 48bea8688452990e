//! The subcommands of `regain account`.

use clap::Subcommand;

use super::{change, create, register, show};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task::ManagePeople;
use crate::domain::account::Status;

/// Accounts and their root users.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Create(create::Create),
    Register(register::Register),
    /// List all accounts
    #[command(after_help = "Examples:\n  regain account list\n  regain account list -o csv")]
    List,
    /// Show one account
    #[command(after_help = "Examples:\n  regain account show acme\n  regain account show acme -o json")]
    Show(show::Named),
    /// Change its name or quota
    Update(change::Update),
    /// Let its users sign in again
    #[command(after_help = "Examples:\n  regain account enable acme")]
    Enable(show::Named),
    /// Keep everyone in it from signing in
    #[command(after_help = "Examples:\n  regain account disable acme --reason 'contract ended'")]
    Disable(show::Named),
    /// Delete a disabled account with everybody in it, for good
    ///
    /// It asks for the name of the account instead of a yes; --yes answers that, too.
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
