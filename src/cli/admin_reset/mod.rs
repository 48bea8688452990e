//! `regain admin-reset …`: the administrator's reset, of one or many.

mod command;
mod run;
mod summary;

pub(super) use command::{AdminReset, run};
