//! From the arguments to the exit code: completing → parsing → running.

use std::panic;
use std::process::ExitCode;

use super::globals::Globals;
use super::shared::{Context, Exit, Failure};
use super::tree::{self, Cli, Command};
use super::{completing, parse};
use crate::config::ConfigError;
use crate::flow::FlowError;
use crate::store::StoreError;
use crate::ui::{self, yield_to_signal};

/// Everything between the arguments and the exit code. A bug that panics is told as one, without what it panicked with:
/// that may be a secret (security T1).
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| ui::tell_of_bug(panic.location())));
    panic::catch_unwind(answer_or_run).unwrap_or_else(|_| Exit::Internal.into())
}

fn answer_or_run() -> ExitCode {
    if completing::answer() {
        return ExitCode::SUCCESS;
    }
    let cli = match parse::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    let Cli { globals, command } = cli;
    let detached = matches!(&command, Command::Delivery(command) if command.is_detached());
    let context = match Context::new(&globals, detached) {
        Ok(context) => context,
        Err(stopped) => {
            let (printer, failure) = *stopped;
            printer.error(&failure.report());
            return failure.exit().into();
        }
    };
    let ended = tree::run(command, &context).and_then(|()| context.printer.flush().map_err(Failure::from));
    let ended = ended.map_err(|failure| match failure {
        Failure::Output(error) if context.has_changed() => Failure::OutputAfterChange(error),
        other => of_globals(other, &globals),
    });
    yield_to_signal();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Silent(exit)) => exit.into(),
        Err(Failure::Found { exit, .. }) if context.printer.format().is_for_people() => exit.into(),
        Err(failure) => {
            // What was already said comes before why it ended; a second failure of stdout adds nothing.
            let _ = context.printer.flush();
            context.printer.error(&failure.report());
            if let Failure::Interrupted { signal, .. } = failure {
                ui::die_by(signal);
            }
            failure.exit().into()
        }
    }
}

/// What a config or a store cannot be used for is of the option that named it.
fn of_globals(failure: Failure, globals: &Globals) -> Failure {
    match failure {
        Failure::Config(
            ConfigError::Missing { .. }
            | ConfigError::BadPath { .. }
            | ConfigError::NotUtf8 { .. }
            | ConfigError::Invalid { .. }
            | ConfigError::File(_),
        ) if globals.config.is_some() => failure.of("--config"),
        Failure::Flow(FlowError::Store(
            StoreError::Missing(_)
            | StoreError::Foreign(_)
            | StoreError::Damaged { .. }
            | StoreError::Tampered { .. }
            | StoreError::Denied(_),
        )) if globals.store.is_some() => failure.of("--store"),
        other => other,
    }
}
