//! `regain config …`: every setting, and where it came from.

mod command;

pub(super) use command::{Command, run};
