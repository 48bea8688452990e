//! `regain password …`: what people do with their own passwords.

mod ask_who;
mod change;
mod command;
mod reset;
mod setup;

pub(super) use command::{Command, run};
