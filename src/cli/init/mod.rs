//! `regain init`: a config, a key and an empty store.

mod command;

pub(super) use command::{Init, run};
