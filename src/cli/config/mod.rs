//! `regain config …`: every setting, and where it came from.

mod check;
mod command;
mod show;

pub(super) use command::{Command, run};
