//! What is generated and committed is what this program makes: completions, manual pages.
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
