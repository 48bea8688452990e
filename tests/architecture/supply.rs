//! What the program is made of: every crate's licence is one that may be shipped, and no crate is there twice but for
//! the pairs that are known. Advisories need a database that is not here; `tests/run` says so.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Licences that ask for no more than their text.
const ALLOWED: [&str; 11] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "Unlicense",
    "0BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "Unicode-3.0",
    "Zlib",
];

/// Crates that stand in the tree in two versions, and who asks for the older one.
const TWICE: [(&str, &str); 11] = [
    ("miniz_oxide", "png 0.18 decompresses with 0.8 through fdeflate and compresses with 0.9 through flate2"),
    ("syn", "derive macros of two generations; not in the program itself"),
    ("getrandom", "ring, on which TLS stands, keeps to 0.2"),
    ("thiserror", "rlibphonenumber keeps to 1"),
    ("thiserror-impl", "rlibphonenumber keeps to 1"),
    ("hashbrown", "rlibphonenumber keeps to 0.14 through dashmap 5, and its build to 0.15 through petgraph"),
    ("foldhash", "the build of rlibphonenumber keeps to 0.1 through petgraph; not in the program itself"),
    ("unicode-width", "the build of rlibphonenumber keeps to 0.1 through miette; not in the program itself"),
    ("logos", "the build of rlibphonenumber has two; not in the program itself"),
    ("logos-codegen", "the build of rlibphonenumber has two; not in the program itself"),
    ("logos-derive", "the build of rlibphonenumber has two; not in the program itself"),
];

fn rust(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The packages that are built into the program on this machine, without what only tests need.
fn shipped() -> Vec<(String, String, String)> {
    let host = rust("rustc", &["-vV"]);
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--format-version", "1", "--offline", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&rust(env!("CARGO"), &arguments)).unwrap();
    let tree = rust(
        env!("CARGO"),
        &["tree", "--offline", "-e", "normal,build", "--prefix", "none", "-f", "{p}", "--no-dedupe"],
    );
    let wanted: Vec<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?.trim_start_matches('v')))
        })
        .collect();
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (text(package, "name"), text(package, "version"), text(package, "license")))
        .filter(|(name, version, _)| wanted.contains(&(name.as_str(), version.as_str())))
        .collect()
}

/// Whether one of the alternatives of an SPDX expression is allowed whole.
fn allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" OR ").any(|choice| choice.split(" AND ").all(|part| ALLOWED.contains(&part.trim())))
}

#[test]
fn every_licence_may_be_shipped() {
    let shipped = shipped();
    assert!(shipped.len() > 50, "only {} packages were found", shipped.len());
    let refused: Vec<_> = shipped.iter().filter(|(_, _, licence)| !allowed(licence)).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert!(!allowed("GPL-3.0-only") && !allowed("MIT AND GPL-2.0") && allowed("GPL-2.0 OR MIT"));
}

#[test]
fn no_crate_is_there_twice_without_a_reason() {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, version, _) in shipped() {
        versions.entry(name).or_default().push(version);
    }
    let twice: Vec<_> = versions.into_iter().filter(|(_, versions)| versions.len() > 1).collect();
    let known: Vec<&str> = TWICE.iter().map(|(name, _)| *name).collect();
    let unknown: Vec<_> = twice.iter().filter(|(name, _)| !known.contains(&name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(twice.len(), TWICE.len(), "a known pair is gone: take it off the list");
}
