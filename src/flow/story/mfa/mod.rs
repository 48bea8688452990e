//! Virtual MFA: enrolling an authenticator, binding it with two codes in a row, taking it away.
//!
//! It is as strong as a password: only an admin, or the person with password and code, changes it (security S9).

mod confirm;
mod enrol;
#[cfg(test)]
mod mfa_tests;
mod remove;
mod status;

pub use crate::flow::proofs::authority::Authority;
pub use confirm::confirm;
pub use enrol::Enrolment;
pub use remove::Removal;
pub use status::{MfaStatus, status};
