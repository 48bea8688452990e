//! `regain mfa …`: authenticators, by an admin or by the person with their password.

mod command;
mod confirm;
mod enrol;
mod remove;
mod status;

pub(super) use command::{Command, run};
pub(super) use enrol::to_sign_in as bind_to_sign_in;
