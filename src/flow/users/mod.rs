//! IAM users: made, listed, found, changed, blocked, deleted.

mod create;
mod delete;
mod look;
mod revoke;
mod update;
#[cfg(test)]
mod users_tests;

pub use create::{CreateUser, NewUser, ReadyUser};
pub use delete::DeleteUser;
pub use look::{Found, find_users, list_users};
pub use revoke::RevokeUser;
pub use update::{UpdateUser, UserChanges};
