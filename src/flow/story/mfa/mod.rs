//! Virtual MFA: enrolling an authenticator, binding it with two codes in a row, taking it away.
//!
//! It is as strong as a password: only an admin, or the person with password and code, changes it (security S9).

mod manage;
#[cfg(test)]
mod mfa_tests;

pub use crate::flow::proofs::authority::Authority;
pub use manage::{Enrolment, MfaStatus, Removal, confirm, status};
pub(crate) use manage::{forces_change, take_away};
