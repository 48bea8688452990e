//! `regain support …`: callers on the phone prove who they are.

mod command;

pub(super) use command::{Command, run};
