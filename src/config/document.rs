//! From the text of a config to settings, or to every problem it has.

use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Problem};
use super::read;
use super::schema::ROWS;
use super::settings::Settings;

/// A setting that the file gives a value to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// Its place in [`ROWS`].
    pub(super) row: usize,
    /// Counted from 1.
    pub(super) line: usize,
    /// The value, as TOML on one line.
    pub(super) value: String,
}

impl Default for Settings {
    fn default() -> Self {
        // Every default is within its own limits, which a test shows: nothing can be missing from here.
        let mut settings = Self::unfilled();
        for row in ROWS {
            let _ = read_default(&mut settings, row.default, row.read);
        }
        settings
    }
}

type Reader = fn(&mut Settings, &DeValue<'_>) -> read::Reading;

fn read_default(settings: &mut Settings, text: &str, reader: Reader) -> read::Reading {
    let value =
        DeValue::parse(text).map_err(|error| Fault::Syntax { message: error.message().to_owned() })?;
    reader(settings, value.get_ref())
}

/// Reads a whole config. Text that is no TOML is all there is to say about it; otherwise every key is judged.
pub(super) fn read(text: &str) -> Result<(Settings, Vec<Given>), Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let problem = |error: toml::de::Error| Problem {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            key: String::new(),
            fault: Fault::Syntax { message: error.message().to_owned() },
        };
        return Err(errors.into_iter().map(problem).collect());
    }
    let mut reading = Reading { text, found: Vec::new(), problems: Vec::new() };
    reading.walk("", table.get_ref());
    reading.finish()
}

struct Reading<'t> {
    text: &'t str,
    found: Vec<Found<'t>>,
    problems: Vec<Problem>,
}

struct Found<'t> {
    row: usize,
    line: usize,
    value: DeValue<'t>,
}

impl<'t> Reading<'t> {
    /// Notes each known key beneath `prefix`, and each unknown one as a problem.
    fn walk(&mut self, prefix: &str, table: &DeTable<'t>) {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{prefix}.{}", name.get_ref())
            };
            let line = line_of(self.text, name.span().start);
            if let Some(row) = ROWS.iter().position(|row| row.key == key) {
                self.found.push(Found { row, line, value: value.get_ref().clone() });
            } else if !is_table(&key) {
                let suggestion = suggestion(&key).map(str::to_owned);
                self.problems.push(Problem { line, key, fault: Fault::Unknown { suggestion } });
            } else if let DeValue::Table(inner) = value.get_ref() {
                self.walk(&key, inner);
            } else {
                let fault = read::not("a table", value.get_ref());
                self.problems.push(Problem { line, key, fault });
            }
        }
    }

    /// Fills the settings row by row, because a transport is read before its own keys.
    fn finish(mut self) -> Result<(Settings, Vec<Given>), Vec<Problem>> {
        let mut settings = Settings::unfilled();
        let mut given = Vec::with_capacity(self.found.len());
        for (at, row) in ROWS.iter().enumerate() {
            let found = self.found.iter().find(|found| found.row == at);
            let (line, read) = match found {
                Some(found) => (found.line, (row.read)(&mut settings, &found.value)),
                None => (self.line_of_table(row.key), read_default(&mut settings, row.default, row.read)),
            };
            if let Err(fault) = read {
                self.problems.push(Problem { line, key: row.key.to_owned(), fault });
            } else if let Some(found) = found {
                given.push(Given { row: at, line, value: on_one_line(&found.value) });
            }
        }
        if self.problems.is_empty() {
            return Ok((settings, given));
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(self.problems)
    }
}

impl Reading<'_> {
    /// What is missing is told at the first key of its table that counts, which is the transport where there is one.
    fn line_of_table(&self, key: &str) -> usize {
        let beside =
            |found: &&Found<'_>| ROWS.get(found.row).is_some_and(|row| split(row.key).0 == split(key).0);
        self.found.iter().filter(beside).min_by_key(|found| found.row).map_or(0, |found| found.line)
    }
}

/// Whether keys stand beneath this one: `delivery`, `delivery.email`.
fn is_table(key: &str) -> bool {
    ROWS.iter().any(|row| row.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// The table a key stands in, and its own name.
pub(super) fn split(key: &str) -> (&str, &str) {
    key.rsplit_once('.').unwrap_or(("", key))
}

/// What others call it, and what it is called here.
const OTHER_WORDS: [(&str, &str); 8] = [
    ("command", "argv"),
    ("program", "argv"),
    ("server", "host"),
    ("user", "username"),
    ("login", "username"),
    ("password", "password_file"),
    ("token", "token_file"),
    ("folder", "path"),
];

/// What was probably meant: a key or table that is spelled nearly alike, else another word for it in the same table,
/// else the same name elsewhere.
fn suggestion(key: &str) -> Option<&'static str> {
    let tables = ROWS.iter().flat_map(|row| row.key.match_indices('.').map(|(at, _)| row.key.split_at(at).0));
    let nearest = ROWS
        .iter()
        .map(|row| row.key)
        .chain(tables)
        .map(|known| (strsim::osa_distance(key, known), known))
        .min_by_key(|(distance, _)| *distance);
    // One slip in three letters; the rest is another word.
    let near =
        nearest.filter(|(distance, known)| distance * 3 <= split(known).1.len()).map(|(_, known)| known);
    let same_name = || ROWS.iter().map(|row| row.key).find(|known| split(known).1 == split(key).1);
    let (table, name) = split(key);
    let called = |word: &str| ROWS.iter().map(|row| row.key).find(|known| split(known) == (table, word));
    let other_word =
        || OTHER_WORDS.iter().filter(|(theirs, _)| *theirs == name).find_map(|(_, ours)| called(ours));
    near.or_else(other_word).or_else(same_name)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// A value as TOML without line breaks or comments.
fn on_one_line(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => toml::Value::String(text.to_string()).to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(list) => {
            let entries: Vec<String> = list.iter().map(|entry| on_one_line(entry.get_ref())).collect();
            format!("[{}]", entries.join(", "))
        }
        DeValue::Table(table) => {
            let entry = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
                let name: &std::borrow::Cow<'_, str> = name.get_ref();
                format!("{name} = {}", on_one_line(value.get_ref()))
            };
            format!("{{ {} }}", table.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
