//! regain gets people back into their accounts: password recovery for a cloud's identity service.

pub mod cli;
pub mod config;
pub mod delivery;
pub mod domain;
pub mod flow;
pub mod hasher;
pub mod keyring;
pub mod os;
pub mod store;
pub mod texts;
pub mod ui;
