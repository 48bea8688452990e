//! `regain device …`: where people sign in from.

mod command;
mod forget;
mod list;

pub(super) use command::{Command, run};
