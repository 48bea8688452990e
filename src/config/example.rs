//! Configs as text: the example that documents every key, and the first one that `init` makes.

use super::document::split;
use super::schema::{ROWS, Row};

const EXAMPLE_HEAD: &str = "\
# Every setting of regain at its default. Generated from the table of settings: do not edit.
# `regain config show` tells what counts and where it comes from.
";

const INITIAL_HEAD: &str = "\
# The settings of regain. What stands commented is the default: to change it, take away the # before it and before
# the [table] above it, or add the table at the end.
# `regain config check` finds mistakes, `regain config show` tells what counts.
";

/// The whole of `config.example.toml`.
pub fn text() -> String {
    document(EXAMPLE_HEAD, |_| true, |row| format!("{} = {}", split(row.key).1, row.default))
}

/// A new config that sets these keys, each value as TOML, and has every other one commented at its default. Tables
/// of which nothing is set are commented, too, so that a script may add its own at the end.
pub fn initial_text(set: &[(&str, String)]) -> String {
    let is_set = |table: &str| set.iter().any(|(key, _)| split(key).0 == table);
    document(INITIAL_HEAD, is_set, |row| match set.iter().find(|(key, _)| *key == row.key) {
        Some((_, value)) => format!("{} = {value}", split(row.key).1),
        None => format!("# {} = {}", split(row.key).1, row.default),
    })
}

/// A list of texts as TOML.
pub fn toml_list(entries: &[&str]) -> String {
    toml::Value::Array(entries.iter().map(|entry| toml::Value::from(*entry)).collect()).to_string()
}

/// A text as TOML.
pub fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn document(head: &str, is_set: impl Fn(&str) -> bool, assignment: impl Fn(&Row) -> String) -> String {
    let mut text = head.to_owned();
    let mut table = "";
    for row in ROWS {
        let (its_table, _) = split(row.key);
        text.push('\n');
        if its_table != table {
            table = its_table;
            text.extend([if is_set(table) { "[" } else { "# [" }, table, "]\n"]);
        }
        commented(&mut text, row.doc);
        if !row.example.is_empty() {
            commented(&mut text, "For example:");
            commented(&mut text, row.example);
        }
        text.push_str(&assignment(row));
        text.push('\n');
    }
    text
}

fn commented(text: &mut String, lines: &str) {
    for line in lines.lines() {
        text.extend(["# ", line, "\n"]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::document;
    use super::super::settings::Settings;
    use super::*;

    /// Beside Cargo.toml. After a change of the table: `REGAIN_BLESS=1 cargo test --lib example`.
    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml");

    #[test]
    fn the_committed_example_is_the_generated_one() {
        if std::env::var_os("REGAIN_BLESS").is_some() {
            std::fs::write(COMMITTED, text()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(COMMITTED).unwrap(), text());
    }

    #[test]
    fn the_example_is_a_config_that_says_the_defaults() {
        let (settings, given) = document::read(&text()).unwrap();
        assert_eq!(settings, Settings::default());
        assert_eq!(given.len(), ROWS.len());
    }

    #[test]
    fn what_stands_commented_is_valid_too() {
        for row in ROWS.iter().filter(|row| !row.example.is_empty()) {
            // An example of a transport's own key stands beside that transport.
            let of_program = split(row.key).1 == "argv";
            let transport = if of_program { "transport = \"command\"\n" } else { "" };
            let config = format!("[{}]\n{transport}{}\n", split(row.key).0, row.example);
            let (settings, _) = document::read(&config).unwrap();
            assert_ne!(settings, Settings::default(), "{}", row.key);
        }
    }

    #[test]
    fn a_new_config_sets_only_what_it_is_told() {
        let text = initial_text(&[("operators.admin", toml_list(&["alice", "%staff \"x\""]))]);
        let (settings, given) = document::read(&text).unwrap();
        assert_eq!(settings.operators.admin, ["alice", "%staff \"x\""]);
        assert_eq!(given.len(), 1);
        assert_eq!(document::read(&initial_text(&[])).unwrap().0, Settings::default());
        // As a script sets up a portal.
        let added = format!("{}[captcha]\nmode = \"off\"\n[codes]\ntries = 3\n", initial_text(&[]));
        let (settings, given) = document::read(&added).unwrap();
        assert_eq!((settings.codes.tries, given.len()), (3, 2));
    }
}
