//! `regain doctor`: what is wrong, and what to do about it.

mod command;

pub(super) use command::{Doctor, run};
