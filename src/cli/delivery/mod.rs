//! `regain delivery …`: the outbox and its worker.

mod command;
mod receipt;
mod test_message;
mod view;

pub(super) use command::{Command, run};
