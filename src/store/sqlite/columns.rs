//! Between columns and plain data.

use std::ops::ControlFlow;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{CachedStatement, OptionalExtension, Row, ToSql};

use super::errors::engine;
use crate::store::{Result, StoreError, ensure_rows};

/// A transaction's connection, on which the traits of the tables are implemented.
pub(super) struct Connected<'c>(pub(super) &'c rusqlite::Connection);

impl Connected<'_> {
    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>> {
        #[cfg(test)]
        super::plans_tests::judge(self.0, sql);
        self.0.prepare_cached(sql).map_err(engine)
    }

    /// A statement with at most one row.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl Fn(&mut Columns<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(params).map_err(engine)?;
        rows.next().map_err(engine)?.map(|row| read(&mut Columns::of(row))).transpose()
    }

    /// A statement with any number of rows.
    pub(super) fn many<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl Fn(&mut Columns<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(params).map_err(engine)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(engine)? {
            found.push(read(&mut Columns::of(row))?);
        }
        Ok(found)
    }

    /// A statement with more rows than memory should hold.
    pub(super) fn visit(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        each: &mut dyn FnMut(&mut Columns<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(params).map_err(engine)?;
        while let Some(row) = rows.next().map_err(engine)? {
            if each(&mut Columns::of(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// A statement that counts; 0 where it has no row.
    pub(super) fn number(&self, sql: &str, params: impl rusqlite::Params) -> Result<u64> {
        let counted = self.statement(sql)?.query_row(params, |row| row.get::<_, i64>(0)).optional();
        Ok(counted.map_err(engine)?.unwrap_or_default().cast_unsigned())
    }

    /// A statement that changes rows; how many it changed.
    pub(super) fn change(&self, sql: &str, params: impl rusqlite::Params) -> Result<u64> {
        let mut statement = self.statement(sql)?;
        statement.execute(params).map(|changed| changed as u64).map_err(engine)
    }

    /// A statement that changes rows, however many.
    pub(super) fn apply(&self, sql: &str, params: impl rusqlite::Params) -> Result<()> {
        self.change(sql, params).map(drop)
    }

    /// A new row, each value beside its column.
    pub(super) fn insert(&self, table: &str, row: &[(&str, &dyn ToSql)]) -> Result<()> {
        let (columns, values): (Vec<&str>, Vec<&dyn ToSql>) = row.iter().copied().unzip();
        let places = "?, ".repeat(row.len());
        let sql =
            format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), &places[..places.len() - 2]);
        self.change_one(&sql, values.as_slice())
    }

    /// A statement that changes exactly one row, or has failed.
    pub(super) fn change_one(&self, sql: &str, params: impl rusqlite::Params) -> Result<()> {
        ensure_rows(self.change(sql, params)?, 1)
    }

    /// A statement that changes one row if that is still as it should be; whether it was.
    pub(super) fn change_if(&self, sql: &str, params: impl rusqlite::Params) -> Result<bool> {
        Ok(self.change(sql, params)? == 1)
    }
}

/// The columns of a row, one after another, in the order of its statement: to find each by its name takes longer than all
/// else that reading does. A reader names them for errors, and a name that is not the column's fails in every test.
pub(super) struct Columns<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl<'r> Columns<'r> {
    fn of(row: &'r Row<'r>) -> Self {
        Self { row, next: 0 }
    }

    fn value(&mut self, column: &'static str) -> Result<ValueRef<'r>> {
        debug_assert_eq!(self.row.as_ref().column_name(self.next).ok(), Some(column), "the next column");
        let value = self.row.get_ref(self.next).map_err(engine)?;
        self.next += 1;
        Ok(value)
    }

    pub(super) fn get<T: FromSql>(&mut self, column: &'static str) -> Result<T> {
        T::column_result(self.value(column)?).map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn text(&mut self, column: &'static str) -> Result<&'r str> {
        self.value(column)?.as_str().map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn text_maybe(&mut self, column: &'static str) -> Result<Option<&'r str>> {
        self.value(column)?.as_str_or_null().map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn count(&mut self, column: &'static str) -> Result<u64> {
        u64::try_from(self.get::<i64>(column)?).map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn small(&mut self, column: &'static str) -> Result<u32> {
        u32::try_from(self.get::<i64>(column)?).map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn small_maybe(&mut self, column: &'static str) -> Result<Option<u32>> {
        let number = self.get::<Option<i64>>(column)?.map(u32::try_from);
        number.transpose().map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn time(&mut self, column: &'static str) -> Result<Timestamp> {
        Timestamp::from_millisecond(self.get(column)?).map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn time_maybe(&mut self, column: &'static str) -> Result<Option<Timestamp>> {
        let at = self.get::<Option<i64>>(column)?.map(Timestamp::from_millisecond);
        at.transpose().map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn word<T: FromStr>(&mut self, column: &'static str) -> Result<T> {
        self.text(column)?.parse().map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn word_maybe<T: FromStr>(&mut self, column: &'static str) -> Result<Option<T>> {
        let word = self.text_maybe(column)?.map(str::parse);
        word.transpose().map_err(|_| StoreError::Unreadable { column })
    }

    /// Passes over columns that hold nothing.
    pub(super) fn skip(&mut self, columns: usize) {
        self.next += columns;
    }

    /// Which row it is, by its column `id`, wherever that stands.
    pub(super) fn id(&self) -> String {
        self.row.get("id").unwrap_or_default()
    }
}

/// Zeros for what these texts are short of `room`, so that rows take as much room whatever they have.
pub(super) fn padding(room: usize, texts: &[&Option<String>]) -> Vec<u8> {
    let taken = texts.iter().filter_map(|text| text.as_deref()).map(str::len).sum();
    vec![0; room.saturating_sub(taken)]
}

pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The text as a `LIKE` pattern that means itself, anywhere (`ESCAPE '\'`; security O5).
pub(super) fn literally(text: &str) -> String {
    let mut pattern = String::from("%");
    for symbol in text.chars() {
        if matches!(symbol, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(symbol);
    }
    pattern.push('%');
    pattern
}
