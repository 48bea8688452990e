//! The house rules that a compiler does not check (docs/architecture.md), by reading the source.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// Each room of the house and the rooms it may use. What is missing here is forbidden.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("cli", &["config", "delivery", "domain", "flow", "hasher", "keyring", "os", "store", "texts", "ui"]),
    // Of flow, only the questions that it asks: see `ui_uses_of_flow_only_its_questions`.
    ("ui", &["domain", "flow"]),
    ("flow", &["config", "delivery", "domain", "hasher", "keyring", "os", "store", "texts"]),
    ("config", &["domain", "os"]),
    ("delivery", &["domain", "os"]),
    // Of os, only what keeps a transaction from being stopped.
    ("store", &["domain", "os"]),
    ("hasher", &["domain", "keyring"]),
    ("keyring", &["domain"]),
    ("os", &["domain"]),
    ("texts", &["domain", "os"]),
    ("domain", &[]),
];

/// All of flow that ui may name: the trait of questions, what it is told and answers, and how a flow ends otherwise.
const QUESTIONS: &[&str] = &[
    "flow::FlowError",
    "flow::Refusal",
    "flow::reset::CaptchaAnswer",
    "flow::reset::CaptchaView",
    "flow::reset::CodeAnswer",
    "flow::reset::Questions",
    "flow::reset::RequestView",
    "flow::reset::Tale",
];

struct File {
    /// Below `src`.
    path: PathBuf,
    /// The lines outside comments.
    code: Vec<(usize, String)>,
}

impl File {
    fn room(&self) -> &str {
        let first = self.path.iter().next().unwrap().to_str().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The lines before the first `#[cfg(test)]`; a file of tests alone has none.
    fn without_tests(&self) -> &[(usize, String)] {
        if self.path.to_string_lossy().ends_with("tests.rs") {
            return &[];
        }
        let end = self.code.iter().position(|(_, line)| line.trim() == "#[cfg(test)]");
        &self.code[..end.unwrap_or(self.code.len())]
    }
}

/// Every file below a folder of the project, by its path in the project.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    files
}

fn text_of(path: &Path) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn source() -> Vec<File> {
    let file = |path: PathBuf| {
        let text = text_of(&path);
        let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        File {
            code: code.map(|(at, line)| (at + 1, line.to_owned())).collect(),
            path: path.strip_prefix("src").unwrap().to_owned(),
        }
    };
    let rust =
        files_below("src").into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    let files: Vec<File> = rust.map(file).collect();
    assert!(files.len() > 50, "the source was not found");
    files
}

/// Every `crate::room` and `regain::room` of a line, also within braces: `crate::{a, b::c}`.
fn rooms(line: &str) -> Vec<String> {
    static PATH: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(?:crate|regain)::(?:\{([^}]*)\}|([a-z_]+))").unwrap());
    let first = |part: &str| part.trim().split("::").next().unwrap_or_default().to_owned();
    PATH.captures_iter(line)
        .flat_map(|found| match (found.get(1), found.get(2)) {
            (Some(list), _) => list.as_str().split(',').map(first).collect::<Vec<_>>(),
            (None, Some(one)) => vec![one.as_str().to_owned()],
            (None, None) => Vec::new(),
        })
        .filter(|room| !room.is_empty())
        .collect()
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn arrows_point_down_only() {
    let mut wrong = Vec::new();
    for file in source().iter().filter(|file| file.room() != "lib") {
        let room = file.room().to_owned();
        let allowed = ARROWS.iter().find(|(from, _)| *from == room);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{room} is a room without arrows in this test"));
        for (at, line) in &file.code {
            for to in rooms(line) {
                if to != room && !allowed.contains(&to.as_str()) {
                    wrong.push(format!("src/{}:{at}: {room} -> {to}", file.path.display()));
                }
            }
            if longest_climb(line) > highest_climb(file, *at) {
                wrong.push(format!("src/{}:{at}: super:: out of {room}", file.path.display()));
            }
        }
    }
    assert_none("arrows that point up or aside", &wrong);
}

/// The most `super::` in a row.
fn longest_climb(line: &str) -> usize {
    static CLIMB: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:super::)+").unwrap());
    CLIMB.find_iter(line).map(|found| found.len() / "super::".len()).max().unwrap_or(0)
}

/// How many `super::` in a row stay in the room; within `mod tests`, one more.
fn highest_climb(file: &File, at: usize) -> usize {
    let depth = file.path.iter().count() - usize::from(file.path.ends_with("mod.rs"));
    let tests = file.without_tests().last().is_none_or(|(last, _)| at > *last);
    depth - 1 + usize::from(tests)
}

