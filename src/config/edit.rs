//! Setting keys in the text of a config, which otherwise stays as its owner wrote it.

use toml_edit::{DocumentMut, Item, Table, Value};

use super::channel_keys::other_transport;
use super::defaults::{ROWS, Row, split};
use super::document::{self, CHANNELS};
use super::error::Problem;

/// Why values were not set. What was typed is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("there is no setting of this name{}", meant(.0.as_deref()))]
    NoSetting(Option<String>),
    #[error("{table} is a table: name one of its settings, such as {one}")]
    IsTable { table: String, one: &'static str },
    #[error("{0} is given twice; give it once")]
    Twice(String),
    /// Reads after the key.
    #[error("{key} {fault}")]
    BadValue { key: String, fault: String, with: Vec<With> },
    /// What these values need of other settings.
    #[error("{} cannot have {}: {}", keys.join(" and "), values(keys.len()), in_a_row(faults))]
    Alone { keys: Vec<String>, faults: Vec<(String, String)>, with: Vec<With> },
    /// The text is of a shape that a line cannot be put into, such as an inline table.
    #[error("{0} is in the config in a form that you must edit yourself")]
    Form(String),
}

impl EditError {
    /// The settings that are to be set together; empty if that is of no help.
    pub fn together(&self) -> &[With] {
        match self {
            Self::BadValue { with, .. } | Self::Alone { with, .. } => with,
            _ => &[],
        }
    }
}

/// A setting that is to be set together with others: to a value that is known, or to one that only its owner knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct With {
    pub key: String,
    pub value: Option<String>,
}

fn meant(known: Option<&str>) -> String {
    known.map_or_else(String::new, |known| format!("; did you mean {known}?"))
}

fn values(count: usize) -> &'static str {
    if count == 1 { "this value" } else { "these values" }
}

fn in_a_row(faults: &[(String, String)]) -> String {
    faults.iter().map(|(key, fault)| format!("{key} {fault}")).collect::<Vec<_>>().join("; ")
}

/// A config with more keys set.
#[derive(Debug, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
    /// In the order in which they were given.
    pub set: Vec<Set>,
}

/// A value that was set.
#[derive(Debug, PartialEq, Eq)]
pub struct Set {
    /// As it stands in the text.
    pub value: String,
    /// Whether it stood there otherwise, or not at all.
    pub changed: bool,
}

/// Sets keys to values, judged together: each as TOML writes it, or a text as it is. The rest of the text stays, its
/// comments, too.
pub fn set(text: &str, pairs: &[(&str, &str)]) -> Result<Edited, EditError> {
    for (at, (key, _)) in pairs.iter().enumerate() {
        known(key)?;
        if pairs.iter().take(at).any(|(other, _)| other == key) {
            return Err(EditError::Twice((*key).to_owned()));
        }
    }
    let as_toml = |typed: &str| typed.trim().parse::<Value>().ok();
    let mut chosen: Vec<Value> =
        pairs.iter().map(|(_, typed)| as_toml(typed).unwrap_or_else(|| Value::from(*typed))).collect();
    let keys: Vec<&str> = pairs.iter().map(|(key, _)| *key).collect();
    let (mut edited, mut problems) = judged(text, &keys, &chosen)?;
    for (at, (key, typed)) in pairs.iter().enumerate() {
        if !problems.iter().any(|problem| concerns(problem, key)) || as_toml(typed).is_none() {
            continue;
        }
        let mut other = chosen.clone();
        other[at] = Value::from(*typed);
        let (as_text, left) = judged(text, &keys, &other)?;
        if !left.iter().any(|problem| concerns(problem, key)) {
            (chosen, edited, problems) = (other, as_text, left);
        }
    }
    if problems.is_empty() { Ok(edited) } else { Err(refused(text, &keys, chosen, problems)) }
}

fn known(key: &str) -> Result<&'static Row, EditError> {
    if let Some(row) = ROWS.iter().find(|row| row.key == key) {
        return Ok(row);
    }
    let within = |row: &&Row| row.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    Err(match ROWS.iter().find(within) {
        Some(row) => EditError::IsTable { table: key.to_owned(), one: &row.key },
        None => EditError::NoSetting(document::suggestion(key).map(str::to_owned)),
    })
}

/// The text with these values, and what is wrong with it then.
fn judged(text: &str, keys: &[&str], values: &[Value]) -> Result<(Edited, Vec<Problem>), EditError> {
    let mut edited = Edited { text: text.to_owned(), set: Vec::new() };
    for (key, value) in keys.iter().zip(values) {
        let (text, value) = with(&edited.text, key, value.clone())?;
        edited.set.push(Set { value, changed: text != edited.text });
        edited.text = text;
    }
    let problems = document::read(&edited.text).err().unwrap_or_default();
    Ok((edited, problems))
}

