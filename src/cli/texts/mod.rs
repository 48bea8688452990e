//! `regain texts …`: the words of messages.

mod command;

pub(super) use command::{Command, run};
