//! The administrator's reset: a password that is generated or given, to be changed at the next sign-in, or a
//! setup token with which the person sets one (domain.md, "Administrator changes a user's password").

#[cfg(test)]
mod admin_reset_tests;
mod commit;
mod plan;

pub use commit::ResetDone;
pub use plan::{AdminReset, ResetOptions};
