//! `regain codes …`: what was sent, to whom (masked), what became of it. Never a code.

mod command;
mod explain;
mod list;
mod resend;
mod revoke;

pub(super) use command::{Command, run};
