//! The bytes of a file as UTF-8, whatever encoding it has, in a buffer that is wiped.

use std::io::{self, BufRead, Read};

use zeroize::Zeroizing;

use super::error::ExchangeError;
use crate::domain::cells::{self, Encoding};

/// As much as is read at once, and looked at to recognise a format.
const BUFFER: usize = 64 * 1024;

/// No text holds it: bytes that are no characters, as the reader of lines finds them in UTF-8.
const WRONG: u8 = 0xff;

/// Whatever reads the rest.
type Source<'r> = Box<dyn Read + 'r>;

/// A text in UTF-8 without its mark.
pub(super) struct Input<'r> {
    source: Source<'r>,
    encoding: Encoding,
    /// What was read in another encoding and is not decoded yet.
    foreign: Zeroizing<Vec<u8>>,
    buffer: Zeroizing<Vec<u8>>,
    /// What of the buffer is to be read yet.
    at: usize,
    end: usize,
}

impl<'r> Input<'r> {
    /// Begins to read: as much as tells the encoding, and more.
    pub(super) fn open(source: impl Read + 'r) -> Result<Self, ExchangeError> {
        let mut source: Source<'r> = Box::new(source);
        let mut start = Zeroizing::new(Vec::with_capacity(BUFFER));
        source.by_ref().take(BUFFER as u64).read_to_end(&mut start)?;
        let (encoding, mark) = cells::encoding(&start).ok_or(ExchangeError::NoText)?;
        start.drain(..mark);
        let (foreign, buffer) = (Zeroizing::default(), Zeroizing::default());
        let mut input = Self { source, encoding, foreign, buffer, at: 0, end: 0 };
        if encoding == Encoding::Utf8 {
            if start.contains(&0) {
                return Err(ExchangeError::NoText);
            }
            input.end = start.len();
            input.buffer = start;
        } else {
            input.foreign = start;
            input.decode();
        }
        Ok(input)
    }

    /// What was read already, and is to be read yet.
    pub(super) fn start(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }

    /// Decodes the foreign bytes but for the beginning of a character at their end.
    fn decode(&mut self) {
        self.buffer.clear();
        let unit = |pair: &[u8]| match (self.encoding, pair) {
            (Encoding::Utf16Big, [high, low]) => u16::from_be_bytes([*high, *low]),
            (_, [low, high]) => u16::from_le_bytes([*low, *high]),
            _ => 0,
        };
        let mut units: Vec<u16> = self.foreign.chunks_exact(2).map(unit).collect();
        let begun = units.last().is_some_and(|last| (0xd800..0xdc00).contains(last));
        if begun {
            units.pop();
        }
        for symbol in char::decode_utf16(units.iter().copied()) {
            match symbol {
                Ok(symbol) => self.buffer.extend_from_slice(symbol.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => self.buffer.push(WRONG),
            }
        }
        self.foreign.drain(..2 * units.len());
        (self.at, self.end) = (0, self.buffer.len());
    }

    fn read_on(&mut self) -> io::Result<()> {
        (self.at, self.end) = (0, 0);
        if self.encoding == Encoding::Utf8 {
            self.buffer.resize(BUFFER, 0);
            self.end = retried(&mut self.source, &mut self.buffer)?;
            return Ok(());
        }
        // A few bytes may be no whole character.
        while self.end == 0 {
            let kept = self.foreign.len();
            self.foreign.resize(kept + BUFFER / 2, 0);
            let read = retried(&mut self.source, &mut self.foreign[kept..])?;
            self.foreign.truncate(kept + read);
            match read {
                0 if kept == 0 => return Ok(()),
                0 => {
                    self.foreign.clear();
                    self.buffer.clear();
                    self.buffer.push(WRONG);
                    self.end = 1;
                }
                _ => self.decode(),
            }
        }
        Ok(())
    }
}

fn retried(source: &mut Source<'_>, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.end {
            self.read_on()?;
        }
        Ok(&self.buffer[self.at..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that gives a few bytes at a time.
    struct Drip<'b>(&'b [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let few = into.len().min(301);
            self.0.read(&mut into[..few])
        }
    }

    fn whole(bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        Input::open(Drip(bytes)).unwrap().read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn every_encoding_becomes_utf_8() {
        let text = "user\u{e9}\u{1f600}\r\n".repeat(20_000);
        assert_eq!(whole(text.as_bytes()), text.as_bytes());
        assert_eq!(whole(format!("\u{feff}{text}").as_bytes()), text.as_bytes());
        for mark in ["", "\u{feff}"] {
            let written = format!("{mark}{text}");
            let little: Vec<u8> = written.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = written.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert!(whole(&little) == text.as_bytes() && whole(&big) == text.as_bytes());
        }
    }

    #[test]
    fn what_is_no_character_is_no_text_either() {
        assert_eq!(whole(b"\xff\xfea\0\0\xdcb\0"), b"a\xffb");
        assert_eq!(whole(b"\xff\xfea\0\0\xd8"), b"a\xff");
        assert_eq!(whole(b"\xff\xfea\0b"), b"a\xff");
        for bytes in [&b"PK\x03\x04rest"[..], b"abc\0def"] {
            assert!(matches!(Input::open(bytes), Err(ExchangeError::NoText)));
        }
        assert_eq!(whole(b""), b"");
    }
}
