//! `regain password …`: what people do with their own passwords.

mod change;
mod command;
mod reset;
mod setup;

pub(super) use command::{Command, run};
