//! IAM users: made, listed, found, changed, blocked, deleted.

mod advice;
mod attempts;
mod create;
mod delete;
mod diagnose;
mod look;
mod readiness;
mod revoke;
mod update;
#[cfg(test)]
mod users_tests;

pub use attempts::Attempts;
pub use create::{CreateUser, NewUser};
pub use delete::DeleteUser;
pub use diagnose::{ContactState, Diagnosis, Hindrance, diagnose};
pub use look::{Found, find_users, list_users};
pub use readiness::{Readiness, readiness};
pub use revoke::RevokeUser;
pub use update::{UpdateUser, UserChanges, unmet_protection};
