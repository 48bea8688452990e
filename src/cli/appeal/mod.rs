//! `regain appeal …`: recovery for people whose contacts are gone, and the operators who decide.

mod command;
mod decide;
mod file;
mod form;
mod look;
mod submit;

pub(super) use command::{Command, run};
