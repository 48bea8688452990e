//! `regain audit …`

mod command;
mod export;
mod list;
mod verify;

pub(super) use command::{Command, run};
