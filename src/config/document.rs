//! From the text of a config to settings, or to every problem it has.

use std::borrow::Cow;

use memchr::memmem;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::channel_keys::{Keys, other_transport};
use super::defaults::{DEFAULTS, ROWS, Row, split};
use super::error::Problem;
use super::settings::Settings;
use super::value;
use crate::domain::Channel;
use crate::domain::hash_cost::Cost;

/// The tables whose keys need each other.
pub(super) const CHANNELS: [(&str, Channel); 2] =
    [("delivery.email", Channel::Email), ("delivery.sms", Channel::Mobile)];

/// A setting that the file gives a value to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) key: &'static str,
    /// Counted from 1.
    pub(super) line: usize,
    /// The value, as TOML on one line.
    pub(super) value: String,
}

impl Settings {
    /// The settings that a text makes, or everything that is wrong with it. An empty text makes the defaults.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        read(text).map(|(settings, _)| settings)
    }
}

/// Reads a whole config. Text that is no TOML is all there is to say about it; otherwise every key is judged.
pub(super) fn read(text: &str) -> Result<(Settings, Vec<Given>), Vec<Problem>> {
    let text = &*without_comments(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let problem = |error: toml::de::Error| Problem {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            key: String::new(),
            message: error.message().to_owned(),
        };
        return Err(errors.into_iter().map(problem).collect());
    }
    let mut reading = Reading { text, found: Vec::new(), problems: Vec::new() };
    reading.walk("", table.get_ref());
    reading.found.sort_by_key(|found| found.line);
    let given = |found: &Found<'_>| {
        let (key, line) = (found.row.key.as_str(), found.line);
        Given { key, line, value: on_one_line(&found.value) }
    };
    let given = reading.found.iter().map(given).collect();
    reading.refuse_keys_of_other_transports();
    match reading.settings() {
        Some(settings) if reading.problems.is_empty() => Ok((settings, given)),
        _ => {
            reading.problems.sort_by_key(|problem| problem.line);
            Err(reading.problems)
        }
    }
}

/// A config line by line, with nothing in those that are a comment: they are most of it, and each process reads it. Where
/// a text has several lines, any of them may begin like a comment.
fn without_comments(text: &str) -> Cow<'_, str> {
    let holds = |quotes: &str| memmem::find(text.as_bytes(), quotes.as_bytes()).is_some();
    if holds("\"\"\"") || holds("'''") {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive('\n');
    lines.map(|line: &str| if line.starts_with('#') { "\n" } else { line }).collect()
}

#[derive(Deserialize)]
#[serde(expecting = "a table")]
struct AnyTable {}

struct Reading<'t> {
    text: &'t str,
    /// What is still to be judged: a key with a problem is taken out, and stands at its default from then on.
    found: Vec<Found<'t>>,
    problems: Vec<Problem>,
}

