//! `regain policy …`: the security settings of an account.

mod command;
mod view;

pub(super) use command::{Command, run};
