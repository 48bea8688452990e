//! Batches and their journals.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms};
use crate::domain::batch::{Batch, Counts, Ended, Person, Row, State};
use crate::store::{Batches, Result, RowsOf};

pub(super) const SELECT: &str = "SELECT number, id, name, command, options, key_id, input, recipients, order_tag, state, rows, done, \
     unchanged, skipped, failed, worker, run, operator, started_at, seen_at, ended_at FROM batches";

const SELECT_ROW: &str = "SELECT place, row, user_id, user, version, outcome, reason FROM batch_rows";

/// Each row of each journal.
pub(super) const EACH_ROW: &str =
    "SELECT place, row, user_id, user, version, outcome, reason, batch || '/' || place AS id FROM batch_rows";

pub(super) fn batch(row: &mut Columns<'_>) -> Result<Batch> {
    Ok(Batch {
        number: row.count("number")?,
        id: row.get("id")?,
        name: row.get("name")?,
        command: row.get("command")?,
        options: row.get("options")?,
        key_id: row.get("key_id")?,
        input: row.get("input")?,
        recipients: row.text("recipients")?.lines().map(str::to_owned).collect(),
        order_tag: row.get("order_tag")?,
        state: row.word("state")?,
        counts: Counts {
            rows: row.count("rows")?,
            done: row.count("done")?,
            unchanged: row.count("unchanged")?,
            skipped: row.count("skipped")?,
            failed: row.count("failed")?,
        },
        worker: row.get("worker")?,
        run: row.count("run")?,
        operator: row.get("operator")?,
        started_at: row.time("started_at")?,
        seen_at: row.time("seen_at")?,
        ended_at: row.time_maybe("ended_at")?,
    })
}

pub(super) fn row_of_batch(row: &mut Columns<'_>) -> Result<Row> {
    let (place, line) = (row.count("place")?, row.count("row")?);
    let id: Option<String> = row.get("user_id")?;
    let path: Option<String> = row.get("user")?;
    let version: Option<Vec<u8>> = row.get("version")?;
    let outcome = row.word_maybe("outcome")?;
    let reason = row.get("reason")?;
    Ok(Row {
        place,
        row: line,
        person: id.zip(path).map(|(id, path)| Person { id, path, version: version.unwrap_or_default() }),
        ended: outcome.map(|outcome| Ended { outcome, reason }),
    })
}

/// The number that a page ends before.
fn bound(before: Option<u64>) -> i64 {
    before.map_or(i64::MAX, u64::cast_signed)
}

