//! What is generated and committed is what this program makes: completions, manual pages, the example config.
//!
//! After a change: `REGAIN_BLESS=1 cargo test --test generated`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "regain.bash"),
    ("zsh", "_regain"),
    ("fish", "regain.fish"),
    ("elvish", "regain.elv"),
    ("powershell", "regain.ps1"),
];

fn committed(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn regain(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_regain")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn files_of(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let file = |entry: fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(|entry| file(entry.unwrap())).collect()
}

/// Compares, or writes where it is asked to.
fn settle(folder: &Path, made: &BTreeMap<String, String>) {
    if std::env::var_os("REGAIN_BLESS").is_some() {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).unwrap();
        for (name, text) in made {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let found = files_of(folder);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(made), "{}", folder.display());
    for (name, text) in made {
        assert_eq!(&found[name], text, "{name} in {}", folder.display());
    }
}

#[test]
fn the_completions() {
    let made = COMPLETIONS.map(|(shell, file)| (file.to_owned(), regain(&["completions", shell])));
    settle(&committed("completions"), &made.into_iter().collect());
}

#[test]
fn the_manual_pages() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    regain(&["-q", "man", pages.to_str().unwrap()]);
    settle(&committed("docs/man"), &files_of(&pages));
    for page in fs::read_dir(&pages).unwrap() {
        let page = page.unwrap().path();
        // Where the tool is there to ask.
        let Ok(lint) = Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(&page).output() else {
            return;
        };
        assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
    }
}

#[test]
fn the_example_config() {
    let file = committed("config.example.toml");
    let made = regain::config::example_text();
    if std::env::var_os("REGAIN_BLESS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), made);
}

/// The last column of the table in docs/security.md: every test whose name begins with the requirement's number.
#[test]
fn the_tests_of_the_security_requirements() {
    let file = committed("docs/security.md");
    let mut tests = Vec::new();
    for folder in ["src", "tests"] {
        collect_tests(&committed(folder), &mut tests);
    }
    tests.sort();
    let text = fs::read_to_string(&file).unwrap();
    let mut made = String::new();
    for line in text.lines() {
        made.push_str(&with_tests(line, &tests).unwrap_or_else(|| line.to_owned()));
        made.push('\n');
    }
    if std::env::var_os("REGAIN_BLESS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), made);
    // A control: were nothing found, the page would be empty and agree.
    assert!(tests.iter().any(|name| name.starts_with("u2_")), "{tests:?}");
}

fn collect_tests(folder: &Path, tests: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_tests(&path, tests);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let functions = text.lines().filter_map(|line| line.trim_start().strip_prefix("fn "));
            let names = functions.filter_map(|rest| rest.split('(').next()).map(str::to_owned);
            tests.extend(names.filter(|name| !numbers_of(name).is_empty()));
        }
    }
}

/// `p7_k1_hard_limits` proves P7 and K1.
fn numbers_of(name: &str) -> Vec<String> {
    let is_number = |word: &str| {
        let mut symbols = word.chars();
        symbols.next().is_some_and(|letter| "pseokutd".contains(letter))
            && word.len() > 1
            && symbols.all(|digit| digit.is_ascii_digit())
    };
    name.split('_').take_while(|word| is_number(word)).map(str::to_uppercase).collect()
}

fn with_tests(line: &str, tests: &[String]) -> Option<String> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [number, what, place, _] = cells.as_slice() else { return None };
    if numbers_of(&number.to_lowercase()).is_empty() {
        return None;
    }
    let proving = tests.iter().filter(|name| numbers_of(name).iter().any(|of| of == number));
    let names: Vec<String> = proving.map(|name| format!("`{name}`")).collect();
    let names = if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    Some(format!("| {number} | {what} | {place} | {names} |"))
}
