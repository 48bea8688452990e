//! `regain config …`: every setting, and where it came from.

mod check;
mod command;
mod set;
mod show;

pub(super) use command::{Command, run};
