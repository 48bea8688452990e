//! `regain admin-reset …`: the administrator's reset, of one or many.

mod command;
mod run;

pub(super) use command::{AdminReset, run};