#[test]
fn ui_uses_of_flow_only_its_questions() {
    // Wherever the room is named, over as many lines as it takes; what is written in another way is in no list.
    let named = Regex::new(r"\bflow\b(?:::\w+)*(?:::\{([^}]*)\})?").unwrap();
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for file in source().iter().filter(|file| file.room() == "ui") {
        let lines: Vec<&str> = file.code.iter().map(|(_, line)| line.as_str()).collect();
        for found in named.captures_iter(&lines.join("\n")) {
            let path = found[0].split("::{").next().unwrap_or_default();
            let names: Vec<String> = match found.get(1) {
                Some(list) => {
                    let names = list.as_str().split(',').map(str::trim).filter(|name| !name.is_empty());
                    names.map(|name| format!("{path}::{name}")).collect()
                }
                None => vec![path.to_owned()],
            };
            let others = names.iter().filter(|name| !QUESTIONS.contains(&name.as_str()));
            wrong.extend(others.map(|name| format!("src/{}: {name}", file.path.display())));
            used.extend(names);
        }
    }
    assert_none("names of flow that ui may not use", &wrong);
    let unused: Vec<String> =
        QUESTIONS.iter().filter(|name| !used.contains(**name)).map(|name| (*name).to_owned()).collect();
    assert_none("names of flow that ui may use and does not", &unused);
}

#[test]
fn only_the_store_knows_its_engine() {
    let mut wrong = Vec::new();
    for file in source() {
        let opens = file.path == Path::new("store/open.rs");
        for (at, line) in file.without_tests() {
            let matches = line.contains("StoreUrl::Sqlite") && !opens;
            let engine = line.contains("rusqlite") || line.contains("store::sqlite") || matches;
            if engine && !file.path.starts_with("store/sqlite") {
                wrong.push(format!("src/{}:{at}: {}", file.path.display(), line.trim()));
            }
        }
    }
    assert_none("SQLite outside its room", &wrong);
}

#[test]
fn no_file_is_two() {
    let mut long = Vec::new();
    for folder in ["src", "tests", "benches"] {
        let written = files_below(folder).into_iter().filter(|path| {
            path.extension().is_some_and(|kind| ["rs", "py", "sh"].iter().any(|of| kind == *of))
        });
        let lengths: Vec<_> = written.map(|path| (text_of(&path).lines().count(), path)).collect();
        assert!(!lengths.is_empty(), "nothing was found in {folder}");
        let two = lengths.iter().filter(|(lines, _)| *lines > 400);
        long.extend(two.map(|(lines, path)| format!("{}: {lines} lines", path.display())));
    }
    assert_none("files of more than 400 lines", &long);
}

#[test]
fn a_mod_file_only_declares() {
    let logic = Regex::new(r"\bfn\b|\bimpl\b|\bstruct\b|\benum\b|\bconst\b|\bstatic\b").unwrap();
    let mut wrong = Vec::new();
    for file in
        source().iter().filter(|file| file.path.ends_with("mod.rs") || file.path == Path::new("lib.rs"))
    {
        for (at, line) in file.code.iter().filter(|(_, line)| logic.is_match(line)) {
            wrong.push(format!("src/{}:{at}: {}", file.path.display(), line.trim()));
        }
    }
    assert_none("logic in files that declare", &wrong);
}

#[test]
fn nothing_panics_on_purpose_outside_tests() {
    let panics = Regex::new(
        r"\.unwrap\(\)|\.expect\(|\bpanic!|\bunreachable!|\btodo!|\bunimplemented!|\.unwrap_err\(",
    )
    .unwrap();
    let mut wrong = Vec::new();
    for file in source() {
        for (at, line) in file.without_tests().iter().filter(|(_, line)| panics.is_match(line)) {
            wrong.push(format!("src/{}:{at}: {}", file.path.display(), line.trim()));
        }
    }
    assert_none("panics", &wrong);
}

#[test]
fn only_ui_writes_and_only_config_reads_the_environment() {
    let (writes, reads) =
        (Regex::new(r"\b(e?print(ln)?|dbg)!").unwrap(), Regex::new(r"\benv::vars?(_os)?\b").unwrap());
    let mut wrong = Vec::new();
    for file in source() {
        for (at, line) in file.without_tests() {
            if writes.is_match(line)
                || reads.is_match(line) && file.path != Path::new("config/environment.rs")
            {
                wrong.push(format!("src/{}:{at}: {}", file.path.display(), line.trim()));
            }
        }
    }
    assert_none("streams or environment in the wrong place", &wrong);
}

#[test]
fn nothing_of_this_machine_is_in_the_project() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let homes = Regex::new(r"/(root|home/[a-z]+|work)/[a-z.]").unwrap();
    let mut wrong = Vec::new();
    for file in source() {
        for (at, line) in file.without_tests().iter().filter(|(_, line)| homes.is_match(line)) {
            wrong.push(format!("src/{}:{at}: {}", file.path.display(), line.trim()));
        }
    }
    for name in ["Cargo.toml", "config.example.toml", "clippy.toml"] {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        wrong.extend(text.lines().filter(|line| homes.is_match(line)).map(|line| format!("{name}: {line}")));
    }
    assert_none("paths of somebody's machine", &wrong);
}
