//! IAM users: made, listed, found, changed, blocked, deleted.

mod attempts;
mod changes;
mod create;
mod delete;
mod diagnose;
#[cfg(test)]
mod eligibility_tests;
mod export;
mod find;
mod hashes;
mod import;
mod names;
mod newcomer;
mod readiness;
mod revoke;
mod select;
mod update;
#[cfg(test)]
mod users_tests;

pub use changes::UserChanges;
pub use create::{CreateUser, NewUser};
pub use delete::DeleteUser;
pub use diagnose::diagnose;
pub use export::{ExportUsers, export_users};
pub use find::{Found, Shown, find_users, list_users, show_user};
pub use hashes::{CountedHashes, HashState, count_hashes};
pub use import::ImportUser;
pub use readiness::{Readiness, readiness};
pub use revoke::RevokeUser;
pub use select::{Group, Inclusion, LeftOut, count_users, require_count, select};
pub use update::UpdateUser;
