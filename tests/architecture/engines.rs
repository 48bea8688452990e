//! Only one room knows the engine beneath the store, and of the tests only one file of the harness.

use regex::Regex;

use super::source::{assert_none, files_below, source, text_of};

/// Where a test may speak SQL: the store's own, and the file that another engine replaces.
const MAY_SPEAK_SQL: [&str; 2] = ["tests/store_story/", "tests/site/engine.rs"];

#[test]
fn only_the_store_knows_its_engine() {
    let mut wrong = Vec::new();
    for file in source().iter().filter(|file| !file.path.starts_with("store/sqlite")) {
        // The store's URL, and the one match on it.
        let opens = file.path.ends_with("domain/store_url.rs") || file.path.ends_with("store/open.rs");
        for (at, line) in file.without_tests() {
            let engine = line.contains("rusqlite") || line.contains("sqlite::") || line.contains("Sqlite");
            if engine && !(opens || file.path.ends_with("store/mod.rs") && line.contains("sqlite")) {
                wrong.push(format!("src/{}:{at}: {}", file.path.display(), line.trim()));
            }
        }
    }
    assert_none("SQLite outside its room", &wrong);
}

#[test]
fn no_test_speaks_sql_but_the_stores_own() {
    let sql = Regex::new(
        r"rusqlite|sqlite3|store::sqlite|\b(?:SELECT|INSERT INTO|DELETE FROM|PRAGMA|UPDATE [a-z_]+ SET|DROP (?:TABLE|TRIGGER|INDEX)|CREATE (?:TABLE|TRIGGER|INDEX|VIEW)|ALTER TABLE)\b",
    )
    .unwrap();
    let own =
        |path: &str| MAY_SPEAK_SQL.iter().any(|may| path.starts_with(may)) || path.ends_with("engines.rs");
    let mut wrong = Vec::new();
    for path in &files_below("tests") {
        let name = path.to_string_lossy();
        if own(&name) || !name.ends_with(".rs") {
            continue;
        }
        let text = text_of(path);
        let lines = text.lines().enumerate().filter(|(_, line)| sql.is_match(line));
        wrong.extend(lines.map(|(at, line)| format!("{name}:{}: {}", at + 1, line.trim())));
    }
    assert_none("tests that know the engine", &wrong);
    // The control: it is seen where it may be.
    let engine = text_of(std::path::Path::new(MAY_SPEAK_SQL[1]));
    assert!(engine.lines().any(|line| sql.is_match(line)));
}
