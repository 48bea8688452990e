//! `regain demo`: the whole story on a throw-away store.

mod play;
mod questions;
mod stage;
mod story;

pub(super) use play::{Demo, run};
