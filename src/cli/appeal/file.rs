//! The form as a file, TOML or JSON. Everything that is wrong with it is told at once, and no value is repeated.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::cli::shared::{Context, Failure, input};
use crate::config::Intent;
use crate::domain::Reader;
use crate::domain::appeal::{Form, Group, Kind, NEW_EMAIL, NEW_MOBILE, Statement, WHO, is_field};
use crate::domain::mobile::Region;
use crate::domain::text::nearest;
use crate::ui::stdin;

/// A form is sealed in 16 KiB; a file with comments and spaces may be longer.
const LONGEST: u64 = 64 * 1024;

const KIND: &str = "kind";
const TEXTS: [&str; 3] = [WHO, NEW_MOBILE, NEW_EMAIL];

/// The statement in a file, or in standard input for `-`.
pub(super) fn read(path: &Path, context: &Context<'_>) -> Result<Statement, Failure> {
    let text = if path.as_os_str() == "-" {
        text_of(stdin::claim_text()?, path)?
    } else {
        let own = context.own_file("use --from - and give it on standard input");
        own.map_err(|failure| failure.of("--from"))?;
        text_of(File::open(path).map_err(|error| unreadable(path, &error))?, path)?
    };
    let text = text.trim_start_matches('\u{feff}');
    let json = path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("json"));
    let entries = if json || text.trim_start().starts_with('{') { of_json(text) } else { of_toml(text) };
    let reader = Reader { region: region(context), ..Reader::default() };
    entries.and_then(|entries| statement(&entries, reader)).map_err(|all| Failure::Form { all })
}

/// Without a config there is none; that it is missing is told where it is needed.
fn region(context: &Context<'_>) -> Option<Region> {
    context.load(Intent::Use).ok().and_then(|config| config.settings.contacts.region)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage_with(
        input::unreadable("the form", path, error),
        "--from takes a file of TOML or JSON, or - for standard input",
    )
    .of("--from")
}

fn text_of(from: impl Read, path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::usage(format!("the form has more than {} KiB", LONGEST / 1024)).of("--from"));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage("the form is not valid UTF-8").of("--from"))
}

/// A key of the file. JSON tells no lines.
struct Entry {
    line: Option<usize>,
    key: String,
    value: Value,
}

enum Value {
    Text(String),
    Table(Vec<Entry>),
    Other(&'static str),
}

fn of_toml(text: &str) -> Result<Vec<Entry>, Vec<String>> {
    let line_of = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let told = |error: toml::de::Error| {
            let line = line_of(error.span().map_or(0, |span| span.start));
            format!("line {line}: {}", error.message())
        };
        return Err(errors.into_iter().map(told).collect());
    }
    Ok(toml_entries(table.get_ref(), &line_of))
}

fn toml_entries(table: &DeTable<'_>, line_of: &dyn Fn(usize) -> usize) -> Vec<Entry> {
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        Entry {
            line: Some(line_of(key.span().start)),
            key: name.to_string(),
            value: match value.get_ref() {
                DeValue::String(text) => Value::Text(text.to_string()),
                DeValue::Table(inner) => Value::Table(toml_entries(inner, line_of)),
                DeValue::Integer(_) | DeValue::Float(_) => Value::Other("a number"),
                DeValue::Boolean(_) => Value::Other("true or false"),
                DeValue::Datetime(_) => Value::Other("a date or time"),
                DeValue::Array(_) => Value::Other("a list"),
            },
        }
    };
    table.iter().map(entry).collect()
}

fn of_json(text: &str) -> Result<Vec<Entry>, Vec<String>> {
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(object)) => Ok(json_entries(object)),
        Ok(_) => Err(vec!["line 1: a form is one object, `{ … }`".to_owned()]),
        // The library's own words may repeat what stands there.
        Err(error) => {
            Err(vec![format!("line {}, column {}: this is not JSON", error.line(), error.column())])
        }
    }
}

fn json_entries(object: serde_json::Map<String, serde_json::Value>) -> Vec<Entry> {
    let entry = |(key, value)| Entry {
        line: None,
        key,
        value: match value {
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Object(inner) => Value::Table(json_entries(inner)),
            serde_json::Value::Null => Value::Text(String::new()),
            serde_json::Value::Number(_) => Value::Other("a number"),
            serde_json::Value::Bool(_) => Value::Other("true or false"),
            serde_json::Value::Array(_) => Value::Other("a list"),
        },
    };
    object.into_iter().map(entry).collect()
}

/// Judges every key and every answer.
fn statement(entries: &[Entry], reader: Reader) -> Result<Statement, Vec<String>> {
    let mut reading = Reading { form: Form::new(Kind::Appeal), lines: Vec::new(), faults: Vec::new() };
    for entry in entries {
        reading.top(entry);
    }
    let Reading { form, lines, mut faults } = reading;
    let line_of = |key: &str| lines.iter().find(|(of, _)| of == key).and_then(|(_, line)| *line);
    let judged = form.check(reader);
    if let Err(found) = &judged {
        faults.extend(
            found
                .iter()
                // A key whose value was refused already is not missing besides.
                .filter(|(key, _)| !faults.iter().any(|(_, told)| told.starts_with(&format!("`{key}` "))))
                .map(|(key, fault)| (line_of(key), format!("`{key}` {fault}")))
                .collect::<Vec<_>>(),
        );
    }
    match judged {
        Ok(statement) if faults.is_empty() => Ok(statement),
        _ => {
            // What is missing has no line, and comes last.
            faults.sort_by_key(|(line, _)| line.unwrap_or(usize::MAX));
            let told = |(line, fault): (Option<usize>, String)| match line {
                Some(line) => format!("line {line}: {fault}"),
                None => fault,
            };
            Err(faults.into_iter().map(told).collect())
        }
    }
}

