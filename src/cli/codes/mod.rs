//! `regain codes …`: what was sent, to whom (masked), what became of it. Never a code.

mod command;
mod explanation;

pub(super) use command::{Command, run};
