//! The README's `sh` examples run, in order, in one fresh site, as a reader would run them.

use std::path::Path;
use std::process::Command;

#[test]
fn the_examples_of_the_readme_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let blocks: Vec<&str> = readme
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block)
        .collect();
    assert!(blocks.len() >= 5, "the README has {} sh blocks", blocks.len());

    let site = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_regain")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(binary.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )
    .unwrap();
    // A reader has jq; where a test machine has none, python3 stands in for the one filter that is used.
    let jq = "jq() { python3 -c 'import json,sys; print(json.load(sys.stdin)[\"id\"])'; }";
    let script = format!("set -eu\n{jq}\n{}", blocks.join("\n"));
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(site.path())
        .env("PATH", path)
        .env("HOME", site.path())
        .env("XDG_CONFIG_HOME", site.path().join("config"))
        .env("XDG_DATA_HOME", site.path().join("data"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_readme_and_the_program_list_the_same_exit_codes() {
    let readme = include_str!("../../README.md");
    let help = Command::new(env!("CARGO_BIN_EXE_regain")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let rows: Vec<&str> = help.lines().skip_while(|line| *line != "Exit codes:").skip(1).collect();
    assert_eq!(rows.len(), 13);
    for row in rows {
        let mut words = row.split_whitespace();
        let (number, name) = (words.next().unwrap(), words.next().unwrap());
        let when = words.collect::<Vec<_>>().join(" ");
        assert!(readme.contains(&format!("| {number} | {name} | {when} |")), "{row}");
    }
}
