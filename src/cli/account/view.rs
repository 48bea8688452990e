//! An account.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::account::{Account, Kind, Status};
use crate::ui::Row;

/// An account as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct AccountView {
    id: String,
    name: String,
    kind: Kind,
    status: Status,
    user_quota: Option<u32>,
    users: u64,
    created_at: Timestamp,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        let Account { id, name, kind, status, user_quota, users, created_at } = account;
        Self { id, name, kind, status, user_quota, users, created_at }
    }
}

impl Row for AccountView {
    fn columns() -> &'static [&'static str] {
        &["account", "kind", "status", "users", "quota", "created"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.kind.to_string(),
            self.status.to_string(),
            self.users.to_string(),
            self.user_quota.map_or_else(|| "none".to_owned(), |quota| quota.to_string()),
            crate::cli::shared::views::moment(Some(self.created_at)),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &["id", "name", "kind", "status", "user_quota", "users", "created_at"]
    }
}
