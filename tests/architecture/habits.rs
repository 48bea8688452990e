//! How the source is written.

use std::path::Path;

use regex::Regex;

use super::source::{assert_none, files_below, source, text_of};

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

/// A first line must stand alone: who reads it in a list sees nothing before it.
#[test]
fn no_documentation_begins_with_the_same() {
    let mut wrong = Vec::new();
    for path in
        files_below("src").into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
    {
        let text = text_of(&path);
        let lines = text.lines().map(str::trim_start).enumerate();
        let begins =
            lines.filter(|(_, line)| line.starts_with("/// The same") || line.starts_with("//! The same"));
        wrong.extend(begins.map(|(at, line)| format!("{}:{}: {line}", path.display(), at + 1)));
    }
    assert_none("lines that say what comes before them, and not what they mean", &wrong);
}

/// Every hint is found by a match on its typed reason, so that a new reason cannot be forgotten.
#[test]
fn guidance_forgets_no_reason() {
    let mut wrong = Vec::new();
    for file in source().iter().filter(|file| file.room() == "guidance") {
        let all = file.without_tests().iter().filter(|(_, line)| line.trim_start().starts_with("_ =>"));
        wrong.extend(all.map(|(at, line)| format!("src/{}:{at}: {}", file.path.display(), line.trim())));
    }
    assert_none("reasons that are lumped together", &wrong);
}

/// What documents the program itself: the help of the tree, the head of a new config.
const DOCUMENTATION: [&str; 2] = ["cli/tree.rs", "config/defaults.rs"];

#[test]
fn sentences_that_name_a_command_are_guidance() {
    let command = Regex::new(r"`regain [a-z]").unwrap();
    let mut wrong = Vec::new();
    for file in source().iter().filter(|file| file.room() != "guidance") {
        let documents = DOCUMENTATION.iter().any(|path| file.path == Path::new(path));
        for (at, line) in file.without_tests().iter().filter(|_| !documents) {
            if command.is_match(line) && !line.contains("after_help") {
                wrong.push(format!("src/{}:{at}: {}", file.path.display(), line.trim()));
            }
        }
    }
    assert_none("sentences that name a command outside guidance", &wrong);
}

#[test]
fn every_moment_that_programs_read_is_in_whole_seconds() {
    let field = Regex::new(r"^\s*(pub(\([a-z: ]*\))? )?\w+: (Option<)?Timestamp>?,").unwrap();
    let (mut wrong, mut moments) = (Vec::new(), 0);
    for file in source() {
        let mut serialized = false;
        let mut before = "";
        for (at, line) in file.without_tests() {
            let text = line.trim();
            if text.starts_with("#[derive(") {
                serialized = text.contains("Serialize");
            }
            if line.starts_with('}') {
                serialized = false;
            }
            if serialized && field.is_match(line) {
                moments += 1;
                let shown = ["in_seconds", "serde(skip)"].iter().any(|of| before.contains(of));
                wrong.extend((!shown).then(|| format!("src/{}:{at}: {text}", file.path.display())));
            }
            before = text;
        }
    }
    assert!(moments > 20, "few moments were found");
    assert_none("moments that are serialized with fractions of seconds", &wrong);
}
