//! `regain appeal …`: recovery for people whose contacts are gone, and the operators who decide.

mod command;
mod decide;
mod file;
mod form;
mod show;
mod submit;
mod view;

pub(super) use command::{Command, run};
