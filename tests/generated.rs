//! What is generated and committed is what this program makes: completions, manual pages, the example config, the
//! filter of common words.
//!
//! After a change: `tests/run --accept generated`. It deletes nothing: what is no longer made is told, and yours to remove.

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
        fs::create_dir_all(folder).unwrap();
        for (name, text) in made {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let found = files_of(folder);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(made), "the files in {}, beside those that are made", folder.display());
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

/// The words of the zxcvbn that is built in, by its source: it has no other way to tell them.
fn words_of_zxcvbn() -> Vec<String> {
    let stdout_of = |program: &str, arguments: &[&str]| {
        let folder = env!("CARGO_MANIFEST_DIR");
        let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // What other platforms need was perhaps never downloaded here.
    let compiler = stdout_of("rustc", &["-vV"]);
    let host = compiler.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--format-version", "1", "--offline", "--filter-platform", host];
    let metadata = stdout_of(env!("CARGO"), &arguments);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "zxcvbn");
    let manifest = Path::new(package.unwrap()["manifest_path"].as_str().unwrap());
    let source = fs::read_to_string(manifest.with_file_name("src/frequency_lists.rs")).unwrap();
    let lists: Vec<&str> =
        source.lines().filter_map(|line| line.split_once(": &str = \"")?.1.strip_suffix("\";")).collect();
    // A control: were the source laid out in another way, words would be missing.
    assert_eq!(lists.len(), source.matches("enumerate()").count());
    let words: Vec<String> =
        lists.iter().flat_map(|list| list.split(',')).map(|word| word.replace("\\\\", "\\")).collect();
    assert!(words.len() > 90_000 && !words.iter().any(|word| word.contains(['"', ' '])), "{}", words.len());
    words
}

#[test]
fn the_filter_of_the_words_that_zxcvbn_knows() {
    let file = committed("src/domain/password/zxcvbn_words.bloom");
    let words = words_of_zxcvbn();
    let made = regain::domain::password::word_filter(words.iter().map(String::as_str)).unwrap();
    if std::env::var_os("REGAIN_BLESS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    assert!(fs::read(&file).unwrap() == made, "{} is another", file.display());
}
