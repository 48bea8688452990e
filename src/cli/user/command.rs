//! The subcommands.

use clap::Subcommand;

use super::{change, create, diagnose, export, hashes, import, show};
use crate::cli::shared::{Context, Failure};
use crate::domain::Task;

/// Manage IAM users.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    Create(create::Create),
    Import(import::Import),
    List(show::List),
    Find(show::Find),
    Show(show::Show),
    Export(export::Export),
    Diagnose(diagnose::Diagnose),
    Readiness(diagnose::Readiness),
    Hashes(hashes::Hashes),
    Update(change::Update),
    Enable(change::Enable),
    Disable(change::Disable),
    Revoke(change::Revoke),
    Delete(change::Delete),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let mut session = match &command {
        Command::List(_) | Command::Show(_) | Command::Readiness(_) => context.open_for(Task::ReadPeople)?,
        Command::Find(_) => context.open_for(Task::SearchPeople)?,
        Command::Export(_) => context.open_for(Task::UnmaskContacts)?,
        Command::Diagnose(_) => context.open_for(Task::ReadCodes)?,
        Command::Hashes(_) => context.open_for(Task::CountHashes)?,
        Command::Enable(arguments) => context.open_for(arguments.task())?,
        Command::Revoke(_) => context.open_for(Task::BlockPeople)?,
        Command::Create(_)
        | Command::Import(_)
        | Command::Update(_)
        | Command::Disable(_)
        | Command::Delete(_) => context.open_for(Task::ManagePeople)?,
    };
    match command {
        Command::Create(arguments) => create::run(&arguments, &session),
        Command::Import(arguments) => import::run(&arguments, &mut session),
        Command::List(arguments) => show::list(&arguments, &session),
        Command::Find(arguments) => show::find(&arguments, &session),
        Command::Show(arguments) => show::show(&arguments, &session),
        Command::Export(arguments) => export::run(&arguments, &session),
        Command::Diagnose(arguments) => diagnose::diagnose(&arguments, &session),
        Command::Readiness(arguments) => diagnose::readiness(&arguments, &session),
        Command::Hashes(arguments) => hashes::run(&arguments, &session),
        Command::Update(arguments) => change::update(&arguments, &mut session),
        Command::Enable(arguments) => change::enable(&arguments, &session),
        Command::Disable(arguments) => change::disable(&arguments, &session),
        Command::Revoke(arguments) => change::revoke(&arguments, &mut session),
        Command::Delete(arguments) => change::delete(&arguments, &session),
    }
}
