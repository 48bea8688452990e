//! `regain texts …`: the words of messages.

mod command;
mod list;
mod show;

pub(super) use command::{Command, run};
