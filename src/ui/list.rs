//! A list that is written as its rows come: page by page as a table, row by row else.

use std::io;
use std::ops::ControlFlow;

use serde::Serialize;

use super::color::Streams;
use super::printer::{Format, OutputError, Printer};
use super::row::{Row, brief_cells_of, cells_of, headings};
use super::{csv as cells, json, table};

/// How many rows of a table are laid out together, and shown when they are there.
const PAGE: usize = 1_000;

/// See `Printer::begin_list`.
pub struct ListWriter<'p, R: Row> {
    printer: &'p Printer,
    written: u64,
    finished: bool,
    pages: table::Pages,
    /// The rows of the page of a table.
    buffered: Vec<Vec<String>>,
    /// These rows in fewer words, where there are such.
    brief: Vec<Vec<String>>,
    csv: ::csv::Writer<Data<'p>>,
    row: std::marker::PhantomData<fn(&R)>,
}

impl<'p, R: Row> ListWriter<'p, R> {
    pub(super) fn new(printer: &'p Printer) -> Self {
        let mut spare: Vec<_> = R::COLUMNS.iter().filter(|of| of.spare > 0).collect();
        spare.sort_by_key(|of| of.spare);
        let kinds = table::Kinds {
            prose: R::COLUMNS.iter().filter(|of| of.prose).map(|of| of.heading).collect(),
            spare: spare.into_iter().map(|of| of.heading).collect(),
        };
        ListWriter {
            printer,
            written: 0,
            finished: false,
            pages: table::Pages::new(headings::<R>(), kinds),
            buffered: Vec::new(),
            brief: Vec::new(),
            csv: csv_writer(printer),
            row: std::marker::PhantomData,
        }
    }

    /// One more row. `Break` where nobody reads on, so that no more need be made.
    pub fn row(&mut self, row: &R) -> Result<ControlFlow<()>, OutputError> {
        match self.printer.format() {
            Format::Table => {
                self.buffered.push(cells_of(row));
                self.brief.extend(brief_cells_of(row));
                if self.buffered.len() >= PAGE {
                    self.end_page()?;
                }
            }
            Format::Json => {
                let lead = if self.written == 0 { "[\n  " } else { ",\n  " };
                self.printer.text(lead)?;
                self.printer.text(&json::compact(row).map_err(OutputError::Encode)?)?;
            }
            Format::Jsonl => {
                self.printer.text(&(json::compact(row).map_err(OutputError::Encode)? + "\n"))?;
            }
            Format::Csv => {
                csv_record(&mut self.csv, row, self.printer.streams, self.written == 0)?;
            }
        }
        self.written += 1;
        Ok(if self.printer.is_closed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    /// Makes room for a row to come: the columns of a table that is shown row by row do not move then.
    pub fn make_room(&mut self, row: &R) {
        self.pages.make_room(&cells_of(row));
    }

    /// Shows what there is so far.
    pub fn show(&mut self) -> Result<(), OutputError> {
        self.end_page()?;
        self.csv.flush().map_err(OutputError::Write)?;
        self.printer.flush()
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        let (rows, brief) = (std::mem::take(&mut self.buffered), std::mem::take(&mut self.brief));
        if rows.is_empty() {
            return Ok(());
        }
        self.printer.text(&self.pages.page(&rows, &brief, self.printer.streams))
    }

    /// Ends the list and hands it over.
    pub fn finish(mut self, if_empty: &str) -> Result<(), OutputError> {
        self.finished = true;
        match self.printer.format() {
            Format::Table if self.written == 0 => self.printer.note(if_empty),
            Format::Table => {
                self.end_page()?;
                if !self.pages.left_out().is_empty() {
                    self.printer.flush()?;
                    let names = self.pages.left_out().join(", ");
                    self.printer
                        .note(&format!("No room for: {names}. `-o csv` and `-o json` show all columns."));
                }
            }
            Format::Json => self.printer.text(if self.written == 0 { "[]\n" } else { "\n]\n" })?,
            Format::Jsonl => {}
            Format::Csv => {
                if self.written == 0 && !R::FIELDS.is_empty() {
                    record(&mut self.csv, R::FIELDS)?;
                }
                self.csv.flush().map_err(OutputError::Write)?;
            }
        }
        self.printer.flush()
    }
}

pub(super) fn csv_writer(printer: &Printer) -> ::csv::Writer<Data<'_>> {
    ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .has_headers(false)
        .from_writer(Data(printer))
}

/// A thing as a record, after the names of its fields where it is the first.
pub(super) fn csv_record<T: Serialize>(
    csv: &mut ::csv::Writer<Data<'_>>,
    thing: &T,
    streams: Streams,
    first: bool,
) -> Result<(), OutputError> {
    let fields = cells::fields(thing).map_err(OutputError::Encode)?;
    if first {
        let names: Result<Vec<_>, _> = fields.lines().step_by(2).map(cells::text).collect();
        record(csv, names.map_err(OutputError::Encode)?.iter().map(|name| name.as_bytes()))?;
    }
    for value in fields.lines().skip(1).step_by(2) {
        let cell = cells::cell(value, streams.out.terminal).map_err(OutputError::Encode)?;
        csv.write_field(&*cell).map_err(|error| OutputError::Write(error.into()))?;
    }
    // Ends the record.
    record(csv, None::<&[u8]>)
}

fn record(
    csv: &mut ::csv::Writer<Data<'_>>,
    record: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<(), OutputError> {
    csv.write_record(record).map_err(|error| OutputError::Write(error.into()))
}

/// What could not be finished is still an array, and its rows are rows. Where none came, there is an error and no list.
impl<R: Row> Drop for ListWriter<'_, R> {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // Why it ends early is told elsewhere.
        let _ = self.end_page();
        let _ = self.csv.flush();
        if self.printer.format() == Format::Json && self.written > 0 {
            let _ = self.printer.text("\n]\n");
        }
    }
}

/// The data stream as a writer, for the CSV library.
pub(super) struct Data<'p>(&'p Printer);

impl io::Write for Data<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
