//! An account.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::domain::account::{Account, Kind, Status};
use crate::ui::{Column, Row, column};

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
    const COLUMNS: &'static [Column<Self>] = &[
        column("account", |row| row.name.clone()),
        column("kind", |row| row.kind.to_string()),
        column("status", |row| row.status.to_string()),
        column("users", |row| row.users.to_string()),
        column("quota", |row| row.user_quota.map_or_else(|| "none".to_owned(), |quota| quota.to_string())),
        column("created", |row| moment(Some(row.created_at))),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "name", "kind", "status", "user_quota", "users", "created_at"];
}
