//! One use case a room, over the floors beneath.

pub(crate) mod accounts;
pub(crate) mod admin_reset;
pub mod appeal;
pub(crate) mod audit_log;
pub mod batch;
pub(crate) mod caller_challenge;
pub(crate) mod change_contact;
pub(crate) mod change_password;
pub(crate) mod codes;
pub mod contacts;
pub(crate) mod delivery;
pub mod devices;
pub(crate) mod disown;
pub mod doctor;
pub(crate) mod maintenance;
pub mod mfa;
pub(crate) mod policy;
pub mod register;
pub(crate) mod request;
pub mod reset;
pub(crate) mod setup;
pub(crate) mod users;
