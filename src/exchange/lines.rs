//! Lines, one after the other, in bounded memory.

use std::io::BufRead;

use memchr::memchr2;
use zeroize::Zeroizing;

use super::error::{ExchangeError, RowFault};
use super::input::Input;

/// The longest row: any person, with a picture of theirs, and no more memory than that.
pub(super) const LONGEST: usize = 1024 * 1024;

/// A line's number, from 1 on, and its text.
pub(super) type Line<'l> = (u64, Result<&'l str, RowFault>);

/// The lines of a text, whatever ends them: `\n`, `\r\n` or `\r`.
pub(super) struct Lines<'r> {
    input: Input<'r>,
    number: u64,
    line: Zeroizing<Vec<u8>>,
    /// A `\n` that comes next belongs to the line before.
    after_return: bool,
    whole: bool,
}

impl<'r> Lines<'r> {
    pub(super) fn new(input: Input<'r>) -> Self {
        Self { input, number: 0, line: Zeroizing::default(), after_return: false, whole: false }
    }

    /// The next line.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, ExchangeError> {
        self.line.clear();
        let (mut begun, mut too_long) = (false, false);
        loop {
            let mut chunk = self.input.fill_buf()?;
            if std::mem::take(&mut self.after_return) && chunk.first() == Some(&b'\n') {
                self.input.consume(1);
                chunk = self.input.fill_buf()?;
            }
            if chunk.is_empty() {
                if !begun {
                    return Ok(None);
                }
                break;
            }
            begun = true;
            let end = memchr2(b'\n', b'\r', chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.line.len() + part.len() > LONGEST {
                too_long = true;
            } else {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.after_return = end.is_some_and(|at| chunk[at] == b'\r');
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        self.whole = !too_long;
        let text = match std::str::from_utf8(&self.line) {
            _ if too_long => Err(RowFault::TooLong),
            _ if self.line.contains(&0) => Err(RowFault::NotText),
            Err(_) => Err(RowFault::NotUtf8),
            Ok(text) => Ok(text),
        };
        Ok(Some((self.number, text)))
    }

    /// The last line as it is written, if it was read as a whole.
    pub(super) fn raw(&self) -> Option<&str> {
        std::str::from_utf8(&self.line).ok().filter(|_| self.whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(u64, Result<String, RowFault>)> {
        let mut lines = Lines::new(Input::open(bytes).unwrap());
        let mut all = Vec::new();
        while let Some((number, line)) = lines.next().unwrap() {
            all.push((number, line.map(str::to_owned)));
        }
        all
    }

    #[test]
    fn a_line_ends_in_every_way() {
        let texts = |bytes| lines(bytes).into_iter().map(|(_, line)| line.unwrap()).collect::<Vec<_>>();
        assert_eq!(texts(b"a\nb\r\nc\rd"), ["a", "b", "c", "d"]);
        assert_eq!(texts(b"\n\r\n\ra\r\n"), ["", "", "", "a"]);
        assert!(texts(b"").is_empty());
    }

    #[test]
    fn a_line_that_is_wrong_is_alone() {
        let mut text = b"a\n\xe4\n".to_vec();
        text.extend(vec![b'x'; LONGEST + 1]);
        text.extend(b"\nb\0\nc");
        let told = lines(&text);
        assert_eq!(told[1], (2, Err(RowFault::NotUtf8)));
        assert_eq!(told[2], (3, Err(RowFault::TooLong)));
        assert_eq!(told[3], (4, Err(RowFault::NotText)));
        assert_eq!(told[4], (5, Ok("c".to_owned())));
    }
}
