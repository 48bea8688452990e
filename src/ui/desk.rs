//! Where a person sits: keys and screen, and a line that they type there.

use std::io::{self, Write};

use dialoguer::theme::{SimpleTheme, Theme};

use super::ask_error::AskError;
use super::fold::folded;
use super::keys::{Keyboard, Terminal};
use super::terminal::{KeyMode, size};
use super::{escape, line};

/// Asks with the terminal in key mode, which is undone however this ends.
pub(super) fn on_terminal<T>(
    hides_cursor: bool,
    dumb: bool,
    ask: impl FnOnce(&mut Desk<'_>) -> Result<T, AskError>,
) -> Result<T, AskError> {
    let mut mode = KeyMode::enter(hides_cursor)?;
    let mut keyboard = Terminal;
    let mut stderr = io::stderr();
    let answer = ask(&mut Desk { keyboard: &mut keyboard, out: &mut stderr, dumb });
    if answer.is_err() {
        mode.discard_input();
    }
    answer
}

/// Where one person sits: keys and screen.
pub(super) struct Desk<'d> {
    pub(super) keyboard: &'d mut dyn Keyboard,
    pub(super) out: &'d mut dyn Write,
    pub(super) dumb: bool,
}

impl Desk<'_> {
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// The prompt as shown: `Name: `, or `Which one? ` where it ends by itself.
pub(super) fn label(prompt: &str) -> String {
    let prompt = escape::visible(prompt.trim_end());
    let mut shown = String::new();
    if prompt.ends_with([':', '?']) || SimpleTheme.format_input_prompt(&mut shown, &prompt, None).is_err() {
        shown = format!("{prompt} ");
    }
    in_words(&shown)
}

/// What stands before an answer, broken between words where it is longer than a line.
pub(super) fn in_words(label: &str) -> String {
    let columns = u16::try_from(size().0.saturating_sub(1)).unwrap_or(u16::MAX);
    folded(label.trim_end(), columns, "") + " "
}

pub(super) fn ask_line(desk: &mut Desk<'_>, prompt: &str, initial: &str) -> Result<String, AskError> {
    line_after(desk, &label(prompt), initial)
}

pub(super) fn line_after(desk: &mut Desk<'_>, label: &str, initial: &str) -> Result<String, AskError> {
    loop {
        desk.say(label)?;
        let typed = line::read_shown(desk.keyboard, desk.out, label, initial, desk.dumb);
        desk.say("\n")?;
        match String::from_utf8(std::mem::take(&mut *typed?)) {
            Err(_) => desk.say("That is not valid UTF-8. Please type it again.\n")?,
            Ok(text) if text.chars().any(char::is_control) => {
                desk.say("Control characters, such as Tab, cannot be used here. Please type it again.\n")?;
            }
            Ok(text) => return Ok(text),
        }
    }
}
