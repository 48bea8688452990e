//! `regain batch …`: what was done for many, and what is left of it.

mod cancel;
mod command;
mod list;
mod resume;
mod secrets;
mod show;
mod view;

pub(super) use command::{Command, run};