/// What is told: what is wrong with a value by itself, or else what it needs of other settings.
fn refused(text: &str, keys: &[&str], chosen: Vec<Value>, problems: Vec<Problem>) -> EditError {
    let of_key = problems.iter().find_map(|problem| {
        let key = keys.iter().find(|key| concerns(problem, key))?;
        Some(((*key).to_owned(), problem.message.clone()))
    });
    let faults = problems.iter().map(|problem| (problem.key.clone(), problem.message.clone())).collect();
    let with = together(text, keys, chosen, problems).unwrap_or_default();
    match of_key {
        Some((key, fault)) => EditError::BadValue { key, fault, with },
        None => EditError::Alone { keys: keys.iter().map(|key| (*key).to_owned()).collect(), faults, with },
    }
}

/// The settings that go with these, as far as the problems tell: the transport that a key is for, keys that another one
/// leaves behind, and those that it needs.
fn together(
    text: &str,
    keys: &[&str],
    mut values: Vec<Value>,
    mut problems: Vec<Problem>,
) -> Option<Vec<With>> {
    let mut keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let given = keys.len();
    let mut needed: Vec<String> = Vec::new();
    loop {
        let before = keys.len();
        for problem in &problems {
            let (table, name) = split(&problem.key);
            let is_given = keys.contains(&problem.key);
            let (key, value) = match of_transport(&values, &keys, text, table, name) {
                Some(wanted) if is_given => (format!("{table}.transport"), Value::from(wanted)),
                Some(_) => {
                    let row = ROWS.iter().find(|row| row.key == problem.key)?;
                    (row.key.clone(), row.default.parse().ok()?)
                }
                // What is wrong with a given value by itself is mended by no other.
                None if is_given => return None,
                None => {
                    if !needed.contains(&problem.key) {
                        needed.push(problem.key.clone());
                    }
                    continue;
                }
            };
            if !keys.contains(&key) {
                keys.push(key);
                values.push(value);
            }
        }
        if keys.len() == before {
            break;
        }
        let named: Vec<&str> = keys.iter().map(String::as_str).collect();
        problems = judged(text, &named, &values).ok()?.1;
    }
    let is_known = |at: usize, key: &str| at >= given || split(key).1 == "transport";
    let with = |(at, (key, value)): (usize, (String, Value))| {
        let value = is_known(at, &key).then(|| value.as_str().map_or_else(|| plain(&value), str::to_owned));
        With { key, value }
    };
    let set = keys.into_iter().zip(values).enumerate().map(with);
    Some(set.chain(needed.into_iter().map(|key| With { key, value: None })).collect())
}

/// The transport that a key is for, if its channel has another one with these values.
fn of_transport(
    values: &[Value],
    keys: &[String],
    text: &str,
    table: &str,
    name: &str,
) -> Option<&'static str> {
    let (_, channel) = CHANNELS.into_iter().find(|(of, _)| *of == table)?;
    let given = keys.iter().zip(values).find(|(key, _)| split(key) == (table, "transport"));
    let transport = match given {
        Some((_, value)) => value.as_str()?.to_owned(),
        None => {
            let document: DocumentMut = text.parse().ok()?;
            let set = table.split('.').try_fold(document.as_item(), |item, part| item.get(part));
            let set = set.and_then(|table| table.get("transport")).and_then(Item::as_str);
            set.unwrap_or("maildir").to_owned()
        }
    };
    other_transport(channel, &transport, name)
}

fn plain(value: &Value) -> String {
    value.to_string().trim().to_owned()
}

/// Whether a problem is one of this setting, or of something in it.
fn concerns(problem: &Problem, key: &str) -> bool {
    problem.key == key || problem.key.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// The text with a value at a key, and how that is written.
fn with(text: &str, key: &str, mut value: Value) -> Result<(String, String), EditError> {
    let form = || EditError::Form(key.to_owned());
    let mut document: DocumentMut = text.parse().map_err(|_| form())?;
    let (table, name) = split(key);
    let mut at: &mut Table = document.as_table_mut();
    for part in table.split('.') {
        let beneath = at.entry(part).or_insert_with(|| {
            let mut made = Table::new();
            // Only a table with a key of its own gets a heading.
            made.set_implicit(true);
            Item::Table(made)
        });
        at = beneath.as_table_mut().ok_or_else(form)?;
    }
    let shown = plain(&value);
    match at.get_mut(name) {
        Some(present) => {
            let present = present.as_value_mut().ok_or_else(form)?;
            *value.decor_mut() = present.decor().clone();
            *present = value;
        }
        None => {
            at.insert(name, Item::Value(value));
        }
    }
    Ok((document.to_string(), shown))
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
