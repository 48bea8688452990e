//! Virtual MFA: enrolling an authenticator, binding it with two codes in a row, taking it away; and judging its codes
//! wherever somebody proves who they are.
//!
//! It is as strong as a password: only an admin, or the person with password and code, changes it (security S9).

mod authority;
mod check;
mod confirm;
mod enrol;
#[cfg(test)]
mod mfa_tests;
mod remove;
mod status;

pub use authority::Authority;
pub(crate) use check::{Place, check, counted};
pub use confirm::confirm;
pub use enrol::Enrolment;
pub use remove::Removal;
pub use status::{MfaStatus, status};
