//! Tables in a terminal of the usual width: what may be copied stands in one piece.

use super::playing::{acme, with_password};
use super::terminal::Terminal;
use crate::site::Site;

/// What a list shows in a terminal.
fn shown(site: &Site, arguments: &[&str]) -> Vec<String> {
    let mut terminal = Terminal::start_with(site, arguments, 80, Some("xterm"));
    terminal.ends();
    // As it is: the end's screen has names in the place of ids and moments.
    terminal.screen().lines().map(str::to_owned).collect()
}

/// Every text of this field stands whole in one line.
#[track_caller]
fn whole(site: &Site, arguments: &[&str], field: &str) {
    let lines = shown(site, arguments);
    let rows = site.json(arguments);
    let rows = rows.as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let text = row[field].as_str().map_or_else(|| row[field].to_string(), str::to_owned);
        let found = lines.iter().any(|line| line.split_whitespace().any(|word| word == text));
        assert!(found, "{text} in\n{}", lines.join("\n"));
    }
}

#[test]
fn ids_can_be_copied() {
    let site = with_password("violin harbour pepper dusk");
    site.ok(&["request", "start", "acme"]);
    whole(&site, &["codes", "list"], "id");
    whole(&site, &["request", "list", "acme"], "id");
}

#[test]
fn records_tell_their_number_and_second() {
    let site = acme();
    let arguments = ["audit", "list", "--limit", "2"];
    whole(&site, &arguments, "seq");
    whole(&site, &arguments, "action");
    for row in site.json(&arguments).as_array().unwrap() {
        let at = row["at"].as_str().unwrap();
        let at = format!("{} {}Z", &at[5..10], &at[11..19]);
        assert!(shown(&site, &arguments).iter().any(|line| line.contains(&at)), "{at}");
    }
}

#[test]
fn codes_are_a_table_that_fits_a_line_each() {
    let site = with_password("violin harbour pepper dusk");
    for _ in 0..3 {
        let id = site.request("acme");
        site.ok(&["request", "send", &id, "--method", "email", "--address", "other@example.com"]);
    }
    let lines = shown(&site, &["codes", "list"]);
    assert!(lines[0].starts_with("ID ") && lines[0].contains("STATE"), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("cod_")).count(), 4, "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("No room for: expires")), "{lines:?}");
}

#[test]
fn a_policy_is_a_table_that_fits() {
    let site = acme();
    insta::assert_snapshot!(shown(&site, &["policy", "show", "acme", "login"]).join("\n"));
}

#[test]
fn what_would_happen_to_several_is_told_of_each() {
    let site = acme();
    for user in ["acme/u1", "acme/u2"] {
        site.ok(&["user", "create", user, "-y"]);
    }
    let arguments = ["admin-reset", "acme/u1", "acme/u2", "--generate", "--dry-run"];
    insta::assert_snapshot!(shown(&site, &arguments).join("\n"));
}

#[test]
fn a_terminal_of_no_known_kind_gets_no_colour() {
    let site = acme();
    let bytes = |kind| {
        let mut terminal = Terminal::start_with(&site, &["account", "list"], 80, kind);
        terminal.ends();
        terminal.bytes()
    };
    assert!(bytes(Some("xterm")).contains('\u{1b}'));
    assert!(!bytes(None).contains('\u{1b}'));
}

#[test]
fn a_diagnosis_fits_a_small_terminal_with_the_answer_first() {
    let site = acme();
    let alice =
        ["user", "create", "acme/alice", "--email", "alice@example.com", "--mobile", "+4915112345678"];
    site.ok(&[&alice[..], &["-y", "-q"]].concat());
    for _ in 0..5 {
        site.judged("acme/alice", "wrong");
    }
    site.ok(&["admin-reset", "acme/alice", "--setup", "-y", "-q"]);
    site.ok(&["support", "challenge", "acme/alice", "-y", "--no-input", "-q"]);
    let id = site.request("acme/alice");
    site.ok(&["request", "send", &id, "--method", "email", "--address", "other@example.com"]);
    let mut terminal = Terminal::start_with(&site, &["user", "diagnose", "acme/alice"], 80, Some("xterm"));
    let screen = terminal.ends().screen;
    let lines: Vec<&str> = screen.lines().collect();
    // The prompt of the shell takes one of 24.
    assert!(lines.len() <= 23, "{screen}");
    assert!(lines[0].starts_with("acme/alice (IAM user)"), "{screen}");
    assert!(lines[1].starts_with("Can sign in: no (no password is set, locked until "), "{screen}");
    assert_eq!(lines[2], "Can reset the password alone: yes, by a code.", "{screen}");
    for wanted in ["What to do next", "sign-ins", "contacts", "There is more: -v shows it."] {
        assert!(screen.contains(wanted), "{wanted}: {screen}");
    }
}
