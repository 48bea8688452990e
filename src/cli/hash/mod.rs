//! `regain hash …`

mod calibrate;
mod command;

pub(super) use command::{Command, run};
