//! The table of settings, each with its documentation and default: `config.example.toml`, which is built in.

use std::sync::LazyLock;

use toml::de::DeTable;

const EXAMPLE: &str = include_str!("../../config.example.toml");

const INITIAL_HEAD: &str = "\
# The settings of regain. A commented line shows the default: to change it, remove the # before it and before
# the [table] above it, or add the table at the end.
# `regain config check` finds mistakes, `regain config show` shows what applies.
";

/// A setting as the table has it.
pub(super) struct Row {
    /// Dotted: the part before the last dot is the TOML table.
    pub(super) key: String,
    /// As TOML, on one line.
    pub(super) default: &'static str,
}

/// All defaults, in the tables they stand in.
pub(super) static DEFAULTS: LazyLock<DeTable<'static>> =
    LazyLock::new(|| DeTable::parse_recoverable(&BARE).0.into_inner());

/// The example without its documentation, which would take most of the time to read it in each process.
static BARE: LazyLock<String> = LazyLock::new(|| {
    let (mut text, mut within) = (String::with_capacity(EXAMPLE.len()), "");
    for row in ROWS.iter() {
        let (table, name) = split(&row.key);
        if table != within {
            text.extend(["[", table, "]\n"]);
            within = table;
        }
        text.extend([name, " = ", row.default, "\n"]);
    }
    text
});

/// Every setting, in the order of the example.
pub(super) static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let row = |line| match line {
        Line::Setting { table, name, default } => Some(Row { key: [table, ".", name].concat(), default }),
        Line::Table(_) | Line::Other(_) => None,
    };
    lines().filter_map(row).collect()
});

/// The names of all settings, in the order of the example.
pub fn keys() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.key.as_str())
}

/// A line of the example.
enum Line {
    Table(&'static str),
    Setting {
        table: &'static str,
        name: &'static str,
        default: &'static str,
    },
    /// A comment, or nothing.
    Other(&'static str),
}

/// The example line by line, without its head. It is plain TOML: a setting a line, each in a `[table]`.
fn lines() -> impl Iterator<Item = Line> {
    let mut table = "";
    EXAMPLE.lines().skip_while(|line| !line.is_empty()).map(move |line| {
        // Each process reads it, and most of it is comments.
        if line.starts_with('#') {
            return Line::Other(line);
        }
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']');
            return Line::Table(table);
        }
        match line.split_once('=') {
            Some((name, default)) => {
                Line::Setting { table, name: name.trim_end(), default: default.trim_start() }
            }
            None => Line::Other(line),
        }
    })
}

/// A new config that sets these keys, each value as TOML, and has every other one commented at its default. Tables
/// of which nothing is set are commented, too, so that a script may add its own at the end.
pub fn initial_text(set: &[(&str, String)]) -> String {
    let is_set = |table: &str| set.iter().any(|(key, _)| split(key).0 == table);
    let mut text = INITIAL_HEAD.to_owned();
    for line in lines() {
        let line = match line {
            Line::Table(table) if is_set(table) => format!("[{table}]"),
            Line::Table(table) => format!("# [{table}]"),
            Line::Setting { table, name, default } => {
                match set.iter().find(|(key, _)| split(key) == (table, name)) {
                    Some((_, value)) => format!("{name} = {value}"),
                    None => format!("# {name} = {default}"),
                }
            }
            Line::Other(line) => line.to_owned(),
        };
        text.extend([line.as_str(), "\n"]);
    }
    text
}

/// A list of texts as TOML.
pub fn toml_list(entries: &[&str]) -> String {
    toml::Value::Array(entries.iter().map(|entry| toml::Value::from(*entry)).collect()).to_string()
}

/// A text as TOML.
pub fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The table a key stands in, and its own name.
pub(super) fn split(key: &str) -> (&str, &str) {
    key.rsplit_once('.').unwrap_or(("", key))
}

#[cfg(test)]
mod tests {
    use super::super::document;
    use super::super::settings::Settings;
    use super::*;

    fn defaults() -> Settings {
        Settings::parse("").unwrap()
    }

    #[test]
    fn the_example_is_a_config_that_says_the_defaults() {
        assert!(DeTable::parse(EXAMPLE).is_ok());
        let (settings, given) = document::read(EXAMPLE).unwrap();
        assert_eq!(settings, defaults());
        assert_eq!(given.len(), ROWS.len());
        for (row, given) in ROWS.iter().zip(&given) {
            assert_eq!((row.key.as_str(), row.default), (given.key, given.value.as_str()));
        }
    }

    #[test]
    fn what_stands_commented_as_an_example_is_valid_too() {
        let mut examples = 0;
        for block in EXAMPLE.split("\n\n") {
            let Some((_, example)) = block.split_once("# For example:\n") else { continue };
            let commented: Vec<&str> = example.lines().map_while(|line| line.strip_prefix("# ")).collect();
            let name = example.lines().last().unwrap().split_once(" = ").unwrap().0;
            let row = ROWS.iter().rfind(|row| split(&row.key).1 == name);
            // An example of a transport's own key stands beside that transport.
            let transport = if name == "argv" { "transport = \"command\"\n" } else { "" };
            let table = split(&row.unwrap().key).0;
            let settings =
                Settings::parse(&format!("[{table}]\n{transport}{}\n", commented.join("\n"))).unwrap();
            assert_ne!(settings, defaults(), "{block}");
            examples += 1;
        }
        assert_eq!(examples, 6);
    }

    #[test]
    fn a_new_config_sets_only_what_it_is_told() {
        let text = initial_text(&[("operators.admin", toml_list(&["alice", "%staff \"x\""]))]);
        let (settings, given) = document::read(&text).unwrap();
        assert_eq!(settings.operators.admin, ["alice", "%staff \"x\""]);
        assert_eq!(given.len(), 1);
        assert_eq!(Settings::parse(&initial_text(&[])).unwrap(), defaults());
        // As a script sets up a portal.
        let added = format!("{}[captcha]\nmode = \"off\"\n[codes]\ntries = 3\n", initial_text(&[]));
        let (settings, given) = document::read(&added).unwrap();
        assert_eq!((settings.codes.tries, given.len()), (3, 2));
    }
}
