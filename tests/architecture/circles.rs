//! No file uses one that uses it, however long the way round is.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::{Arrows, Modules, circles};
use super::source::{assert_none, files_below, text_of};

/// Which file of `src` uses which.
pub(crate) fn arrows() -> Arrows {
    let rust =
        files_below("src").into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    let product = rust.filter(|path| !path.to_string_lossy().ends_with("tests.rs"));
    let files: Vec<(String, String)> = product
        .map(|path| (path.strip_prefix("src").unwrap().to_str().unwrap().to_owned(), text_of(&path)))
        .collect();
    let arrows = Modules::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))).arrows();
    // The control: were nothing found, nothing would be wrong.
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 500, "the arrows were not found");
    arrows
}

fn drawn(arrows: &Arrows, circle: &[String]) -> String {
    let from = |file: &String| {
        let others = arrows[file].iter().filter(|to| circle.contains(to)).map(String::as_str);
        format!("  {file} -> {}", others.collect::<Vec<_>>().join(", "))
    };
    circle.iter().map(from).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_files_use_each_other() {
    let arrows = arrows();
    let found = circles(&arrows);
    assert_none("circles", &found.iter().map(|circle| drawn(&arrows, circle)).collect::<Vec<_>>());
}

/// A room: a floor of flow below its stories, a story, a noun of the command line, or what stands at the top.
fn room_of(file: &str) -> String {
    let parts: Vec<&str> = file.split("::").collect();
    let depth = match parts.as_slice() {
        ["flow", "story", ..] => 3,
        ["flow" | "cli", ..] => 2,
        _ => 1,
    };
    parts[..depth.min(parts.len())].join("::")
}

#[test]
fn no_rooms_use_each_other() {
    let mut rooms = Arrows::new();
    for (from, others) in arrows() {
        let from = room_of(&from);
        let to = others.iter().map(|to| room_of(to)).filter(|to| *to != from);
        rooms.entry(from.clone()).or_default().extend(to);
    }
    let found = circles(&rooms);
    assert_none("circles of rooms", &found.iter().map(|circle| drawn(&rooms, circle)).collect::<Vec<_>>());
}

fn of(files: &[(&str, &str)]) -> Arrows {
    Modules::new(files.iter().copied()).arrows()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn arrows_are_found_however_they_are_written() {
    let arrows = of(&[
        ("a/mod.rs", "mod one;\npub mod two;\npub use one::{Thing, Other as Renamed};\npub use two::*;"),
        ("a/one.rs", "pub struct Thing;\npub struct Other;"),
        ("a/two.rs", "pub fn deed() {}\npub(crate) const MOST: u32 = 3;"),
        ("b.rs", "use crate::a::{\n    self,\n    Thing,\n};\nfn f() { a::deed(); }"),
        ("c.rs", "// use crate::b;\nfn f() -> crate::a::Renamed { todo() }"),
        (
            "d.rs",
            "use super::c as sea;\nfn f() { sea::g() }\n#[cfg(test)]\nmod tests {\n    use crate::b;\n}",
        ),
        ("e.rs", "use crate::a::*;\nfn f(_: Thing) {}"),
        ("f.rs", "use std::fmt;\nuse regain::{a::two, d};\nfn f() { two::deed(); d::f() }"),
        ("g.rs", "use crate::a;\nfn f() -> u32 { a::two::MOST }"),
    ]);
    let expected = BTreeMap::from([
        ("a::one", set(&[])),
        ("a::two", set(&[])),
        ("b", set(&["a::one", "a::two"])),
        ("c", set(&["a::one"])),
        ("d", set(&["c"])),
        ("e", set(&["a::one"])),
        ("f", set(&["a::two", "d"])),
        ("g", set(&["a::two"])),
    ]);
    let arrows: BTreeMap<&str, BTreeSet<String>> =
        arrows.iter().map(|(from, to)| (from.as_str(), to.clone())).collect();
    assert_eq!(arrows, expected);
}

#[test]
fn circles_are_seen() {
    let straight =
        [("x/mod.rs", "pub use a::A;"), ("x/a.rs", "use super::b::B;"), ("x/b.rs", "pub struct B;")];
    assert_eq!(circles(&of(&straight)), Vec::<Vec<String>>::new());
    // By a re-export, and round three corners.
    let round = [
        ("x/mod.rs", "mod a;\nmod b;\npub use a::A;"),
        ("x/a.rs", "use super::b::B;\npub struct A;"),
        ("x/b.rs", "use crate::{\n    y,\n};\npub struct B;\nfn f() { y::f() }"),
        ("y.rs", "pub fn f(_: crate::x::A) {}"),
    ];
    assert_eq!(circles(&of(&round)), [["x::a", "x::b", "y"]]);
}
