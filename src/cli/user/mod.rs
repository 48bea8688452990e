//! `regain user …`

mod change;
mod command;
mod create;
mod diagnose;
mod diagnosis;
mod export;
mod hashes;
mod import;
mod show;

pub(super) use command::{Command, run};
