//! `regain policy …`: the security settings of an account.

mod command;
mod set;
mod show;
mod view;

pub(super) use command::{Command, run};
