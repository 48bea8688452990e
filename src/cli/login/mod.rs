//! `regain login`: signing in as a person would.

mod command;
mod view;

pub(super) use command::{Login, change_first, run, welcome, with_prompt};
