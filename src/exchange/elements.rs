//! The elements of a JSON array that stands alone or in an object, or values one after the other, each as it is written:
//! one at a time in memory, however long the file is.

use std::io::BufRead;

use zeroize::Zeroizing;

use super::error::{ExchangeError, RowFault};
use super::input::Input;
use super::lines::LONGEST;

/// The longest name of a field that is looked for.
const LONGEST_NAME: usize = 64;

/// Where the elements stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// All that the file is.
    Array,
    /// One of an object, of which the rest is not read.
    Field,
    /// Nothing but each other.
    Stream,
}

/// Elements, one after the other.
pub(super) struct Elements<'r> {
    input: Input<'r>,
    line: u64,
    after_return: bool,
    within: Within,
    /// Whether something comes before the next one.
    begun: bool,
    ended: bool,
    element: Zeroizing<Vec<u8>>,
    whole: bool,
}

impl<'r> Elements<'r> {
    /// Goes to the first element: of the array that the file is, of the array in one of these fields, or, where there are no
    /// such fields, of values that stand one after the other. `None` if the fields are missing.
    pub(super) fn open(input: Input<'r>, fields: &[&str]) -> Result<Option<Self>, ExchangeError> {
        let mut elements = Self {
            input,
            line: 1,
            after_return: false,
            within: Within::Stream,
            begun: false,
            ended: false,
            element: Zeroizing::default(),
            whole: false,
        };
        match elements.next_byte()? {
            Some(b'[') => {
                elements.skip(1);
                elements.within = Within::Array;
            }
            Some(b'{') if !fields.is_empty() => {
                if !elements.find(fields)? {
                    return Ok(None);
                }
                elements.within = Within::Field;
            }
            Some(_) | None => {}
        }
        Ok(Some(elements))
    }

    /// The line that the next element begins in, if there is one.
    pub(super) fn next_line(&mut self) -> Result<Option<u64>, ExchangeError> {
        if self.ended {
            return Ok(None);
        }
        let mut byte = self.next_byte()?;
        if self.within == Within::Stream {
            self.ended = byte.is_none();
            return Ok(byte.map(|_| self.line));
        }
        if self.begun && byte == Some(b',') {
            self.skip(1);
            byte = self.next_byte()?.filter(|byte| *byte != b']');
            self.begun = false;
        } else if byte == Some(b']') {
            self.skip(1);
            self.ended = true;
            let whole = self.within == Within::Field || self.next_byte()?.is_none();
            return if whole { Ok(None) } else { Err(self.broken()) };
        } else if self.begun {
            byte = None;
        }
        byte.map(|_| Some(self.line)).ok_or_else(|| self.broken())
    }

    /// The next element.
    pub(super) fn next(&mut self) -> Result<Option<Result<&str, RowFault>>, ExchangeError> {
        if self.next_line()?.is_none() {
            return Ok(None);
        }
        self.begun = true;
        self.whole = self.value(LONGEST)?;
        Ok(Some(match std::str::from_utf8(&self.element) {
            _ if !self.whole => Err(RowFault::TooLong),
            Err(_) => Err(RowFault::NotUtf8),
            Ok(text) => Ok(text),
        }))
    }

    /// The last element as it is written, if it was read as a whole.
    pub(super) fn raw(&self) -> Option<&str> {
        std::str::from_utf8(&self.element).ok().filter(|_| self.whole)
    }

    fn broken(&self) -> ExchangeError {
        ExchangeError::NoJson { line: self.line }
    }

    /// Goes into the array of one of these fields of an object.
    fn find(&mut self, fields: &[&str]) -> Result<bool, ExchangeError> {
        self.skip(1);
        loop {
            match self.next_byte()? {
                Some(b'}') => return Ok(false),
                Some(b',') => self.skip(1),
                Some(b'"') => {
                    let whole = self.value(LONGEST_NAME)?;
                    let name = &self.element[..];
                    let wanted =
                        whole && fields.iter().any(|field| name == format!("\"{field}\"").as_bytes());
                    if self.next_byte()? != Some(b':') {
                        return Err(self.broken());
                    }
                    self.skip(1);
                    if wanted && self.next_byte()? == Some(b'[') {
                        self.skip(1);
                        return Ok(true);
                    }
                    self.next_byte()?;
                    self.value(0)?;
                }
                Some(_) | None => return Err(self.broken()),
            }
        }
    }

    /// The next byte that is no blank, not taken.
    fn next_byte(&mut self) -> Result<Option<u8>, ExchangeError> {
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let blanks = chunk.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let next = chunk.get(blanks).copied();
            self.skip(blanks);
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    /// Takes bytes that were read, and counts the lines they end.
    fn skip(&mut self, count: usize) {
        for byte in self.input.start().iter().take(count) {
            let return_before = std::mem::replace(&mut self.after_return, *byte == b'\r');
            self.line += u64::from(*byte == b'\r' || (*byte == b'\n' && !return_before));
        }
        self.input.consume(count);
    }

    /// Reads a value into `element`, as much of it as that; whether it is whole.
    fn value(&mut self, most: usize) -> Result<bool, ExchangeError> {
        self.element.clear();
        let (mut depth, mut in_text, mut escaped, mut whole, mut begun) = (0_u64, false, false, true, false);
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                // A number at the end of a file ends with it.
                return if begun && depth == 0 && !in_text { Ok(whole) } else { Err(self.broken()) };
            }
            let mut used = 0;
            let mut ended = false;
            for &byte in chunk {
                if in_text {
                    in_text = escaped || byte != b'"';
                    escaped = !escaped && byte == b'\\';
                    used += 1;
                    ended = !in_text && depth == 0;
                } else {
                    match byte {
                        b'"' => in_text = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' if depth == 0 => ended = true,
                        b'}' | b']' => depth -= 1,
                        b',' | b':' if depth == 0 => ended = true,
                        _ if byte.is_ascii_whitespace() && depth == 0 && begun => ended = true,
                        _ => {}
                    }
                    let separates = ended;
                    used += usize::from(!separates);
                    ended |= matches!(byte, b'}' | b']') && depth == 0;
                }
                begun = true;
                if ended {
                    break;
                }
            }
            let room = most - self.element.len().min(most);
            whole &= used <= room;
            self.element.extend_from_slice(&chunk[..used.min(room)]);
            self.skip(used);
            if ended {
                // A separator where a value is due.
                return if begun && !(self.element.is_empty() && most > 0) {
                    Ok(whole)
                } else {
                    Err(self.broken())
                };
            }
        }
    }
}

#[cfg(test)]
#[path = "elements_tests.rs"]
mod tests;
