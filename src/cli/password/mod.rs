//! `regain password …`: what people do with their own passwords.

mod ask_who;
mod change;
mod command;
pub(super) mod reset;
mod setup;

pub(super) use change::choose as choose_new;
pub(super) use command::{Command, run};
