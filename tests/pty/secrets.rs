//! T2: nothing of a secret is shown, and the terminal is put back whatever happens. `Terminal::asks` looks at ECHO
//! at every prompt, `Terminal::ends` at all modes, and at every byte that was written.

use rustix::process::Signal;

use super::playing::{Playing, acme, with_password};
use super::terminal::Terminal;
use crate::site::Site;

const PASSWORD: &str = "correct horse battery staple 9";

fn at_the_prompt(site: &Site) -> Terminal {
    let mut terminal = site.terminal(&["login", "acme"]);
    terminal.asks("Password:");
    terminal
}

#[test]
fn t2_restored_after_success() {
    let site = with_password(PASSWORD);
    let mut terminal = at_the_prompt(&site);
    assert_eq!(terminal.types_hidden(PASSWORD).ends().exit, "exit 0");
}

#[test]
fn t2_restored_after_an_error() {
    let site = acme();
    let mut terminal = at_the_prompt(&site);
    // Longer than any password: the input ends as an error.
    let long = "x".repeat(4097);
    insta::assert_snapshot!(terminal.types_hidden(&long).ends().play());
}

#[test]
fn t2_restored_after_esc_and_the_end_of_input() {
    let site = acme();
    for keys in ["\x1b", "\x04", "half a secret\x1b"] {
        let mut terminal = at_the_prompt(&site);
        let end = terminal.presses(keys).ends();
        assert_eq!(end.play(), "Password:\nerror: cancelled at the prompt\n\n[exit 5]", "{keys:?}");
    }
}

#[test]
fn t2_restored_after_ctrl_c_and_signals() {
    let site = acme();
    let mut terminal = at_the_prompt(&site);
    assert_eq!(terminal.presses("half a secret\x03").ends().play(), "Password:\n\n[signal: Interrupt]");
    let mut terminal = at_the_prompt(&site);
    assert_eq!(terminal.presses("half a secret\x1c").ends().play(), "Password:\n\n[signal: Quit]");
    for (signal, name) in [
        (Signal::INT, "Interrupt"),
        (Signal::TERM, "Terminated"),
        (Signal::HUP, "Hangup"),
        (Signal::QUIT, "Quit"),
    ] {
        let mut terminal = at_the_prompt(&site);
        terminal.signal(signal);
        assert_eq!(terminal.ends().play(), format!("Password:\n\n[signal: {name}]"));
    }
}

#[test]
fn t2_a_menu_gives_the_cursor_back() {
    let site = acme();
    for (keys, exit) in [("\x1b\x1b", "exit 5"), ("\x04", "exit 5"), ("\x03", "signal: Interrupt")] {
        let mut terminal = site.terminal(&["password", "reset", "acme"]);
        terminal
            .asks("Characters in the picture:")
            .types("work")
            .offers("How do you want to prove who you are?")
            .presses(keys);
        assert_eq!(terminal.ends().exit, exit, "{keys:?}");
    }
}

#[test]
fn a_secret_can_be_corrected_and_holds_no_control_character() {
    let site = with_password(PASSWORD);
    let mut terminal = at_the_prompt(&site);
    terminal.presses("tab\there\r").asks("Password:");
    terminal.presses(&format!("wrong start\x15{PASSWORD}x\x7f\r"));
    insta::assert_snapshot!(terminal.ends().play());
}

#[test]
fn several_pasted_lines_are_several_answers() {
    let site = with_password(PASSWORD).without_protection();
    let mut terminal = site.terminal(&["password", "change", "acme"]);
    let new = "vivid anchor 42 mellow tundra";
    terminal.asks("Old password:").types_hidden(&format!("{PASSWORD}\r{new}\r{new}"));
    insta::assert_snapshot!(terminal.ends().play());
    assert!(site.accepts(new));
}

#[test]
fn a_window_may_change_its_size_at_any_prompt() {
    let site = with_password(PASSWORD);
    let mut terminal = site.terminal(&["password", "reset", "acme"]);
    terminal.asks("Characters in the picture:");
    terminal.resize(24, 60);
    terminal.types("work").offers("How do you want to prove who you are?");
    terminal.resize(10, 34);
    // Painted anew at the next key, within the new width.
    for _ in 0..4 {
        terminal.presses("\x1b[B");
    }
    terminal.presses("\r").asks("Email address:");
    terminal.presses("\x1b\x1b");
    assert_eq!(terminal.ends().exit, "exit 5");
}
