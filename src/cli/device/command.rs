//! The subcommands of `regain device`.

use clap::Subcommand;

use super::{forget, list};
use crate::cli::shared::{Context, Failure};

/// List and forget the devices that users sign in from.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    List(list::List),
    Forget(forget::Forget),
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    match command {
        Command::List(arguments) => list::run(&arguments, &session),
        Command::Forget(arguments) => forget::run(&arguments, &session),
    }
}
