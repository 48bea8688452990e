//! `regain completions SHELL`

mod command;

pub(super) use command::{Completions, VARIABLE, run};
