//! `regain audit …`

mod command;
mod export;
mod list;
mod verify;
mod view;

pub(super) use command::{Command, run};
