//! `regain device …`: where people sign in from.

mod command;
mod forget;
mod list;
mod view;

pub(super) use command::{Command, run};
