//! The store behind the program's back: what no command shows, and what no command brings about. All that tests know
//! of the engine stands here, so that another engine replaces this file (and `tests/store_story`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::{Index, IndexMut};
use std::path::Path;

use regain::store::Engine;
use regain::store::sqlite::Sqlite;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value as Cell;
use serde_json::Value;
use sha2::Digest;

/// A row of a table by its columns: numbers, text, null, and bytes as a list of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub BTreeMap<String, Value>);

impl Index<&str> for Row {
    type Output = Value;

    fn index(&self, column: &str) -> &Value {
        self.0.get(column).unwrap_or_else(|| panic!("no column {column}: {self:?}"))
    }
}

impl IndexMut<&str> for Row {
    fn index_mut(&mut self, column: &str) -> &mut Value {
        self.0.get_mut(column).unwrap_or_else(|| panic!("no column {column}"))
    }
}

impl Row {
    pub fn text(&self, column: &str) -> &str {
        self[column].as_str().unwrap_or_else(|| panic!("{column} is no text: {self:?}"))
    }

    pub fn number(&self, column: &str) -> i64 {
        self[column].as_i64().unwrap_or_else(|| panic!("{column} is no number: {self:?}"))
    }

    pub fn bytes(&self, column: &str) -> Vec<u8> {
        let Cell::Blob(bytes) = to_cell(&self[column]) else { panic!("{column} is no bytes: {self:?}") };
        bytes
    }

    /// How many bytes a column holds.
    pub fn size(&self, column: &str) -> usize {
        self.bytes(column).len()
    }

