//! Tables as other programs write them: how their text is encoded, what separates cells, where a quote ends, and the quote
//! that keeps a spreadsheet from running a cell.

use std::borrow::Cow;

use super::typed;

/// What may stand between cells, the likeliest first.
pub const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// How the characters of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// The encoding that a text's mark tells, or the gaps between its characters; and the bytes of the mark. `None` for what
/// is no text: an archive, which the files of spreadsheets are.
pub fn encoding(start: &[u8]) -> Option<(Encoding, usize)> {
    match start {
        [b'P', b'K', 3, 4, ..] => None,
        [0xff, 0xfe, ..] => Some((Encoding::Utf16Little, 2)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16Big, 2)),
        [low, 0, ..] if *low != 0 => Some((Encoding::Utf16Little, 0)),
        [0, low, ..] if *low != 0 => Some((Encoding::Utf16Big, 0)),
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        _ => Some((Encoding::Utf8, 0)),
    }
}

/// Whether a line says something: blank lines and comments are lines only.
pub fn counts(line: &str) -> bool {
    let line = typed::tidied(line);
    !line.is_empty() && !line.starts_with('#')
}

/// What a spreadsheet says is between its columns, in a line before the heading.
pub fn said_separator(line: &str) -> Option<u8> {
    typed::tidied(line).strip_prefix("sep=").and_then(|said| said.bytes().next())
}

/// The quotes of a table, followed from line to line: one that nothing closes would make one cell of all the rest.
pub struct Quotes {
    separator: u8,
    opened: Option<u64>,
}

impl Quotes {
    pub fn new(separator: u8) -> Self {
        Self { separator, opened: None }
    }

    /// The line that the quote was opened in which is open now.
    pub fn opened(&self) -> Option<u64> {
        self.opened
    }

    /// Goes on with a line of this number.
    pub fn follow(&mut self, number: u64, line: &str) {
        if self.opened.is_none() && line.starts_with('#') {
            return;
        }
        let (mut begins, mut closed) = (true, None);
        for byte in line.bytes() {
            let just_closed = std::mem::take(&mut closed);
            match byte {
                b'"' if self.opened.is_some() => closed = self.opened.take(),
                b'"' if begins => self.opened = Some(number),
                // Two of them are one within quotes.
                b'"' => self.opened = just_closed,
                _ => {}
            }
            begins = byte == self.separator;
        }
    }
}

/// An account's and a user's name. The root user has its account's name, which no other user of it can have.
pub fn person(account: &str, name: &str) -> String {
    if name.eq_ignore_ascii_case(account) { account.to_owned() } else { format!("{account}/{name}") }
}

/// A cell that no spreadsheet runs (security T3): a text that begins as a formula, or with a single quote, gets one single
/// quote in front.
pub fn defused(text: Cow<'_, str>) -> Cow<'_, str> {
    if runs(&text) { Cow::Owned(format!("'{text}")) } else { text }
}

fn runs(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\''])
}

/// A cell without the quote that [`defused`] put in front of it.
pub fn undefused(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(cell) if runs(cell) => cell,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn t3_what_a_spreadsheet_would_run_is_defused() {
        for text in ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1"] {
            assert_eq!(defused(text.into()), format!("'{text}"));
        }
        assert_eq!(defused("a=1".into()), "a=1");
    }

    proptest! {
        #[test]
        fn t3_defusing_can_be_undone(text in "[=+@'\\t\\r\\n -]{0,3}.{0,8}") {
            let cell = defused(text.as_str().into());
            prop_assert_eq!(undefused(&cell), text.as_str());
        }
    }
}
