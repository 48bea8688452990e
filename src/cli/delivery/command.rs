//! The subcommands of `regain delivery`.

use clap::Subcommand;

use super::{receipt, status, test_message, worker};
use crate::cli::shared::{Context, Failure};

/// Send queued messages and show their status.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(in crate::cli) enum Command {
    /// Send queued messages
    Run(worker::Run),
    /// Record the delivery status that a gateway reports
    Receipt(receipt::Receipt),
    /// Show queued messages, and the results of recent hours
    #[command(after_help = "Examples:\n  regain delivery status\n  regain delivery status -o json")]
    Status,
    /// Send a test message and show how far it got
    Test(test_message::Test),
}

impl Command {
    /// Whether it is the worker of another command, which is to leave that one's session.
    pub(in crate::cli) fn is_detached(&self) -> bool {
        matches!(self, Self::Run(arguments) if arguments.detached)
    }
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Run(arguments) => worker::run(&arguments, context),
        Command::Receipt(arguments) => receipt::run(arguments, context),
        Command::Status => status::run(&context.open()?),
        Command::Test(arguments) => test_message::run(&arguments, context),
    }
}
