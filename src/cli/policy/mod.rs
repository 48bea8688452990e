//! `regain policy …`: the security settings of an account.

mod command;
mod set;
mod show;

pub(super) use command::{Command, run};
