//! `regain man DIR`: the manual pages.

mod command;

pub(super) use command::{Manual, run};