    /// Some columns in a line, with `-` for what is not there.
    pub fn line(&self, columns: &[&str]) -> String {
        let word = |column: &&str| match &self[*column] {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        columns.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    pub fn has(&self, column: &str) -> bool {
        !self[column].is_null()
    }

    /// Moves a moment, in milliseconds.
    pub fn shift(&mut self, column: &str, milliseconds: i64) {
        self[column] = (self.number(column) + milliseconds).into();
    }
}

/// Something that is done to a store.
pub type Act<'a> = &'a dyn Fn(&RawStore);

/// A store that is opened without the program: the site's own, or a copy of it.
pub struct RawStore(Connection);

impl RawStore {
    pub fn open(path: &Path) -> Self {
        let store = Connection::open(path).unwrap();
        // The log stays where it is, as regain leaves it.
        store.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        Self(store)
    }

    fn execute(&self, sql: &str) {
        self.0.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The rows of a table, the oldest first where the engine knows.
    pub fn rows(&self, table: &str) -> Vec<Row> {
        let order = if self.keyed(table) { "" } else { " ORDER BY rowid" };
        let mut statement = self.0.prepare(&format!("SELECT * FROM {table}{order}")).unwrap();
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let row = |row: &rusqlite::Row<'_>| {
            let cell = |(at, name): (usize, &String)| (name.clone(), to_json(row.get(at).unwrap()));
            Ok(Row(columns.iter().enumerate().map(cell).collect()))
        };
        statement.query_map([], row).unwrap().map(Result::unwrap).collect()
    }

    /// Whether a table has its key for its place, and so no order of arrival.
    fn keyed(&self, table: &str) -> bool {
        let sql = "SELECT sql LIKE '%WITHOUT ROWID' FROM sqlite_schema WHERE name = ?1";
        self.0.query_row(sql, [table], |row| row.get(0)).unwrap()
    }

    pub fn tables(&self) -> Vec<String> {
        let sql =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let mut statement = self.0.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    pub fn count(&self, table: &str) -> i64 {
        self.0.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    /// All that these tables hold, in words.
    pub fn dump(&self, tables: &[&str]) -> String {
        let mut text = String::new();
        for table in tables {
            for row in self.rows(table) {
                let _ = writeln!(text, "{table} {row:?}");
            }
        }
        text
    }

    pub fn dump_all(&self) -> String {
        let tables = self.tables();
        self.dump(&tables.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Changes rows.
    pub fn edit(&self, table: &str, change: impl Fn(&mut Row)) {
        for old in self.rows(table) {
            let mut new = old.clone();
            change(&mut new);
            let changed: Vec<_> = new.0.iter().filter(|(column, value)| old[column] != **value).collect();
            if changed.is_empty() {
                continue;
            }
            let set: Vec<String> = changed.iter().map(|(column, _)| format!("{column} = ?")).collect();
            let (of, mut cells) = these(&old);
            cells.splice(0..0, changed.into_iter().map(|(_, value)| to_cell(value)));
            let sql = format!("UPDATE {table} SET {} WHERE {of}", set.join(", "));
            self.0.execute(&sql, rusqlite::params_from_iter(cells)).unwrap();
        }
    }

    /// Adds a row; what it says nothing of is left to the table.
    pub fn add(&self, table: &str, row: &Value) {
        let row = row.as_object().unwrap();
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        let places = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", names.join(", "));
        self.0.execute(&sql, rusqlite::params_from_iter(row.values().map(to_cell))).unwrap();
    }

    /// Adds copies of a row, each changed by its number.
    pub fn copy(&self, table: &str, of: &Row, times: usize, change: impl Fn(usize, &mut Row)) {
        self.execute("BEGIN");
        for at in 0..times {
            let mut row = of.clone();
            change(at, &mut row);
            self.add(table, &serde_json::to_value(&row.0).unwrap());
        }
        self.execute("COMMIT");
    }

    pub fn remove(&self, table: &str, which: impl Fn(&Row) -> bool) {
        for row in self.rows(table).iter().filter(|row| which(row)) {
            let (of, cells) = these(row);
            self.0
                .execute(&format!("DELETE FROM {table} WHERE {of}"), rusqlite::params_from_iter(cells))
                .unwrap();
        }
    }
}

/// What somebody does who can write to the file.
impl RawStore {
    /// Writes the log back into the file; whether nobody was in the way.
    pub fn fold_log(&self) -> bool {
        self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).unwrap() == 0
    }

    pub fn begin(&self) {
        self.execute("BEGIN");
    }

    pub fn commit(&self) {
        self.execute("COMMIT");
    }

    /// Whether the engine itself finds nothing wrong.
    pub fn is_sound(&self) -> bool {
        self.0.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap() == "ok"
    }

    /// Does what the guards of the records forbid, and puts the guards back.
    pub fn tamper(&self, act: impl FnOnce(&Self)) {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
        let mut statement = self.0.prepare(sql).unwrap();
        let guards: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        drop(statement);
        for (name, _) in &guards {
            self.drop_trigger(name);
        }
        act(self);
        for (_, sql) in &guards {
            self.execute(sql);
        }
    }

    /// Changes a record; its guards must be away.
    pub fn set_event(&self, seq: i64, column: &str, value: impl Into<Value>) {
        let value = value.into();
        self.edit("audit", |event| {
            if event["seq"] == seq {
                event[column] = value.clone();
            }
        });
    }

    pub fn remove_events(&self, which: impl Fn(i64) -> bool) {
        self.remove("audit", |event| which(event.number("seq")));
    }

    pub fn swap_events(&self, one: i64, other: i64) {
        const ASIDE: i64 = -1;
        for (from, to) in [(one, ASIDE), (other, one), (ASIDE, other)] {
            self.set_event(from, "seq", to);
        }
    }

    /// Adds a copy of a record under another number.
    pub fn copy_event(&self, seq: i64, to: i64) {
        let of = self.rows("audit").into_iter().find(|event| event["seq"] == seq).unwrap();
        self.copy("audit", &of, 1, |_, event| event["seq"] = to.into());
    }

    pub fn drop_trigger(&self, name: &str) {
        self.execute(&format!("DROP TRIGGER {name}"));
    }

    /// A trigger that empties a table whenever a row comes into another.
    pub fn add_trigger(&self, name: &str, on: &str, empties: &str) {
        self.execute(&format!("CREATE TRIGGER {name} AFTER INSERT ON {on} BEGIN DELETE FROM {empties}; END"));
    }

    /// Puts a trigger that does nothing in the place of a guard.
    pub fn blunt_trigger(&self, name: &str) {
        self.drop_trigger(name);
        self.execute(&format!("CREATE TRIGGER {name} BEFORE DELETE ON audit BEGIN SELECT 1; END"));
    }

    pub fn drop_index(&self, name: &str) {
        self.execute(&format!("DROP INDEX {name}"));
    }

    pub fn add_index(&self, name: &str, table: &str, column: &str) {
        self.execute(&format!("CREATE INDEX {name} ON {table} ({column})"));
    }

    pub fn add_table(&self, name: &str) {
        self.execute(&format!("CREATE TABLE {name} (x)"));
    }

    pub fn add_view(&self, name: &str) {
        self.execute(&format!("CREATE VIEW {name} AS SELECT 1"));
    }

    pub fn rename_column(&self, table: &str, from: &str, to: &str) {
        self.execute(&format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}"));
    }

    /// The number of the schema, as the file says it.
    pub fn set_schema(&self, number: u32) {
        self.execute(&format!("PRAGMA user_version = {number}"));
    }
}

/// A condition that fits this row alone, and its values.
fn these(row: &Row) -> (String, Vec<Cell>) {
    let parts: Vec<String> = row.0.keys().map(|column| format!("{column} IS ?")).collect();
    (parts.join(" AND "), row.0.values().map(to_cell).collect())
}

fn to_json(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => number.into(),
        Cell::Real(number) => number.into(),
        Cell::Text(text) => text.into(),
        Cell::Blob(bytes) => bytes.into(),
    }
}

fn to_cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(truth) => Cell::Integer((*truth).into()),
        Value::Number(number) => Cell::Integer(number.as_i64().unwrap()),
        Value::String(text) => Cell::Text(text.clone()),
        Value::Array(bytes) => {
            Cell::Blob(bytes.iter().map(|byte| byte.as_u64().unwrap().try_into().unwrap()).collect())
        }
        Value::Object(_) => panic!("no column holds {value}"),
    }
}

/// The store as regain itself opens it, for what is asked of its traits.
pub fn open(store: &Path) -> Box<dyn Engine> {
    Box::new(Sqlite::open(store).unwrap())
}

/// A new and empty one.
pub fn create(store: &Path) -> Box<dyn Engine> {
    Box::new(Sqlite::create(store).unwrap())
}

/// Everything that is stored, wherever it stands: in the file and in its log. The index of the log is left out:
/// readers write it, too.
pub fn bytes(store: &Path) -> [Vec<u8>; 2] {
    ["", "-wal"].map(|tail| std::fs::read(format!("{}{tail}", store.display())).unwrap_or_default())
}

/// A digest of everything that is stored.
pub fn digest(store: &Path) -> Vec<u8> {
    bytes(store).iter().fold(sha2::Sha256::new(), Digest::chain_update).finalize().to_vec()
}
