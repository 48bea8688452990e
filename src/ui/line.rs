//! A line that is being typed, hidden or shown.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;
use zeroize::{Zeroize, Zeroizing};

use super::ask_error::AskError;
use super::escape;
use super::keys::{Key, Keyboard, next_key};
use super::terminal;

/// Bytes that a line or a secret may have: more than any password (security P2: 128 code points, at most four
/// bytes each) and any address.
pub(super) const LIMIT: usize = 4096;

/// What was typed. Its memory is made once, so that growing leaves no copy behind, and is wiped.
struct Line {
    bytes: Zeroizing<Vec<u8>>,
    too_long: bool,
}

impl Line {
    fn starting_with(text: &str) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(LIMIT));
        bytes.extend(text.bytes().take(LIMIT));
        Self { bytes, too_long: false }
    }

    fn press(&mut self, key: Key) {
        match key {
            Key::Byte(_) if self.bytes.len() == LIMIT => self.too_long = true,
            Key::Byte(byte) => self.bytes.push(byte),
            Key::Erase => self.erase(),
            Key::EraseWord => {
                while self.bytes.last() == Some(&b' ') {
                    self.erase();
                }
                while self.bytes.last().is_some_and(|byte| *byte != b' ') {
                    self.erase();
                }
            }
            Key::EraseLine => {
                self.bytes.zeroize();
                self.too_long = false;
            }
            Key::Up | Key::Down | Key::Other | Key::Enter => {}
            Key::Escape | Key::Leave | Key::CtrlD | Key::HungUp => {}
        }
    }

    /// Removes the last character: its continuation bytes (`10xxxxxx`) and the one they belong to.
    fn erase(&mut self) {
        while self.bytes.pop().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {}
    }
}

/// Reads a line of which nothing is shown. The bytes are not judged yet.
pub(super) fn read_hidden(keyboard: &mut dyn Keyboard) -> Result<Zeroizing<Vec<u8>>, AskError> {
    read(keyboard, Line::starting_with(""), &mut |_| Ok(()))
}

/// Reads a line that is shown after `label` and can be changed at its end.
pub(super) fn read_shown(
    keyboard: &mut dyn Keyboard,
    out: &mut dyn Write,
    label: &str,
    initial: &str,
    dumb: bool,
) -> Result<Zeroizing<Vec<u8>>, AskError> {
    let mut echo = Echo { out, label, shown: String::new(), dumb };
    read(keyboard, Line::starting_with(initial), &mut |bytes| echo.show(bytes))
}

fn read(
    keyboard: &mut dyn Keyboard,
    mut line: Line,
    show: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<Zeroizing<Vec<u8>>, AskError> {
    show(&line.bytes)?;
    loop {
        match next_key(keyboard)? {
            Key::Enter if line.too_long => return Err(AskError::TooLong),
            Key::Enter => return Ok(line.bytes),
            Key::Escape => return Err(AskError::Back),
            Key::Leave | Key::HungUp => return Err(AskError::Cancelled),
            // As in a shell, Ctrl-D means the end only where nothing has been typed.
            Key::CtrlD if line.bytes.is_empty() => return Err(AskError::Cancelled),
            key => {
                line.press(key);
                show(&line.bytes)?;
            }
        }
    }
}

/// The visible side of a line.
struct Echo<'o> {
    out: &'o mut dyn Write,
    label: &'o str,
    shown: String,
    dumb: bool,
}

impl Echo<'_> {
    fn show(&mut self, bytes: &[u8]) -> io::Result<()> {
        // A character that is not whole yet is shown with its last byte.
        let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
        let wanted = escape::visible(text).into_owned();
        let label_width = self.label.lines().last().unwrap_or_default().width();
        let (columns, _) = terminal::size();
        let change = if let Some(more) = wanted.strip_prefix(self.shown.as_str()) {
            more.to_owned()
        } else if self.dumb || label_width + self.shown.width() < columns {
            let gone = self.shown.width().saturating_sub(wanted.width());
            "\u{8} \u{8}".repeat(gone)
        } else {
            // A line that ends exactly at the edge leaves the cursor there, not on the next one.
            let rows = (label_width + self.shown.width()).saturating_sub(1) / columns;
            let up = if rows > 0 { format!("\u{1b}[{rows}A") } else { String::new() };
            let last_label_line = self.label.lines().last().unwrap_or_default();
            format!("\r{up}\u{1b}[J{last_label_line}{wanted}")
        };
        terminal::paint(&format!("{}{wanted}", self.label), || {
            write!(self.out, "{change}")?;
            self.out.flush()
        })?;
        self.shown = wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::tests::Typed;
    use super::*;

    fn typed(keys: &[u8]) -> Result<String, AskError> {
        read_hidden(&mut Typed::new(keys)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn shown(keys: &[u8], initial: &str) -> (String, String) {
        let mut out = Vec::new();
        let line = read_shown(&mut Typed::new(keys), &mut out, "Name: ", initial, false).unwrap();
        (String::from_utf8(line.to_vec()).unwrap(), String::from_utf8(out).unwrap())
    }

    #[test]
    fn backspace_takes_a_whole_character() {
        assert_eq!(typed("aé\u{7f}b\r".as_bytes()).unwrap(), "ab");
        assert_eq!(typed("👩\u{8}\u{8}\u{8}x\n".as_bytes()).unwrap(), "x");
        assert_eq!(typed(b"one two \x17three\r").unwrap(), "one three");
        assert_eq!(typed(b"wrong\x15right\r").unwrap(), "right");
    }

    #[test]
    fn escape_and_the_end_of_input_cancel() {
        assert!(matches!(typed(b"abc\x1b\x1b"), Err(AskError::Cancelled)));
        assert!(matches!(read_hidden(&mut Typed::then_pause(b"abc\x1b")), Err(AskError::Back)));
        assert!(matches!(typed(b"\x04"), Err(AskError::Cancelled)));
        assert!(matches!(typed(b"abc"), Err(AskError::Cancelled)));
        assert_eq!(typed(b"ab\x04c\r").unwrap(), "abc");
    }

    #[test]
    fn a_line_over_the_limit_is_refused_not_cut() {
        let mut keys = vec![b'a'; LIMIT];
        keys.push(b'\r');
        assert_eq!(typed(&keys).unwrap().len(), LIMIT);
        keys.insert(0, b'a');
        assert!(matches!(typed(&keys), Err(AskError::TooLong)));
    }

    #[test]
    fn what_is_typed_is_shown_once_and_taken_back() {
        assert_eq!(shown("aé\u{7f}b\r".as_bytes(), ""), ("ab".into(), "aé\u{8} \u{8}b".into()));
        assert_eq!(shown(b"c\r", "ab"), ("abc".into(), "abc".into()));
        assert_eq!(shown("\u{202e}\r".as_bytes(), "").1, "\\u{202e}");
    }
}
