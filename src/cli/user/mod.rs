//! `regain user …`

mod change;
mod command;
mod create;
mod diagnose;
mod look;

pub(super) use command::{Command, run};
pub(super) use create::FirstPassword;
