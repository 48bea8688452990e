//! `regain password …`

mod change;
mod command;
pub(super) mod reset;

pub(super) use change::choose as choose_new;
pub(super) use command::{Command, run};
