//! `regain store …`: copies, checks, keys.

mod command;

pub(super) use command::{Command, run};
