//! The `sh` examples of the README and of the pages in `docs/` run, in order, as a reader would run them.

use std::path::Path;
use std::process::Command;

use super::source::text_of;

/// What stands between ```` ```sh ```` and the next fence.
fn examples_in(page: &str) -> Vec<String> {
    let text = text_of(Path::new(page));
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks.map(|(block, _)| block.to_owned()).collect()
}

/// Runs them in one fresh site.
fn run(page: &str, blocks: &[String]) {
    let site = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_regain")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(binary.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )
    .unwrap();
    // A reader has jq; where a test machine has none, python3 stands in for the one filter that is used.
    let jq = "jq() { python3 -c 'import json,sys; print(json.load(sys.stdin)[\"id\"])'; }";
    let script = format!("set -euo pipefail\n{jq}\n{}", blocks.join("\n"));
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
        "{page}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_examples_of_the_readme_run() {
    let blocks = examples_in("README.md");
    assert!(blocks.len() >= 5, "the README has {} sh blocks", blocks.len());
    run("README.md", &blocks);
}

/// Each page goes on where the first steps of the README end.
#[test]
fn the_examples_of_the_other_pages_run() {
    let first_steps = examples_in("README.md").remove(0);
    for page in ["docs/operators.md", "docs/programs.md", "docs/maintenance.md"] {
        let mut blocks = examples_in(page);
        assert!(!blocks.is_empty(), "{page} has no sh blocks");
        blocks.insert(0, first_steps.clone());
        run(page, &blocks);
    }
}

#[test]
fn the_readme_fits_its_220_lines() {
    let lines = text_of(Path::new("README.md")).lines().count();
    assert!(lines <= 220, "{lines} lines: the rest belongs into docs/");
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
