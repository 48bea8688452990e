//! `regain login`: signing in as a person would.

mod command;
mod view;

pub(super) use command::{Login, after_conversation, after_reset, change_first, run, welcome};
