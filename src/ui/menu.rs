//! A menu on the terminal. It looks like dialoguer's, by dialoguer's theme; the keys are read here, because
//! dialoguer 0.12 does not see Ctrl-D, and leaves the cursor hidden when a signal ends the process.

use std::fmt::Write as _;
use std::io;

use dialoguer::theme::{SimpleTheme, Theme};

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
        let key = next_key(desk.keyboard)?;
        let left = match key {
            Key::Down | Key::Byte(b'j' | b'\t') => {
                chosen = (chosen + 1) % items.len();
                continue;
            }
            Key::Up | Key::Byte(b'k') => {
                chosen = (chosen + items.len() - 1) % items.len();
                continue;
            }
            Key::Enter => None,
            Key::Escape => Some(AskError::Back),
            Key::Leave | Key::CtrlD | Key::HungUp => Some(AskError::Cancelled),
            _ => continue,
        };
        // The menu gives way to its question, and to the answer if there is one.
        let answer = items.get(chosen).filter(|_| left.is_none()).copied().unwrap_or_default();
        let told = format!("{}{}", label(question), escape::visible(answer));
        let told = folded(told.trim_end(), u16::try_from(size().0).unwrap_or(u16::MAX), "  ");
        desk.say(&format!("\u{1b}[{drawn}A\u{1b}[J{told}\n"))?;
        return left.map_or(Ok(chosen), Err);
    }
}

/// How many lines it takes at first.
pub(super) fn height(question: &str, items: &[&str], dumb: bool) -> usize {
    let (columns, rows) = size();
    if dumb {
        // With the line that is typed.
        let columns = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
        return numbered(question, items, columns).lines().count() + 1;
    }
    page(question, items, 0, columns, rows).map_or(rows, |page| page.lines().count())
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
    let screen = page(question, items, chosen, columns, rows).map_err(|_| io::ErrorKind::InvalidData)?;
    let over = if before > 0 { format!("\u{1b}[{before}A\u{1b}[J") } else { String::new() };
    paint(&screen, || desk.say(&format!("{over}{screen}")))?;
    Ok(screen.lines().count())
}

/// The question, and as many items as fit around the chosen one: more lines could not be painted over. Long ones are
/// broken between words.
fn page(
    question: &str,
    items: &[&str],
    chosen: usize,
    columns: usize,
    rows: usize,
) -> Result<String, std::fmt::Error> {
    // A line that reaches the edge may be wrapped by the terminal itself.
    let columns = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
    let mut screen = folded(label(question).trim_end(), columns, "  ") + "\n";
    let mut blocks = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let mut line = String::new();
        SimpleTheme.format_select_prompt_item(&mut line, &escape::visible(item), index == chosen)?;
        blocks.push(folded(&line, columns, "    ") + "\n");
    }
    let height = |block: &String| block.lines().count();
    let room = rows.saturating_sub(1 + height(&screen));
    let (mut first, mut last) = (chosen, chosen);
    let mut used = blocks.get(chosen).map_or(0, height);
    // Those before it first: the list goes on where it was.
    while let Some(block) = first.checked_sub(1).and_then(|at| blocks.get(at)) {
        if used + height(block) > room {
            break;
        }
        used += height(block);
        first -= 1;
    }
    while let Some(block) = blocks.get(last + 1) {
        if used + height(block) > room {
            break;
        }
        used += height(block);
        last += 1;
    }
    screen.extend(blocks.into_iter().skip(first).take(last + 1 - first));
    Ok(screen)
}

/// For a terminal without escape sequences.
fn by_number(desk: &mut Desk<'_>, question: &str, items: &[&str]) -> Result<usize, AskError> {
    let columns = u16::try_from(size().0.saturating_sub(1)).unwrap_or(u16::MAX);
    desk.say(&numbered(question, items, columns))?;
    loop {
        let answer = ask_line(desk, &format!("Number (1-{})", items.len()), "")?;
        match typed::plain(&answer).parse::<usize>() {
            Ok(number) if (1..=items.len()).contains(&number) => return Ok(number - 1),
            _ => desk.say(&format!("Please type a number from 1 to {}.\n", items.len()))?,
        }
    }
}

/// The question, and the items with their numbers; what is long goes on under the words of its item.
fn numbered(question: &str, items: &[&str], columns: u16) -> String {
    let mut list = folded(label(question).trim_end(), columns, "  ") + "\n";
    for (index, item) in items.iter().enumerate() {
        let number = format!("  {}) ", index + 1);
        let under = " ".repeat(number.len());
        let _ = writeln!(list, "{}", folded(&format!("{number}{}", escape::visible(item)), columns, &under));
    }
    list
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
    fn what_is_long_is_broken_between_words_and_what_is_much_is_shown_around_the_chosen_one() {
        let items = ["Mobile number (an SMS can be intercepted)", "Account name", "None of these"];
        assert_eq!(
            page("Which way?", &items, 0, 30, 24).unwrap(),
            "Which way?\n> Mobile number (an SMS can\n    be intercepted)\n  Account name\n  None of these\n"
        );
        assert_eq!(
            page("Which way?", &items, 2, 30, 4).unwrap(),
            "Which way?\n  Account name\n> None of these\n"
        );
    }

    #[test]
    fn long_items_with_numbers_go_on_under_their_words() {
        assert_eq!(
            numbered("Which way?", &["Mobile number (an SMS can be intercepted)", "Account name"], 30),
            "Which way?\n  1) Mobile number (an SMS can\n     be intercepted)\n  2) Account name\n"
        );
    }

    #[test]
    fn escape_goes_back_and_the_end_of_input_cancels() {
        assert!(matches!(choose(b"\x1b\x1b", false).0, Err(AskError::Cancelled)));
        let mut out = Vec::new();
        let mut keyboard = Typed::then_pause(b"\x1b");
        let mut desk = Desk { keyboard: &mut keyboard, out: &mut out, dumb: false };
        assert!(matches!(select(&mut desk, "Which way?", &["a", "b"]), Err(AskError::Back)));
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
