//! CSV by RFC 4180: CRLF, a header of the field names, nested values as JSON text, null as an empty cell.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line break (security T3). The rule,
//! and how to undo it: a text that begins with one of these, or with a single quote, gets one single quote in
//! front; so whoever reads the file drops the first character of every cell that begins with a single quote.
//! Numbers are left alone.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::escape;
use crate::domain::cells::defused;

/// The names and values of a thing's fields in JSON, in the order of its struct: each on a line of its own, as no other
/// line feeds are in compact JSON.
pub(super) fn fields<T: Serialize>(thing: &T) -> Result<String, serde_json::Error> {
    let mut lines = Vec::new();
    thing.serialize(&mut Serializer::with_formatter(&mut lines, Lines::default()))?;
    String::from_utf8(lines).map_err(serde::ser::Error::custom)
}

/// Compact JSON, but for the outermost object.
#[derive(Default)]
struct Lines {
    /// Objects that are open.
    depth: usize,
}

impl Formatter for Lines {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(if self.depth == 1 { b"" } else { b"{" })
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"" } else { b"}" })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first || self.depth == 1 { b"" } else { b"," })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.depth == 1 { b"\n" } else { b":" })
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.depth == 1 { b"\n" } else { b"" })
    }
}

/// A field's cell. On a terminal it is escaped as everything is there; in a file the data stay as they are.
pub(super) fn cell(written: &str, on_terminal: bool) -> Result<Cow<'_, str>, serde_json::Error> {
    let text = match written.as_bytes().first() {
        Some(b'"') => defused(text(written)?),
        Some(b'n') => "".into(),
        _ => written.into(),
    };
    Ok(if on_terminal { escape::visible(&text).into_owned().into() } else { text })
}

/// The text that a JSON string stands for; one without a backslash is that text.
pub(super) fn text(written: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Ok(plain.into()),
        _ => serde_json::from_str(written).map(Cow::Owned),
    }
}
