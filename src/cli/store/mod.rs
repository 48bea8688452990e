//! `regain store …`: copies, checks, keys.

mod backup;
mod check;
mod command;
mod purge;
mod restore;
mod rotate_key;

pub(super) use command::{Command, run};
