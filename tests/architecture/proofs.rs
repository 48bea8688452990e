//! Each requirement of docs/security.md is proved by tests that are named for its number, exist, and run. That they have
//! run, `tests/run` sees from what the tests print.

use std::collections::BTreeSet;
use std::path::Path;

use super::source::{assert_none, files_below, text_of};

const PAGE: &str = "docs/security.md";

/// A function that is a test, and what keeps it from running.
struct Test {
    name: String,
    kept_back: bool,
}

/// The tests of a text: functions beneath `#[test]`.
fn tests_of(text: &str) -> Vec<Test> {
    let mut tests = Vec::new();
    let mut attributes: Vec<&str> = Vec::new();
    // What is left out of the build as a whole, but for tests themselves.
    let left_out = text.lines().any(|line| line.starts_with("#![cfg(") && line != "#![cfg(test)]");
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            attributes.push(line);
        } else if let Some(rest) = line.strip_prefix("fn ") {
            let name = rest.split(['(', '<']).next().unwrap_or_default().to_owned();
            let has = |what: &str| attributes.iter().any(|attribute| attribute.starts_with(what));
            if has("#[test]") {
                let kept_back = left_out || has("#[ignore") || has("#[cfg(") || has("#[cfg_attr(");
                tests.push(Test { name, kept_back });
            }
            attributes.clear();
        } else if !line.starts_with("//") && !line.is_empty() {
            attributes.clear();
        }
    }
    tests
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

fn proofs() -> Vec<Test> {
    let rust = ["src", "tests"].into_iter().flat_map(files_below);
    let rust = rust.filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    let tests = rust.flat_map(|path| tests_of(&text_of(&path)));
    let mut proofs: Vec<Test> = tests.filter(|test| !numbers_of(&test.name).is_empty()).collect();
    proofs.sort_by(|one, other| one.name.cmp(&other.name));
    proofs.dedup_by(|one, other| one.name == other.name && one.kept_back == other.kept_back);
    proofs
}

/// The cells of a requirement's row: number, what, where, tests.
fn row_of(line: &str) -> Option<[&str; 4]> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let row: [&str; 4] = cells.try_into().ok()?;
    (!numbers_of(&row[0].to_lowercase()).is_empty()).then_some(row)
}

/// The last column is made from the names of the tests.
#[test]
fn the_tests_of_the_security_requirements() {
    let (proofs, text) = (proofs(), text_of(Path::new(PAGE)));
    let with_tests = |line: &str| {
        let Some([number, what, place, _]) = row_of(line) else { return format!("{line}\n") };
        let proving = proofs.iter().filter(|test| numbers_of(&test.name).iter().any(|of| of == number));
        let names: Vec<String> = proving.map(|test| format!("`{}`", test.name)).collect();
        format!("| {number} | {what} | {place} | {} |\n", names.join(", "))
    };
    let made: String = text.lines().map(with_tests).collect();
    if std::env::var_os("REGAIN_BLESS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE), &made).unwrap();
    }
    assert_eq!(text_of(Path::new(PAGE)), made, "`tests/run --accept architecture` writes it anew");
}

#[test]
fn each_requirement_has_a_proof_and_each_proof_a_requirement() {
    let (proofs, text) = (proofs(), text_of(Path::new(PAGE)));
    let required: BTreeSet<String> =
        text.lines().filter_map(row_of).map(|[number, ..]| number.to_owned()).collect();
    assert!(required.len() > 50, "only {} requirements were found", required.len());
    let runs = proofs.iter().filter(|test| !test.kept_back).flat_map(|test| numbers_of(&test.name));
    let proved: BTreeSet<String> = runs.collect();
    assert_none("requirements without a test", &required.difference(&proved).cloned().collect::<Vec<_>>());
    assert_none("numbers of no requirement", &proved.difference(&required).cloned().collect::<Vec<_>>());
    let kept_back = proofs.iter().filter(|test| test.kept_back).map(|test| test.name.clone());
    assert_none("proofs that do not run", &kept_back.collect::<Vec<_>>());
}

/// The third column: files and folders, below `src` where nothing else is said; what stands in brackets is a note.
#[test]
fn each_place_where_a_requirement_is_kept_exists() {
    let text = text_of(Path::new(PAGE));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_there = |place: &str| {
        [place.to_owned(), format!("src/{place}"), format!("src/{place}.rs")]
            .iter()
            .any(|path| root.join(path).exists())
    };
    let (mut seen, mut wrong) = (0, Vec::new());
    for [number, _, places, _] in text.lines().filter_map(row_of) {
        for place in places.split([',', ';']) {
            let place = place.split(" (").next().unwrap_or_default().trim();
            seen += 1;
            if !is_there(place) {
                wrong.push(format!("{number}: {place}"));
            }
        }
    }
    assert_none("places that are not there", &wrong);
    assert!(seen > 100, "the control: {seen} places were seen");
}

#[test]
fn a_proof_that_does_not_run_is_seen() {
    let found =
        |text: &str| tests_of(text).into_iter().map(|test| (test.name, test.kept_back)).collect::<Vec<_>>();
    assert_eq!(found("#[test]\nfn k1_a() {}\nfn k2_no_test() {}"), [("k1_a".to_owned(), false)]);
    assert_eq!(found("/// It is.\n#[test]\n#[ignore = \"slow\"]\nfn k1_a() {}"), [("k1_a".to_owned(), true)]);
    assert_eq!(found("#[cfg(target_os = \"none\")]\n#[test]\nfn k1_a() {}"), [("k1_a".to_owned(), true)]);
    assert_eq!(found("#![cfg(windows)]\n#[test]\nfn k1_a() {}"), [("k1_a".to_owned(), true)]);
    assert_eq!(numbers_of("p7_k1_hard_limits"), ["P7", "K1"]);
}