struct Reading {
    form: Form,
    lines: Vec<(String, Option<usize>)>,
    faults: Vec<(Option<usize>, String)>,
}

impl Reading {
    fn top(&mut self, entry: &Entry) {
        let key = entry.key.as_str();
        let group = key.parse::<Group>().ok();
        match (&entry.value, group) {
            (Value::Table(fields), Some(group)) => {
                for field in fields {
                    self.field(group, field);
                }
            }
            (_, Some(_)) => self.fault(entry, key, "must be a table"),
            (Value::Text(text), None) if key == KIND => match text.parse() {
                Ok(kind) => self.form.kind = kind,
                Err(_) => self.fault(entry, key, "must be \"appeal\" or \"ticket\""),
            },
            (Value::Text(text), None) if TEXTS.contains(&key) => self.set(entry, key.to_owned(), text),
            (value, None) if key == KIND || TEXTS.contains(&key) => self.not_text(entry, key, value),
            (_, None) => {
                let meant = suggestion(key).map(|known| format!("; did you mean `{known}`?"));
                self.fault(entry, key, &format!("is no part of a form{}", meant.unwrap_or_default()));
            }
        }
    }

    fn field(&mut self, group: Group, field: &Entry) {
        let key = format!("{group}.{}", field.key);
        match &field.value {
            _ if !is_field(&field.key) => {
                let what = "must be called by letters, digits, _ and -, at most 40 of them";
                self.fault(field, &key, what);
            }
            Value::Text(text) => self.set(field, key, text),
            value => self.not_text(field, &key, value),
        }
    }

    fn set(&mut self, entry: &Entry, key: String, text: &str) {
        self.lines.push((key.clone(), entry.line));
        self.form.set(key, text);
    }

    fn not_text(&mut self, entry: &Entry, key: &str, value: &Value) {
        let found = match value {
            Value::Text(_) => "a text",
            Value::Table(_) => "a table",
            Value::Other(what) => what,
        };
        self.fault(entry, key, &format!("must be a text in quotes, not {found}"));
    }

    fn fault(&mut self, entry: &Entry, key: &str, what: &str) {
        self.faults.push((entry.line, format!("`{key}` {what}")));
    }
}

/// What was probably meant.
fn suggestion(key: &str) -> Option<&'static str> {
    nearest(key, TEXTS.into_iter().chain([KIND]).chain(Group::ALL.iter().map(|group| group.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let entries = if text.starts_with('{') { of_json(text) } else { of_toml(text) };
        entries.and_then(|entries| statement(&entries, Reader::default())).err().unwrap_or_default()
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_line() {
        let file = "kind = \"apeal\"\nwhoo = \"acme\"\nnew_mobile = 49151\n[securty]\na = \"b\"\n[phone]\n\
                    number = \"\"\"a\nb\"\"\"\n\"a b\" = \"c\"\nsince = 2019-01-01\n";
        assert_eq!(
            faults(file),
            [
                "line 1: `kind` must be \"appeal\" or \"ticket\"",
                "line 2: `whoo` is no part of a form; did you mean `who`?",
                "line 3: `new_mobile` must be a text in quotes, not a number",
                "line 4: `securty` is no part of a form; did you mean `security`?",
                "line 7: `phone.number` holds a line break or another control character",
                "line 9: `phone.a b` must be called by letters, digits, _ and -, at most 40 of them",
                "line 10: `phone.since` must be a text in quotes, not a date or time",
                "`who` is missing",
            ]
        );
        assert_eq!(
            faults("phone = \"x\"\nwho = \"acme\"\n"),
            ["line 1: `phone` must be a table", "`new_mobile` is missing"]
        );
        assert!(faults("who = ").iter().all(|fault| fault.starts_with("line 1: ")));
    }

    #[test]
    fn json_is_the_same_without_lines() {
        let good = r#"{"kind":"ticket","who":"acme","new_mobile":"+4915112345678","new_email":null,
                       "materials":{"card":"1234"},"device":{"usual":"a laptop"}}"#;
        assert_eq!(faults(good), Vec::<String>::new());
        let bad = r#"{"who":["acme"],"new_mobile":"x","history":{"a":1},"password":"x"}"#;
        assert_eq!(
            faults(bad),
            [
                "`history.a` must be a text in quotes, not a number",
                "`password` is no part of a form",
                "`who` must be a text in quotes, not a list",
                "`new_mobile` cannot be used: write a mobile number as +, country code and number, such as \
                +4915112345678",
            ]
        );
        assert_eq!(faults("{\"who\": \"secret"), ["line 1, column 15: this is not JSON"]);
    }
}
