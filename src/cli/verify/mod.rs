//! `regain verify`: credentials, judged for programs.

mod command;

pub(super) use command::{Verify, run};