struct Found<'t> {
    row: &'static Row,
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
            if let Some(row) = ROWS.iter().find(|row| row.key == key) {
                self.found.push(Found { row, line, value: value.get_ref().clone() });
            } else if !is_table(&key) {
                let meant = suggestion(&key).map(|key| format!("; did you mean `{key}`?"));
                let message = format!("is not a setting{}", meant.unwrap_or_default());
                self.problems.push(Problem { line, key, message });
            } else if let DeValue::Table(inner) = value.get_ref() {
                self.walk(&key, inner);
            } else if let Err(fault) = value::read::<AnyTable>(value.get_ref()) {
                self.problems.push(Problem { line, key, message: fault.message });
            }
        }
    }

    /// A key that is set for another transport is a mistake, and its default is none.
    fn refuse_keys_of_other_transports(&mut self) {
        for (table, channel) in CHANNELS {
            let key = format!("{table}.transport");
            let given = self.found.iter().find(|found| found.row.key == key).map(|found| &found.value);
            let transport = given.or_else(|| at(&DEFAULTS, &key)).and_then(DeValue::as_str);
            let meant = |found: &Found<'_>| {
                let (its_table, name) = split(&found.row.key);
                let is_set = its_table == table && on_one_line(&found.value) != found.row.default;
                let wanted = other_transport(channel, transport?, name).filter(|_| is_set)?;
                Some((found.row.key.as_str(), wanted))
            };
            let meant: Vec<_> = self.found.iter().filter_map(meant).collect();
            for (key, wanted) in meant {
                self.refuse(key, format!("is for transport = \"{wanted}\" only"));
            }
        }
    }

    /// Lets serde read the settings until it finds no more fault: it stops at the first.
    fn settings(&mut self) -> Option<Settings> {
        loop {
            let values = self.values();
            let fault = match value::read::<Settings>(&values) {
                Ok(settings) => {
                    self.judge_hash(&settings);
                    return Some(settings);
                }
                Err(fault) => fault,
            };
            let left = self.found.len();
            if let Some((table, channel)) = CHANNELS.into_iter().find(|(table, _)| *table == fault.key) {
                let keys: Keys = value::read(at(values.as_table()?, table)?).ok()?;
                for (name, message) in keys.judge(channel).err().unwrap_or_default() {
                    self.tell(&format!("{table}.{name}"), message);
                }
                self.found.retain(|found| split(&found.row.key).0 != table);
            } else {
                // What is wrong within a list or a table is wrong with its setting.
                let row = ROWS.iter().find(|row| stands_in(&fault.key, &row.key));
                self.refuse(row.map_or(&fault.key, |row| &row.key), fault.message);
            }
            if self.found.len() == left {
                return None;
            }
        }
    }

    /// The defaults, with what is given in their place.
    fn values(&self) -> DeValue<'t> {
        let mut table = DEFAULTS.clone();
        for found in &self.found {
            put(&mut table, &found.row.key, &found.value);
        }
        DeValue::Table(table)
    }

    fn judge_hash(&mut self, settings: &Settings) {
        let max = Cost::most_iterations(settings.hash.memory_kib);
        if settings.hash.iterations > max {
            self.tell("hash.iterations", format!("must be at most {max} beside this `hash.memory_kib`"));
        }
    }

    fn refuse(&mut self, key: &str, message: String) {
        self.tell(key, message);
        self.found.retain(|found| found.row.key != key);
    }

    /// Notes a problem, unless its key has one. What is missing is told where the transport stands that needs it.
    fn tell(&mut self, key: &str, message: String) {
        if self.problems.iter().any(|problem| problem.key == key) {
            return;
        }
        let line_of =
            |key: &str| self.found.iter().find(|found| found.row.key == key).map(|found| found.line);
        let line = line_of(key).or_else(|| line_of(&format!("{}.transport", split(key).0)));
        self.problems.push(Problem { line: line.unwrap_or_default(), key: key.to_owned(), message });
    }
}

/// What stands at a dotted key.
fn at<'v, 't>(table: &'v DeTable<'t>, key: &str) -> Option<&'v DeValue<'t>> {
    let (name, rest) = key.split_once('.').unwrap_or((key, ""));
    let value = table.get(name)?.get_ref();
    if rest.is_empty() { Some(value) } else { at(value.as_table()?, rest) }
}

fn put<'t>(table: &mut DeTable<'t>, key: &str, value: &DeValue<'t>) {
    let (name, rest) = key.split_once('.').unwrap_or((key, ""));
    match table.get_mut(name).map(Spanned::get_mut) {
        Some(DeValue::Table(inner)) if !rest.is_empty() => put(inner, rest, value),
        Some(slot) => slot.clone_from(value),
        None => {}
    }
}

/// Whether keys stand beneath this one: `delivery`, `delivery.email`.
fn is_table(key: &str) -> bool {
    ROWS.iter().any(|row| row.key != key && stands_in(&row.key, key))
}

/// Whether a key is this one, or stands beneath it.
fn stands_in(key: &str, above: &str) -> bool {
    key.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
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
pub(super) fn suggestion(key: &str) -> Option<&'static str> {
    let keys = || ROWS.iter().map(|row| row.key.as_str());
    let tables = keys().flat_map(|key| key.match_indices('.').map(|(at, _)| key.split_at(at).0));
    let nearest = keys()
        .chain(tables)
        .map(|known| (strsim::osa_distance(key, known), known))
        .min_by_key(|(distance, _)| *distance);
    // One slip in three letters; the rest is another word.
    let near =
        nearest.filter(|(distance, known)| distance * 3 <= split(known).1.len()).map(|(_, known)| known);
    let same_name = || keys().find(|known| split(known).1 == split(key).1);
    let (table, name) = split(key);
    let called = |word: &str| keys().find(|known| split(known) == (table, word));
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
        DeValue::Table(table) if table.is_empty() => "{}".to_owned(),
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
