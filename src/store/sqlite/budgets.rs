//! Budgets: what was spent, by whom, when.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Connected, count, get, ms};
use crate::store::{Budgets, StoreError, ensure_rows};

impl Budgets for Connected<'_> {
    fn spent(&mut self, scope: &'static str, subject: &[u8], since: Timestamp) -> Result<u64, StoreError> {
        self.one(
            "SELECT count(*) AS spent FROM budgets WHERE scope = ?1 AND subject = ?2 AND at > ?3",
            params![scope, subject, ms(since)],
            |row| count(row, "spent"),
        )
        .map(Option::unwrap_or_default)
    }

    fn spent_out(&mut self, scope: &'static str, least: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        self.many(
            "SELECT subject FROM budgets WHERE scope = ?1 GROUP BY subject HAVING count(*) >= ?2",
            params![scope, least.cast_signed()],
            |row| get(row, "subject"),
        )
    }

    fn spend(&mut self, scope: &'static str, subject: &[u8], at: Timestamp) -> Result<(), StoreError> {
        self.change(
            "INSERT INTO budgets (scope, subject, at) VALUES (?1, ?2, ?3)",
            params![scope, subject, ms(at)],
        )
        .and_then(|changed| ensure_rows(changed, 1))
    }

    fn forget(&mut self, scope: &'static str, subject: &[u8]) -> Result<(), StoreError> {
        self.change("DELETE FROM budgets WHERE scope = ?1 AND subject = ?2", params![scope, subject])
            .map(|_| ())
    }
}
