//! regain gets people back into their accounts: password recovery for a cloud's identity service.

pub mod domain;
pub mod ui;
