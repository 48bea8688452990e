//! Ctrl-Z, `fg` and `bg` at a shell with job control (security T10). `Terminal::is_at_shell` looks for echo and cursor,
//! `Terminal::asks` for the lack of echo.

use super::playing::{acme, with_password};
use super::terminal::Terminal;

const PASSWORD: &str = "correct horse battery staple 9";
const CTRL_U: &str = "\u{15}";
const CTRL_Z: &str = "\u{1a}";

#[test]
fn t10_a_prompt_for_a_secret_is_stopped_and_taken_up_again() {
    let site = with_password(PASSWORD);
    let mut terminal = Terminal::shell(&site);
    terminal.is_at_shell().types("\"$REGAIN\" login acme").asks("Password:");
    for _ in 0..2 {
        // What was typed and is not read yet is thrown away with it, as by any program.
        terminal.presses(&format!("half of it{CTRL_Z}")).is_at_shell().types("fg").asks("Password:");
    }
    terminal.presses(CTRL_U).types_hidden(PASSWORD);
    terminal.is_at_shell().types("echo \"it ended with $?\"").tells("it ended with 0");
    assert_eq!(terminal.is_at_shell().types("exit").ends().exit, "exit 0");
}

#[test]
fn t10_a_menu_is_stopped_with_its_cursor_given_back_and_painted_again() {
    let site = acme();
    let mut terminal = Terminal::shell(&site);
    let question = "How do you want to prove who you are?";
    terminal.is_at_shell().types("\"$REGAIN\" password reset acme").asks("Characters in the picture:");
    terminal.types("work").offers(question);
    terminal.presses(CTRL_Z).is_at_shell().types("fg").offers(question);
    terminal.leaves().is_at_shell().types("echo \"it ended with $?\"").tells("it ended with 5");
    assert_eq!(terminal.is_at_shell().types("exit").ends().exit, "exit 0");
}

#[test]
fn t10_who_asks_in_the_background_waits_for_the_foreground() {
    let site = with_password(PASSWORD);
    let mut terminal = Terminal::shell(&site);
    terminal.is_at_shell().types("\"$REGAIN\" login acme & wait %1; jobs -s | grep -c REGAIN").tells("1");
    terminal.is_at_shell().types("fg").asks("Password:");
    // Sent to the background once more: it reads the keys of the shell no longer.
    terminal.presses(CTRL_Z).is_at_shell().types("bg; wait %1; echo \"still $(jobs -s | grep -c REGAIN)\"");
    terminal.tells("still 1").is_at_shell().types("fg").asks("Password:");
    terminal.types_hidden(PASSWORD).is_at_shell().types("echo \"it ended with $?\"").tells("it ended with 0");
    assert_eq!(terminal.is_at_shell().types("exit").ends().exit, "exit 0");
}
