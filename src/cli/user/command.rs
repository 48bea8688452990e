//! The subcommands.

use clap::Subcommand;

use super::{change, create, diagnose, show};
use crate::cli::shared::{Context, Failure};

/// IAM users.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    Create(create::Create),
    List(show::List),
    Find(show::Find),
    Show(show::Show),
    Diagnose(diagnose::Diagnose),
    Readiness(diagnose::Readiness),
    Update(change::Update),
    Enable(change::Enable),
    Disable(change::Disable),
    Revoke(change::Revoke),
    Delete(change::Delete),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let mut session = context.open()?;
    match command {
        Command::Create(arguments) => create::run(&arguments, &session),
        Command::List(arguments) => show::list(&arguments, &session),
        Command::Find(arguments) => show::find(&arguments, &session),
        Command::Show(arguments) => show::show(&arguments, &session),
        Command::Diagnose(arguments) => diagnose::diagnose(&arguments, &session),
        Command::Readiness(arguments) => diagnose::readiness(&arguments, &session),
        Command::Update(arguments) => change::update(&arguments, &mut session),
        Command::Enable(arguments) => change::enable(&arguments, &session),
        Command::Disable(arguments) => change::disable(&arguments, &session),
        Command::Revoke(arguments) => change::revoke(&arguments, &mut session),
        Command::Delete(arguments) => change::delete(&arguments, &session),
    }
}
