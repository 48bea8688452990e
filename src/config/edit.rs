//! Setting one key in the text of a config, which otherwise stays as its owner wrote it.

use toml_edit::{DocumentMut, Item, Table, Value};

use super::defaults::{ROWS, split};
use super::document;
use super::error::Problem;

/// Why a value was not set. What was typed is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("there is no setting of this name{}", meant(.0.as_deref()))]
    NoSetting(Option<String>),
    /// Reads after the key.
    #[error("{key} {fault}")]
    BadValue { key: String, fault: String },
    /// The text is of a shape that a line cannot be put into, such as an inline table.
    #[error("{0} is in the config in a form that you must edit yourself")]
    Form(String),
}

fn meant(known: Option<&str>) -> String {
    known.map_or_else(String::new, |known| format!("; did you mean {known}?"))
}

/// A config with one more key set.
#[derive(Debug, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
    /// The value as it stands in the text.
    pub value: String,
}

/// Sets a key to a value: as TOML writes it, or a text as it is. The rest of the text stays, its comments, too.
pub fn set(text: &str, key: &str, typed: &str) -> Result<Edited, EditError> {
    let Some(row) = ROWS.iter().find(|row| row.key == key) else {
        return Err(EditError::NoSetting(document::suggestion(key).map(str::to_owned)));
    };
    let as_toml = typed.trim().parse::<Value>().ok();
    let mut first = None;
    for value in as_toml.into_iter().chain([Value::from(typed)]) {
        let edited = with(text, &row.key, value)?;
        let problem = match document::read(&edited.text) {
            Ok(_) => return Ok(edited),
            Err(problems) => problems.into_iter().find(|problem| concerns(problem, key)),
        };
        first = first.or(problem);
    }
    let fault = first
        .map_or_else(|| "cannot have this value beside the others".to_owned(), |problem| problem.message);
    Err(EditError::BadValue { key: key.to_owned(), fault })
}

/// Whether a problem is one of this setting, or of something in it.
fn concerns(problem: &Problem, key: &str) -> bool {
    problem.key == key || problem.key.strip_prefix(key).is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn with(text: &str, key: &str, mut value: Value) -> Result<Edited, EditError> {
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
    let shown = value.to_string().trim().to_owned();
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
    Ok(Edited { text: document.to_string(), value: shown })
}

#[cfg(test)]
mod tests {
    use super::super::initial_text;
    use super::*;

    fn text(of: &str, key: &str, value: &str) -> String {
        set(of, key, value).unwrap().text
    }

    #[test]
    fn everything_else_stays_as_it_was_written() {
        let before = "# mine\n[codes]   # of reset\nlength = 6 # digits\n\ntries=3\n\n# the end\n";
        assert_eq!(text(before, "codes.length", "8"), before.replace("= 6 ", "= 8 "));
        assert_eq!(
            text(before, "codes.lifetime", "5m"),
            "# mine\n[codes]   # of reset\nlength = 6 # digits\n\ntries=3\nlifetime = \"5m\"\n\n# the end\n"
        );
        assert_eq!(
            text("", "delivery.email.from", "a@example.com"),
            "[delivery.email]\nfrom = \"a@example.com\"\n"
        );
    }

    #[test]
    fn a_value_is_toml_or_a_text() {
        for (key, typed, value) in [
            ("codes.length", "8", "8"),
            ("codes.lifetime", "10m", "\"10m\""),
            ("codes.lifetime", "\"10m\"", "\"10m\""),
            ("delivery.background", "false", "false"),
            ("reset.methods", "[\"email\"]", "[\"email\"]"),
            ("help.administrator_text", "8", "\"8\""),
            ("help.administrator_text", "ask \"Ann\"", "'ask \"Ann\"'"),
        ] {
            assert_eq!(set("", key, typed).unwrap().value, value, "{key} {typed}");
        }
        let (settings, _) = document::read(&text(&initial_text(&[]), "captcha.mode", "off")).unwrap();
        assert_eq!(settings.captcha.mode, crate::config::CaptchaMode::Off);
    }

    #[test]
    fn what_cannot_be_is_refused_without_repeating_it() {
        let told = |key: &str, value: &str| set("", key, value).unwrap_err().to_string();
        assert_eq!(told("codes.lenght", "8"), "there is no setting of this name; did you mean codes.length?");
        assert_eq!(told("hunter2", "8"), "there is no setting of this name");
        let bad = told("codes.length", "hunter2");
        assert!(bad.starts_with("codes.length must be") && !bad.contains("hunter2"), "{bad}");
        assert!(matches!(set("codes = { length = 6 }", "codes.length", "8"), Err(EditError::Form(_))));
    }
}
