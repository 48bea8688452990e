//! `regain delivery …`: the outbox and its worker.

mod command;
mod receipt;
mod status;
mod test_message;
mod view;
mod worker;

pub(super) use command::{Command, run};
