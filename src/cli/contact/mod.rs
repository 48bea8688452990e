//! `regain contact …`: email addresses and mobile numbers that codes go to.

mod change;
mod command;

pub(super) use command::{Command, run};
