//! What is said where looks cannot be recorded.

use std::fmt::Display;

/// To an administrator, who is shown it all the same.
pub fn not_recorded(why: impl Display) -> String {
    format!("this could not be recorded: {why}")
}

/// To an administrator, of a search.
pub fn names_only(why: impl Display) -> String {
    format!("addresses were not searched, because that must be recorded and could not be: {why}")
}

pub const ADMINS_MAY: &str = "ask an administrator, who can look while nothing can be recorded";
pub const NEEDS_A_RECORD: &str = "full addresses are never shown without a record of it";
