//! Rooms, and the arrows between them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::source::{File, assert_none, source};

/// Each room of the house and the rooms it may use. What is missing here is forbidden.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "config", "delivery", "domain", "exchange", "flow", "guidance", "hasher", "keyring", "os",
            "store", "texts", "ui",
        ],
    ),
    // Of flow, only the questions that it asks: see `ui_uses_of_flow_only_its_questions`.
    ("ui", &["domain", "flow", "guidance"]),
    (
        "flow",
        &[
            "config", "delivery", "domain", "exchange", "guidance", "hasher", "keyring", "os", "store",
            "texts",
        ],
    ),
    ("config", &["domain", "guidance", "os"]),
    ("delivery", &["domain", "guidance", "os"]),
    // Of os, only what keeps a transaction from being stopped.
    ("store", &["domain", "os"]),
    ("hasher", &["domain", "keyring"]),
    ("keyring", &["domain", "guidance"]),
    ("os", &["domain"]),
    ("texts", &["domain", "os"]),
    ("exchange", &["domain"]),
    ("guidance", &["domain"]),
    ("domain", &[]),
];

/// All of flow that ui may name: the trait of questions, what it is told and answers, and how a flow ends otherwise.
const QUESTIONS: &[&str] = &[
    "flow::FlowError",
    "flow::Refusal",
    "flow::reset::CaptchaAnswer",
    "flow::reset::CaptchaView",
    "flow::reset::CodeAnswer",
    "flow::reset::MethodAnswer",
    "flow::reset::Questions",
    "flow::reset::RequestView",
    "flow::reset::Tale",
];

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
