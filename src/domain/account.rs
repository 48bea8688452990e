//! Accounts: they own resources and pay; their root user is the *Enterprise administrator*.

use jiff::Timestamp;
use serde::Serialize;

use super::text::text_enum;
use super::time::in_seconds;

text_enum! {
    /// What an account is: a cloud account, or a unified ID that serves all of a vendor's services.
    Kind { Cloud => "cloud", Unified => "unified" }
}

text_enum! {
    /// Whether an account or a user may sign in.
    Status { Enabled => "enabled", Disabled => "disabled" }
}

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub status: Status,
    /// The most IAM users it may have; `None` is no limit.
    pub user_quota: Option<u32>,
    /// How many IAM users it has; the root user does not count.
    pub users: u64,
    #[serde(serialize_with = "in_seconds")]
    pub created_at: Timestamp,
}
