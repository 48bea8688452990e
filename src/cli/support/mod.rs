//! `regain support …`: callers on the phone prove who they are.

mod challenge;
mod command;
mod confirm;

pub(super) use command::{Command, run};
