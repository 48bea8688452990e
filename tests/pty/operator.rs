//! The question before an operator's write.

use super::playing::{Playing, acme};
use crate::site::Site;

/// How `account create` ends after these keys at its question, and whether there is an account then.
fn answered(site: &Site, keys: &str) -> (String, bool) {
    let mut terminal = site.terminal(&["account", "create", "globex", "--email", "root@globex.example"]);
    terminal.asks("Go on? [y/N]").presses(keys);
    let end = terminal.ends();
    let accounts = site.json(&["account", "list"]);
    (end.play(), accounts.as_array().unwrap().iter().any(|account| account["name"] == "globex"))
}

#[test]
fn yes_does_it() {
    let (play, made) = answered(&acme(), "yes\r");
    insta::assert_snapshot!(play);
    assert!(made);
}

#[test]
fn no_and_silence_do_nothing() {
    let site = acme();
    let (play, made) = answered(&site, "n\r");
    insta::assert_snapshot!("no", play);
    assert!(!made);
    let (play, made) = answered(&site, "\r");
    insta::assert_snapshot!("enter_alone", play);
    assert!(!made);
}

#[test]
fn esc_and_the_end_of_input_do_nothing() {
    let site = acme();
    let (play, made) = answered(&site, "\x1b");
    insta::assert_snapshot!("esc", play);
    assert!(!made);
    // The same words, whichever way the person leaves.
    assert_eq!(answered(&site, "\x04"), (play, false));
}

#[test]
fn what_is_neither_is_asked_again() {
    let (play, made) = answered(&acme(), "perhaps\ry\r");
    insta::assert_snapshot!(play);
    assert!(made);
}

#[test]
fn ctrl_c_ends_it_by_the_signal() {
    let (play, made) = answered(&acme(), "\x03");
    insta::assert_snapshot!(play);
    assert!(!made);
}

#[test]
fn with_no_input_the_option_is_named() {
    let site = acme();
    let mut terminal = site.terminal(&["account", "create", "globex", "--no-input"]);
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn several_pasted_lines_answer_one_question_each() {
    let site = acme();
    let mut terminal = site.terminal(&["account", "create", "globex"]);
    // The first line is no answer; the second is no; what is left must not fall to the shell.
    terminal.asks("Go on? [y/N]").presses("so be it\rn\rrm -r everything\r");
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn what_cannot_be_taken_back_wants_its_name() {
    let site = acme();
    site.ok(&["account", "disable", "acme", "-y"]);
    let there = || site.json(&["account", "list"]).as_array().unwrap().len() == 1;
    for (number, typed) in ["yes\r", "\r", "acm\r", "\x1b"].into_iter().enumerate() {
        let mut terminal = site.terminal(&["account", "delete", "acme"]);
        terminal.asks("Type acme to go on:").presses(typed);
        let play = terminal.ends().play();
        if number == 0 {
            insta::assert_snapshot!("a_yes_is_no_name", play);
        }
        assert!(there() && play.ends_with("[exit 5]"), "{typed:?}: {play}");
    }
    let mut terminal = site.terminal(&["account", "delete", "acme"]);
    terminal.asks("Type acme to go on:").presses("Acme \r");
    insta::assert_snapshot!("the_name", terminal.ends().play());
    assert!(!there());
}

#[test]
fn the_codes_of_everybody_want_a_word() {
    let site = acme();
    let id = site.request("acme");
    site.ok(&["request", "send", &id, "--method", "account"]);
    let revoke = |typed: &str| {
        let mut terminal = site.terminal(&["codes", "revoke", "--all"]);
        terminal.asks("Type all to go on:").presses(typed);
        terminal.ends().play()
    };
    let live = || site.count("codes", |code| code["state"] == "revoked") == 0;
    insta::assert_snapshot!("a_yes_is_not_all", revoke("y\r"));
    assert!(live());
    insta::assert_snapshot!("all", revoke("all\r"));
    assert!(!live());
    // Where nothing is live, nothing is asked.
    let none = site.terminal(&["codes", "revoke", "acme"]).ends().play();
    assert!(none.contains("Nothing to change: acme has no live code or setup token."), "{none}");
}

#[test]
fn t5_whoever_changed_while_a_batch_was_confirmed_takes_nothing_from_the_others() {
    let site = acme();
    let people = ["acme/u1", "acme/u2", "acme/u3", "acme/u4"];
    for user in people {
        site.ok(&["user", "create", user, "-y"]);
    }
    let arguments =
        ["admin-reset", people[0], people[1], people[2], people[3], "--setup", "--secrets-to", "f"];
    let mut terminal = site.terminal(&arguments);
    terminal.asks("Go on? [y/N]");
    site.ok(&["user", "disable", people[1], "-y"]);
    terminal.presses("y\r");
    let play = terminal.ends().play();
    assert!(
        play.contains("somebody changed acme/u2 after the batch began") && play.ends_with("[exit 10]"),
        "{play}"
    );
    let secrets = site.secrets("f");
    let handed_out: Vec<&str> = secrets.iter().map(|secret| secret[0].as_str()).collect();
    assert_eq!(handed_out, [people[0], people[2], people[3]]);
    for secret in &secrets {
        let setup = ["password", "setup", "--token-stdin", "--password-stdin"];
        site.pipe(&setup, &format!("{}\nan entirely fresh passphrase\n", secret[2])).succeeded();
    }
}

#[test]
fn o6_a_selection_wants_its_number() {
    let site = acme();
    for user in ["acme/u1", "acme/u2", "acme/u3"] {
        site.ok(&["user", "create", user, "-y"]);
    }
    let disabled = || site.json(&["user", "list", "--where", "status=disabled"]).as_array().unwrap().len();
    for (number, typed) in ["y\r", "4\r", "\r", "\x1b"].into_iter().enumerate() {
        let mut terminal = site.terminal(&["user", "disable", "--account", "acme", "-q"]);
        terminal.asks("Type 3 to go on:").presses(typed);
        let play = terminal.ends().play();
        if number == 0 {
            insta::assert_snapshot!("a_yes_is_no_number", play);
        }
        assert!(disabled() == 0 && play.ends_with("[exit 5]"), "{typed:?}: {play}");
    }
    let mut terminal = site.terminal(&["user", "disable", "--account", "acme", "--expect", "3"]);
    terminal.asks("Type 3 to go on:").presses("3\r");
    insta::assert_snapshot!("the_number", terminal.ends().play());
    assert_eq!(disabled(), 3);
    // Where nothing changes, nothing is asked.
    let play = site.terminal(&["user", "disable", "--account", "acme"]).ends().play();
    assert!(play.ends_with("[exit 0]"), "{play}");
    // A root user is one more.
    let mut terminal =
        site.terminal(&["user", "update", "--everyone", "--include-root", "--description", "x"]);
    terminal.asks("Type 4 to go on:").presses("\x1b");
    assert!(terminal.ends().play().contains("Selected: 4 people, from acme to acme/u3."));
}
