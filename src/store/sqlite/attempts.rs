//! Open attempts, and failed sign-ins.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, count, get, ms, small, time, time_maybe, word};
use crate::domain::Failures;
use crate::domain::attempt::Attempt;
use crate::store::{Attempts, Result};

/// For a check; the number is the row's id.
pub(super) const SELECT: &str =
    "SELECT CAST(seq AS TEXT) AS id, seq, kind, subject, counted, source, begun_at FROM attempts";
pub(super) const SELECT_FAILURES: &str =
    "SELECT subject AS id, failures, failing_since, locked_until FROM sign_in_failures";

pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt> {
    Ok(Attempt {
        seq: count(row, "seq")?,
        kind: word(row, "kind")?,
        subject: get(row, "subject")?,
        counted: get(row, "counted")?,
        source: get(row, "source")?,
        begun_at: time(row, "begun_at")?,
    })
}

/// The failures of a row; there may be none that belong to it.
pub(super) fn failures(row: &Row<'_>) -> Result<Failures> {
    if get::<Option<i64>>(row, "failures")?.is_none() {
        return Ok(Failures::default());
    }
    Ok(Failures {
        count: small(row, "failures")?,
        since: time_maybe(row, "failing_since")?,
        locked_until: time_maybe(row, "locked_until")?,
    })
}

impl Attempts for Connected<'_> {
    fn open_attempt(&mut self, attempt: &Attempt) -> Result<()> {
        self.insert(
            "attempts",
            &[
                ("seq", &attempt.seq.cast_signed()),
                ("kind", &attempt.kind.as_str()),
                ("subject", &attempt.subject),
                ("counted", &attempt.counted),
                ("source", &attempt.source),
                ("begun_at", &ms(attempt.begun_at)),
            ],
        )
    }

    fn close_attempt(&mut self, seq: u64, since: Timestamp) -> Result<bool> {
        self.change_if(
            "DELETE FROM attempts WHERE seq = ?1 AND begun_at > ?2",
            params![seq.cast_signed(), ms(since)],
        )
    }

    fn open_sign_ins(&mut self, subject: &str, since: Timestamp) -> Result<u32> {
        self.one(
            "SELECT count(*) AS open FROM attempts \
             WHERE subject = ?1 AND kind IN ('sign_in', 'sign_in_code') AND begun_at > ?2",
            params![subject, ms(since)],
            |row| small(row, "open"),
        )
        .map(Option::unwrap_or_default)
    }

    fn take_overdue_attempts(&mut self, since: Timestamp, now: Timestamp) -> Result<Vec<Attempt>> {
        let mut taken = self.many(
            "DELETE FROM attempts WHERE begun_at <= ?1 OR begun_at > ?2 \
             RETURNING seq, kind, subject, counted, source, begun_at",
            [ms(since), ms(now)],
            attempt,
        )?;
        taken.sort_by_key(|attempt| attempt.seq);
        Ok(taken)
    }

    fn end_sign_ins(&mut self, subject: &str) -> Result<u64> {
        self.change(
            "DELETE FROM attempts WHERE subject = ?1 AND kind IN ('sign_in', 'sign_in_code')",
            [subject],
        )
    }

    fn failures(&mut self, subject: &str) -> Result<Failures> {
        self.one(&format!("{SELECT_FAILURES} WHERE subject = ?1"), [subject], failures)
            .map(Option::unwrap_or_default)
    }

    fn set_failures(&mut self, subject: &str, failures: Failures) -> Result<()> {
        self.change_one(
            "INSERT INTO sign_in_failures (subject, failures, failing_since, locked_until) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, \
             failing_since = excluded.failing_since, locked_until = excluded.locked_until",
            params![subject, failures.count, failures.since.map(ms), failures.locked_until.map(ms)],
        )
    }

    fn forget_failures(&mut self, subject: &str) -> Result<()> {
        self.apply("DELETE FROM sign_in_failures WHERE subject = ?1", [subject])
    }
}
