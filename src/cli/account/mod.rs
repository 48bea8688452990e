//! `regain account …`: accounts, their root users, and the registration of a unified ID.

mod change;
mod command;
mod create;
mod register;
mod show;

pub(super) use command::{Command, run};
