//! regain gets people back into their accounts: password recovery for a cloud's identity service.

pub mod config;
pub mod domain;
pub mod keyring;
pub mod os;
