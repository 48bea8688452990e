//! `regain request …`: a forgotten password, one step a command.

mod captcha;
mod command;
mod disown;
mod register;
mod send;
mod set_password;
mod show;
mod start;
mod verify;
mod view;

pub(super) use command::{Command, run};
