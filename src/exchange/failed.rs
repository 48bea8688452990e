//! Failed rows, written so that they can be mended and read again.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::format::Format;
use super::json::Object;
use super::table::{Heading, Splitter};
use super::written::Fields;
use crate::domain::list::REGAIN_ERROR;

/// How the rows of a file stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Table(Heading),
    /// A line or a few a row, where `#` begins a comment; and what is between them.
    Lines(&'static str),
    JsonLines,
    /// What comes before the elements, and after them.
    Document(&'static str, &'static str),
}

impl Shape {
    pub(super) fn table(heading: Heading) -> Self {
        Self(Kind::Table(heading))
    }

    pub(super) fn lines() -> Self {
        Self(Kind::Lines(""))
    }

    pub(super) fn paragraphs() -> Self {
        Self(Kind::Lines("\n"))
    }

    pub(super) fn json_lines() -> Self {
        Self(Kind::JsonLines)
    }

    pub(super) fn document(format: Format) -> Self {
        Self(match format {
            Format::Keycloak => Kind::Document("{\"users\":[", "]}\n"),
            _ => Kind::Document("[", "]\n"),
        })
    }
}

/// Writes failed rows with a column or a field `regain_error`, which says why each failed; in a format that has neither, in
/// a comment before it.
pub struct FailedWriter<W> {
    out: W,
    kind: Kind,
    begun: bool,
}

impl<W: Write> FailedWriter<W> {
    pub fn new(shape: Shape, out: W) -> Self {
        Self { out, kind: shape.0, begun: false }
    }

    /// Writes a row that [`super::Reader::raw`] gave.
    pub fn write(&mut self, raw: &str, why: &str) -> io::Result<()> {
        let first = !std::mem::replace(&mut self.begun, true);
        match &self.kind {
            Kind::Table(heading) => {
                let mut row = Cells::new(heading);
                if first {
                    row.write(&mut self.out, REGAIN_ERROR, heading.cells.iter().map(String::as_str))?;
                }
                let mut splitter = Splitter::new(heading.separator);
                splitter.split(raw);
                row.write(&mut self.out, why, splitter.cells())
            }
            Kind::Lines(between) => {
                self.out.write_all(if first { "" } else { between }.as_bytes())?;
                write_comment(&mut self.out, why)?;
                writeln!(self.out, "{}", raw.trim_end_matches(['\n', '\r']))
            }
            Kind::JsonLines => {
                if Object::parse(raw).is_err() {
                    write_comment(&mut self.out, why)?;
                }
                write_object(&mut self.out, raw, why)?;
                self.out.write_all(b"\n")
            }
            Kind::Document(before, _) => {
                let before = if first { before } else { "," };
                self.out.write_all(before.as_bytes())?;
                self.out.write_all(b"\n")?;
                write_object(&mut self.out, raw, why)
            }
        }
    }

    /// Ends the file, and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        if let Kind::Document(before, after) = self.kind {
            let end = if self.begun { "\n" } else { before };
            self.out.write_all(end.as_bytes())?;
            self.out.write_all(after.as_bytes())?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A row of a table, with the reason in its first column, so that a row with too many columns keeps it, too.
struct Cells<'h> {
    heading: &'h Heading,
    line: Zeroizing<Vec<u8>>,
}

impl<'h> Cells<'h> {
    fn new(heading: &'h Heading) -> Self {
        Self { heading, line: Zeroizing::default() }
    }

    fn write<'c>(
        &mut self,
        out: &mut impl Write,
        why: &str,
        cells: impl Iterator<Item = &'c str>,
    ) -> io::Result<()> {
        let before = self.heading.of_errors();
        self.line.clear();
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.heading.separator)
            .flexible(true)
            .from_writer(&mut *self.line);
        writer.write_field(why)?;
        for (_, cell) in cells.enumerate().filter(|(at, _)| Some(*at) != before) {
            writer.write_field(cell)?;
        }
        writer.write_record(None::<&[u8]>)?;
        writer.flush()?;
        drop(writer);
        out.write_all(&self.line)
    }
}

/// The reason in a line of its own.
fn write_comment(out: &mut impl Write, why: &str) -> io::Result<()> {
    writeln!(out, "# {REGAIN_ERROR}: {}", why.replace(['\n', '\r'], " "))
}

/// An object with the reason as its first field; what is no object, as it is.
fn write_object(out: &mut impl Write, raw: &str, why: &str) -> io::Result<()> {
    let Ok(object) = Object::parse(raw) else { return out.write_all(raw.trim().as_bytes()) };
    let mut fields = Fields::begin(out)?;
    fields.value(REGAIN_ERROR, why)?;
    for (name, value) in object.fields().filter(|(name, _)| *name != REGAIN_ERROR) {
        fields.value(name, value)?;
    }
    fields.end()
}
