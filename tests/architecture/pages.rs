//! What the project's pages name is there.

use std::path::Path;

use regex::Regex;

use super::source::{assert_none, files_below, source, text_of};

/// Paths that a page names between backticks: with a slash, or an ending that files here have.
fn paths_in(text: &str) -> Vec<String> {
    let quoted = Regex::new(r"`([^`\s]+)`").unwrap();
    let path = Regex::new(r"^(?:\.?[\w.-]+/)+[\w.-]*$|^[\w-]+\.(?:toml|md|sql|sh)$").unwrap();
    let named = quoted.captures_iter(text).map(|found| found[1].to_owned());
    named.filter(|name| path.is_match(name)).collect()
}

/// The recipes of CONTRIBUTING.md.
#[test]
fn every_path_that_a_recipe_names_exists() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in paths_in(&text_of(Path::new("CONTRIBUTING.md"))) {
        seen += 1;
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join(&path).exists() {
            wrong.push(path);
        }
    }
    assert_none("paths that are not there", &wrong);
    assert!(seen > 15, "the control: {seen} paths were seen");
}

/// A term that nobody uses explains nothing.
#[test]
fn every_term_of_the_glossary_is_used_by_the_code() {
    let page = text_of(Path::new("docs/glossary.md"));
    let terms = page.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("**"));
    let terms: Vec<String> = terms.map(|(term, _)| term.to_lowercase()).collect();
    assert!(terms.len() > 10, "the glossary has {} terms", terms.len());
    let sql =
        files_below("src").into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "sql"));
    let code = source()
        .iter()
        .flat_map(|file| file.code.iter().map(|(_, line)| line.to_lowercase()))
        .collect::<String>();
    let all: String = sql.map(|path| text_of(&path)).chain([code]).collect();
    let plain = |text: &str| text.replace(['_', '-', ' '], "").to_lowercase();
    let all = plain(&all);
    let unused = terms.into_iter().filter(|term| !all.contains(&plain(term)));
    assert_none("terms that the code does not use", &unused.collect::<Vec<_>>());
}
