//! `regain device …`: where people sign in from.

mod command;
mod view;

pub(super) use command::{Command, run};
