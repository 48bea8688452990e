//! `regain request …`: a forgotten password, one step a command.

mod command;
mod disown;
mod view;

pub(super) use command::{Command, run};
