//! `regain contact …`: email addresses and mobile numbers that codes go to.

mod bind;
mod change;
mod command;
mod list;
mod unbind;
mod verify;

pub(super) use command::{Command, run};