impl Batches for Connected<'_> {
    fn insert_batch(&mut self, batch: &Batch) -> Result<u64> {
        let counts = batch.counts;
        self.insert(
            "batches",
            &[
                ("id", &batch.id),
                ("name", &batch.name),
                ("command", &batch.command),
                ("options", &batch.options),
                ("key_id", &batch.key_id),
                ("input", &batch.input),
                ("recipients", &batch.recipients.join("\n")),
                ("order_tag", &batch.order_tag),
                ("state", &batch.state.as_str()),
                ("rows", &counts.rows.cast_signed()),
                ("done", &counts.done.cast_signed()),
                ("unchanged", &counts.unchanged.cast_signed()),
                ("skipped", &counts.skipped.cast_signed()),
                ("failed", &counts.failed.cast_signed()),
                ("worker", &batch.worker),
                ("run", &batch.run.cast_signed()),
                ("operator", &batch.operator),
                ("started_at", &ms(batch.started_at)),
                ("seen_at", &ms(batch.seen_at)),
                ("ended_at", &batch.ended_at.map(ms)),
            ],
        )?;
        self.number("SELECT number FROM batches WHERE id = ?1", [&batch.id])
    }

    fn batch_by_id(&mut self, id: &str) -> Result<Option<Batch>> {
        self.one(&format!("{SELECT} WHERE id = ?1"), [id], batch)
    }

    fn batch_by_name(&mut self, name: &str) -> Result<Option<Batch>> {
        self.one(&format!("{SELECT} WHERE name = ?1"), [name], batch)
    }

    fn batches(&mut self, state: Option<State>, before: Option<u64>, limit: u32) -> Result<Vec<Batch>> {
        self.many(
            &format!(
                "{SELECT} WHERE number < ?1 AND (?2 IS NULL OR state = ?2) ORDER BY number DESC LIMIT ?3"
            ),
            params![bound(before), state.map(State::as_str), limit],
            batch,
        )
    }

    fn unfinished_batches(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<Batch>> {
        self.many(
            &format!(
                "{SELECT} INDEXED BY batches_unfinished WHERE state IN ('running', 'interrupted') AND number < ?1 \
                 ORDER BY number DESC LIMIT ?2"
            ),
            params![bound(before), limit],
            batch,
        )
    }

    fn note_batch(&mut self, number: u64, run: u64, counts: Counts, at: Timestamp) -> Result<bool> {
        self.change_if(
            "UPDATE batches SET rows = ?3, done = ?4, unchanged = ?5, skipped = ?6, failed = ?7, seen_at = ?8 \
             WHERE number = ?1 AND run = ?2 AND state = 'running'",
            params![
                number.cast_signed(),
                run.cast_signed(),
                counts.rows.cast_signed(),
                counts.done.cast_signed(),
                counts.unchanged.cast_signed(),
                counts.skipped.cast_signed(),
                counts.failed.cast_signed(),
                ms(at)
            ],
        )
    }

    fn take_batch_over(&mut self, number: u64, run: u64, worker: &str, at: Timestamp) -> Result<bool> {
        self.change_if(
            "UPDATE batches SET state = 'running', run = run + 1, worker = ?3, seen_at = ?4 \
             WHERE number = ?1 AND run = ?2 AND state IN ('running', 'interrupted')",
            params![number.cast_signed(), run.cast_signed(), worker, ms(at)],
        )
    }

    fn end_batch(&mut self, number: u64, run: u64, state: State, at: Timestamp) -> Result<bool> {
        let ended = matches!(state, State::Done | State::Cancelled).then(|| ms(at));
        self.change_if(
            "UPDATE batches SET state = ?3, seen_at = ?4, ended_at = ?5 \
             WHERE number = ?1 AND run = ?2 AND state IN ('running', 'interrupted')",
            params![number.cast_signed(), run.cast_signed(), state.as_str(), ms(at), ended],
        )
    }

    fn insert_batch_row(&mut self, number: u64, row: &Row) -> Result<()> {
        let (person, ended) = (row.person.as_ref(), row.ended.as_ref());
        self.change_one(
            "INSERT INTO batch_rows (batch, place, row, user_id, user, version, outcome, reason) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                number.cast_signed(),
                row.place.cast_signed(),
                row.row.cast_signed(),
                person.map(|person| &person.id),
                person.map(|person| &person.path),
                person.map(|person| &person.version),
                ended.map(|ended| ended.outcome.as_str()),
                ended.and_then(|ended| ended.reason.as_ref())
            ],
        )
    }

    fn batch_rows(&mut self, number: u64, which: RowsOf, after: u64, limit: u32) -> Result<Vec<Row>> {
        self.many(
            &format!(
                "{SELECT_ROW} WHERE batch = ?1 AND place > ?2 AND (?3 OR outcome IS NULL) ORDER BY place LIMIT ?4"
            ),
            params![number.cast_signed(), after.cast_signed(), which == RowsOf::All, limit],
            row_of_batch,
        )
    }

    fn end_batch_row(&mut self, number: u64, place: u64, ended: &Ended) -> Result<()> {
        self.change_one(
            "UPDATE batch_rows SET outcome = ?3, reason = ?4 WHERE batch = ?1 AND place = ?2 AND outcome IS NULL",
            params![number.cast_signed(), place.cast_signed(), ended.outcome.as_str(), ended.reason],
        )
    }

    fn add_batch_secrets(&mut self, number: u64, sealed: &[u8]) -> Result<()> {
        self.change_one(
            "INSERT INTO batch_secrets (batch, part, sealed) \
             SELECT ?1, coalesce(max(part), 0) + 1, ?2 FROM batch_secrets WHERE batch = ?1",
            params![number.cast_signed(), sealed],
        )
    }

    fn batch_secrets(&mut self, number: u64, after: u64) -> Result<Option<(u64, Vec<u8>)>> {
        self.one(
            "SELECT part, sealed FROM batch_secrets WHERE batch = ?1 AND part > ?2 ORDER BY part LIMIT 1",
            params![number.cast_signed(), after.cast_signed()],
            |row| Ok((row.count("part")?, row.get("sealed")?)),
        )
    }
}
