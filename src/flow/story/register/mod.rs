//! Registering a new unified ID: name and number → CAPTCHA → a code to the number → the password. Its requests are
//! those of the forgotten password, step by step, with a purpose of their own.
//!
//! Whether a number has an identity is told to nobody but its reader: until the right code a taken number looks like
//! a free one, and its holder is told in place of the code. Whether a name is taken is told after the right code,
//! and only so often (security E1, K6).

mod finish;
mod newcomer;
#[cfg(test)]
mod register_tests;
mod start;

pub(crate) use finish::{finish, refusals};
pub(crate) use newcomer::{Newcomer, issue, newcomer};
pub use start::{rename, start};
