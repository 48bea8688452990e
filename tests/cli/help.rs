//! The whole help, as one text: a change of it is seen.

use crate::site::Site;

#[test]
fn the_whole_help() {
    let site = Site::bare();
    let mut pages = String::new();
    let mut todo = vec![Vec::<String>::new()];
    while let Some(path) = todo.pop() {
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let ended = site.run(&arguments).succeeded();
        assert_eq!(ended.stderr, "", "{path:?}");
        let below = subcommands(&ended.stdout);
        todo.extend(below.into_iter().rev().map(|name| [path.clone(), vec![name]].concat()));
        let page = without_global_options(&ended.stdout, path.is_empty());
        pages.extend(["##### regain ", &path.join(" "), "\n", &page, "\n"]);
    }
    insta::assert_snapshot!("help", pages.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
}

/// The names under "Commands:".
pub(crate) fn subcommands(page: &str) -> Vec<String> {
    let Some((_, rest)) = page.split_once("\nCommands:\n") else { return Vec::new() };
    let lines = rest.lines().take_while(|line| !line.is_empty());
    // Two blanks before a name; more before the rest of a description.
    lines
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

/// Global options are the same on every page and stand on the first only.
fn without_global_options(page: &str, whole: bool) -> String {
    match page.split_once("\nGlobal options:\n") {
        Some((before, after)) if !whole => {
            let rest = after
                .split_once("\n\nExample")
                .map_or(String::new(), |(_, rest)| format!("\n\nExample{rest}"));
            format!("{before}{rest}")
        }
        _ => page.to_owned(),
    }
}

#[test]
fn no_arguments_is_a_usage_error_with_the_help() {
    let site = Site::bare();
    let ended = site.run(&[] as &[&str]);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(ended.stderr.contains("Usage: regain"), "{ended:?}");
}

#[test]
fn the_version_is_data() {
    let ended = Site::bare().run(&["--version"]).succeeded();
    assert_eq!(ended.stdout, format!("regain {}\n", env!("CARGO_PKG_VERSION")));
}
