//! `regain account …`: accounts, their root users, and the registration of a unified ID.

mod command;
mod register;
mod view;

pub(super) use command::{Command, run};
