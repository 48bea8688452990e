//! A menu on the terminal. It looks like dialoguer's, by dialoguer's theme; the keys are read here, because
//! dialoguer 0.12 does not see Ctrl-D, and leaves the cursor hidden when a signal ends the process.

use std::fmt::Write as _;
use std::io;

use dialoguer::theme::{SimpleTheme, Theme};
use unicode_width::UnicodeWidthChar;

use super::ask_error::AskError;
use super::desk::{Desk, ask_line, label};
use super::escape;
use super::fold::folded;
use super::keys::{Key, next_key};
use super::terminal::{paint, size};
use crate::domain::typed;

/// The index of the item chosen with the arrow keys (or `j`, `k`, Tab) and Enter. Without items: cancelled.
pub(super) fn select(desk: &mut Desk<'_>, question: &str, items: &[&str]) -> Result<usize, AskError> {
    if items.is_empty() {
        return Err(AskError::Cancelled);
    }
    if desk.dumb {
        return by_number(desk, question, items);
    }
    let mut chosen = 0;
    let mut drawn = 0;
    loop {
        drawn = draw(desk, question, items, chosen, drawn)?;
        match next_key(desk.keyboard)? {
            Key::Down | Key::Byte(b'j' | b'\t') => chosen = (chosen + 1) % items.len(),
            Key::Up | Key::Byte(b'k') => chosen = (chosen + items.len() - 1) % items.len(),
            Key::Enter => {
                let answer = items.get(chosen).copied().unwrap_or_default();
                let told = format!("{}{}", label(question), escape::visible(answer));
                let told = folded(&told, u16::try_from(size().0).unwrap_or(u16::MAX), "  ");
                desk.say(&format!("\u{1b}[{drawn}A\u{1b}[J{told}\n"))?;
                return Ok(chosen);
            }
            Key::Escape | Key::CtrlD | Key::HungUp => return Err(AskError::Cancelled),
            _ => {}
        }
    }
}

/// Paints the menu over its last self, of `before` lines, and tells its own number of lines.
fn draw(
    desk: &mut Desk<'_>,
    question: &str,
    items: &[&str],
    chosen: usize,
    before: usize,
) -> io::Result<usize> {
    let (columns, rows) = size();
    // Lines that wrap, or more of them than fit, could not be painted over.
    let visible = items.len().min(rows.saturating_sub(2).max(1));
    let first = chosen.saturating_sub(visible - 1);
    let mut screen = cut(label(question).trim_end(), columns) + "\n";
    for (index, item) in items.iter().enumerate().skip(first).take(visible) {
        let mut line = String::new();
        let item = escape::visible(item);
        if SimpleTheme.format_select_prompt_item(&mut line, &item, index == chosen).is_err() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        screen.push_str(&cut(&line, columns));
        screen.push('\n');
    }
    let over = if before > 0 { format!("\u{1b}[{before}A\u{1b}[J") } else { String::new() };
    paint(&screen, || desk.say(&format!("{over}{screen}")))?;
    Ok(visible + 1)
}

/// As much of the text as fits into one line of the terminal.
fn cut(text: &str, columns: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used < columns
        })
        .collect()
}

/// For a terminal without escape sequences.
fn by_number(desk: &mut Desk<'_>, question: &str, items: &[&str]) -> Result<usize, AskError> {
    let mut list = format!("{}\n", label(question).trim_end());
    for (index, item) in items.iter().enumerate() {
        let _ = writeln!(list, "  {}) {}", index + 1, escape::visible(item));
    }
    desk.say(&list)?;
    loop {
        let answer = ask_line(desk, &format!("Number (1-{})", items.len()), "")?;
        match typed::plain(&answer).parse::<usize>() {
            Ok(number) if (1..=items.len()).contains(&number) => return Ok(number - 1),
            _ => desk.say(&format!("Please type a number from 1 to {}.\n", items.len()))?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::tests::Typed;
    use super::*;

    fn choose(keys: &[u8], dumb: bool) -> (Result<usize, AskError>, String) {
        let mut out = Vec::new();
        let mut keyboard = Typed::new(keys);
        let mut desk = Desk { keyboard: &mut keyboard, out: &mut out, dumb };
        let result = select(&mut desk, "Which way?", &["email", "mobile", "\u{1b}account"]);
        (result, String::from_utf8(out).unwrap())
    }

    #[test]
    fn arrows_move_around_and_enter_takes() {
        assert_eq!(choose(b"\r", false).0.ok(), Some(0));
        assert_eq!(choose(b"\x1b[B\r", false).0.ok(), Some(1));
        assert_eq!(choose(b"\x1b[A\r", false).0.ok(), Some(2));
        assert_eq!(choose(b"jjj\r", false).0.ok(), Some(0));
        let (_, shown) = choose(b"\r", false);
        assert_eq!(
            shown,
            "Which way?\n> email\n  mobile\n  \\u{1b}account\n\u{1b}[4A\u{1b}[JWhich way? email\n"
        );
    }

    #[test]
    fn escape_and_the_end_of_input_cancel() {
        assert!(matches!(choose(b"\x1b\x1b", false).0, Err(AskError::Cancelled)));
        assert!(matches!(choose(b"j\x04\r", false).0, Err(AskError::Cancelled)));
    }

    #[test]
    fn a_dumb_terminal_is_asked_for_a_number() {
        let (chosen, shown) = choose(b"4\rx\r2\r", true);
        assert_eq!(chosen.ok(), Some(1));
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
        assert_eq!(shown.matches("Please type a number from 1 to 3.\n").count(), 2);
    }
}
