//! Between columns and plain data.

use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Error, Row, ToSql};

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
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(params).map_err(engine)?;
        rows.next().map_err(engine)?.map(read).transpose()
    }

    /// A statement with any number of rows.
    pub(super) fn many<T>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query(params).map_err(engine)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(engine)? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// A statement with more rows than memory should hold.
    pub(super) fn visit(&self, sql: &str, each: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let mut statement = self.statement(sql)?;
        let mut rows = statement.query([]).map_err(engine)?;
        while let Some(row) = rows.next().map_err(engine)? {
            each(row)?;
        }
        Ok(())
    }

    /// A statement that counts; 0 where it has no row.
    pub(super) fn number(&self, sql: &str, params: impl rusqlite::Params) -> Result<u64> {
        let counted = self.one(sql, params, |row| row.get::<_, i64>(0).map_err(engine))?;
        Ok(counted.unwrap_or_default().cast_unsigned())
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
        let (columns, places) = (columns.join(", "), vec!["?"; row.len()].join(", "));
        self.change_one(&format!("INSERT INTO {table} ({columns}) VALUES ({places})"), values.as_slice())
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

/// Zeros for what these texts are short of `room`, so that rows take as much room whatever they have.
pub(super) fn padding(room: usize, texts: &[&Option<String>]) -> Vec<u8> {
    let taken = texts.iter().filter_map(|text| text.as_deref()).map(str::len).sum();
    vec![0; room.saturating_sub(taken)]
}

pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, column: &'static str) -> Result<T> {
    row.get(column).map_err(|error| match error {
        Error::FromSqlConversionFailure(..)
        | Error::InvalidColumnType(..)
        | Error::IntegralValueOutOfRange(..) => StoreError::Unreadable { column },
        other => engine(other),
    })
}

pub(super) fn count(row: &Row<'_>, column: &'static str) -> Result<u64> {
    u64::try_from(get::<i64>(row, column)?).map_err(|_| StoreError::Unreadable { column })
}

pub(super) fn small(row: &Row<'_>, column: &'static str) -> Result<u32> {
    u32::try_from(get::<i64>(row, column)?).map_err(|_| StoreError::Unreadable { column })
}

pub(super) fn time(row: &Row<'_>, column: &'static str) -> Result<Timestamp> {
    Timestamp::from_millisecond(get(row, column)?).map_err(|_| StoreError::Unreadable { column })
}

pub(super) fn time_maybe(row: &Row<'_>, column: &'static str) -> Result<Option<Timestamp>> {
    get::<Option<i64>>(row, column)?
        .map(|at| Timestamp::from_millisecond(at).map_err(|_| StoreError::Unreadable { column }))
        .transpose()
}

pub(super) fn word<T: FromStr>(row: &Row<'_>, column: &'static str) -> Result<T> {
    parse(&get::<String>(row, column)?, column)
}

pub(super) fn word_maybe<T: FromStr>(row: &Row<'_>, column: &'static str) -> Result<Option<T>> {
    get::<Option<String>>(row, column)?.map(|text| parse(&text, column)).transpose()
}

pub(super) fn parse<T: FromStr>(text: &str, column: &'static str) -> Result<T> {
    text.parse().map_err(|_| StoreError::Unreadable { column })
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
