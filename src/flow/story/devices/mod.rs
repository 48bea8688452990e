//! The devices people sign in from: remembered after a full sign-in, familiar after two days of it, and forgotten
//! when they are not used, or when somebody says so. On one that is not familiar the reset of a unified ID takes one
//! more proof.

#[cfg(test)]
mod devices_tests;
mod familiar;
mod manage;

pub(crate) use familiar::known;
pub use familiar::remember;
pub use manage::{ForgetDevices, Which, list};
