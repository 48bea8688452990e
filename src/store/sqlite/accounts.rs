//! Accounts and their policies.

use rusqlite::params;

use super::columns::{Columns, Connected, ms};
use crate::domain::account::Account;
use crate::store::{Accounts, Result, StoreError};

/// With the stored form of every policy.
pub(super) const SELECT: &str = "SELECT id, name, kind, status, user_quota, users, created_at, \
     policy_password, policy_login, policy_protection FROM accounts";

pub(super) fn policies(row: &mut Columns<'_>) -> Result<Vec<(&'static str, String)>> {
    let mut policies = Vec::new();
    for group in ["password", "login", "protection"] {
        let column = policy_column(group)?;
        if let Some(text) = row.get::<Option<String>>(column)? {
            policies.push((group, text));
        }
    }
    Ok(policies)
}

pub(super) fn account(row: &mut Columns<'_>) -> Result<Account> {
    Ok(Account {
        id: row.get("id")?,
        name: row.get("name")?,
        kind: row.word("kind")?,
        status: row.word("status")?,
        user_quota: row.get("user_quota")?,
        users: row.count("users")?,
        created_at: row.time("created_at")?,
    })
}

/// The column of a policy: a closed set, so that no name from outside reaches a statement.
fn policy_column(group: &'static str) -> Result<&'static str> {
    match group {
        "password" => Ok("policy_password"),
        "login" => Ok("policy_login"),
        "protection" => Ok("policy_protection"),
        _ => Err(StoreError::Unreadable { column: "policy" }),
    }
}

impl Accounts for Connected<'_> {
    fn insert_account(&mut self, account: &Account, key: &str, skeleton: &str) -> Result<()> {
        self.insert(
            "accounts",
            &[
                ("id", &account.id),
                ("name", &account.name),
                ("name_key", &key),
                ("look", &skeleton),
                ("kind", &account.kind.as_str()),
                ("status", &account.status.as_str()),
                ("user_quota", &account.user_quota),
                ("created_at", &ms(account.created_at)),
            ],
        )
    }

    fn account_by_key(&mut self, key: &str) -> Result<Option<Account>> {
        self.one(&format!("{SELECT} WHERE name_key = ?1"), [key], account)
    }

    fn account_by_id(&mut self, id: &str) -> Result<Option<Account>> {
        self.one(&format!("{SELECT} WHERE id = ?1"), [id], account)
    }

    fn account_by_skeleton(&mut self, skeleton: &str) -> Result<Option<String>> {
        self.one("SELECT name FROM accounts WHERE look = ?1", [skeleton], |row| row.get("name"))
    }

    fn accounts_page(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<Account>> {
        self.many(
            &format!("{SELECT} WHERE id > ?1 ORDER BY id LIMIT ?2"),
            params![after.unwrap_or(""), limit],
            account,
        )
    }

    fn update_account(&mut self, account: &Account, key: &str, skeleton: &str) -> Result<()> {
        self.change_one(
            "UPDATE accounts SET name = ?2, name_key = ?3, look = ?4, kind = ?5, status = ?6, user_quota = ?7 \
             WHERE id = ?1",
            params![
                account.id,
                account.name,
                key,
                skeleton,
                account.kind.as_str(),
                account.status.as_str(),
                account.user_quota
            ],
        )?;
        // The root user is called like its account.
        self.change_one(
            "UPDATE users SET name = ?2 WHERE account_id = ?1 AND name_key = '' AND root = 1",
            params![account.id, account.name],
        )
    }

    fn delete_account(&mut self, id: &str) -> Result<()> {
        let failures =
            "DELETE FROM sign_in_failures WHERE subject IN (SELECT id FROM users WHERE account_id = ?1)";
        self.change(failures, [id])?;
        self.change_one("DELETE FROM accounts WHERE id = ?1", [id])
    }

    fn policy(&mut self, account_id: &str, group: &'static str) -> Result<Option<String>> {
        let column = policy_column(group)?;
        self.one(&format!("SELECT {column} AS policy FROM accounts WHERE id = ?1"), [account_id], |row| {
            row.get::<Option<String>>("policy")
        })
        .map(Option::flatten)
    }

    fn set_policy(&mut self, account_id: &str, group: &'static str, json: &str) -> Result<()> {
        let column = policy_column(group)?;
        self.change_one(&format!("UPDATE accounts SET {column} = ?2 WHERE id = ?1"), [account_id, json])
    }
}
