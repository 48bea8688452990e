//! Budgets: what was spent, by whom, when.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Connected, ms};
use crate::store::{Budgets, Result, Tally};

/// The first subject after all that begin with this one. A hash has an octet that can be raised.
fn end_of(subject: &[u8]) -> Vec<u8> {
    let mut end = subject.to_vec();
    while let Some(last) = end.pop() {
        if let Some(raised) = last.checked_add(1) {
            end.push(raised);
            break;
        }
    }
    end
}

impl Budgets for Connected<'_> {
    fn spent(&mut self, scope: &'static str, subject: &[u8], since: Timestamp) -> Result<u64> {
        self.number(
            "SELECT count(*) FROM budgets WHERE scope = ?1 AND subject = ?2 AND at > ?3",
            params![scope, subject, ms(since)],
        )
    }

    fn spent_beneath(&mut self, scope: &'static str, subject: &[u8], since: Timestamp) -> Result<u64> {
        self.number(
            "SELECT count(*) FROM budgets WHERE scope = ?1 AND subject >= ?2 AND subject < ?3 AND at > ?4",
            params![scope, subject, end_of(subject), ms(since)],
        )
    }

    fn last_spent_beneath(&mut self, scope: &'static str, subject: &[u8]) -> Result<Option<Timestamp>> {
        self.one(
            "SELECT max(at) AS last FROM budgets WHERE scope = ?1 AND subject >= ?2 AND subject < ?3",
            params![scope, subject, end_of(subject)],
            |row| row.time_maybe("last"),
        )
        .map(Option::flatten)
    }

    fn spent_out(
        &mut self,
        scope: &'static str,
        octets: u32,
        least: u64,
        since: Timestamp,
    ) -> Result<Vec<Vec<u8>>> {
        self.many(
            "SELECT substr(subject, 1, ?2) AS cut FROM budgets WHERE scope = ?1 GROUP BY cut \
             HAVING count(*) >= ?3 AND max(at) > ?4",
            params![scope, octets, least.cast_signed(), ms(since)],
            |row| row.get("cut"),
        )
    }

    fn spend(&mut self, scope: &'static str, subject: &[u8], at: Timestamp) -> Result<()> {
        self.insert("budgets", &[("scope", &scope), ("subject", &subject), ("at", &ms(at))])
    }

    fn forget(&mut self, scope: &'static str, subject: &[u8]) -> Result<()> {
        self.apply(
            "DELETE FROM budgets WHERE scope = ?1 AND subject >= ?2 AND subject < ?3",
            params![scope, subject, end_of(subject)],
        )
    }

    fn forget_unused(&mut self, scope: &'static str, octets: u32, since: Timestamp) -> Result<u64> {
        self.change(
            "DELETE FROM budgets WHERE scope = ?1 AND substr(subject, 1, ?2) IN \
             (SELECT substr(subject, 1, ?2) FROM budgets WHERE scope = ?1 \
              GROUP BY substr(subject, 1, ?2) HAVING max(at) <= ?3)",
            params![scope, octets, ms(since)],
        )
    }

    fn tally(&mut self, scope: &'static str, subject: &[u8]) -> Result<Option<Tally>> {
        self.one(
            "SELECT since, count FROM tallies WHERE scope = ?1 AND subject = ?2",
            params![scope, subject],
            |row| Ok(Tally { since: row.time("since")?, count: row.count("count")? }),
        )
    }

    fn set_tally(&mut self, scope: &'static str, subject: &[u8], tally: Tally) -> Result<()> {
        self.change_one(
            "INSERT INTO tallies (scope, subject, since, count) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (scope, subject) DO UPDATE SET since = excluded.since, count = excluded.count",
            params![scope, subject, ms(tally.since), tally.count.cast_signed()],
        )
    }
}
