//! One report, four forms: table, JSON, JSONL, CSV.

use std::io;
use std::ops::ControlFlow;

use serde::Serialize;

use super::color::Streams;
use super::printer::{Format, OutputError, Printer};
use super::{csv as cells, json, table};

/// A column of a table: its heading, and what stands beneath it for people, which is escaped when shown, not here.
pub struct Column<R> {
    heading: &'static str,
    cell: fn(&R) -> String,
    prose: bool,
    /// From 1 on: left out where a terminal is narrow, the least first.
    spare: u8,
    /// What stands there in a list that is too wide otherwise.
    brief: Option<fn(&R) -> String>,
}

/// A column that stays whole where a terminal is narrow, so that it can be copied.
pub const fn column<R>(heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: false, spare: 0, brief: None }
}

/// A column that may be broken between words where a terminal is narrow.
pub const fn prose<R>(heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: true, spare: 0, brief: None }
}

/// A column that is left out of a list where a terminal is too narrow for all of them, those with the lowest number
/// first.
pub const fn spare<R>(number: u8, heading: &'static str, cell: fn(&R) -> String) -> Column<R> {
    Column { heading, cell, prose: false, spare: number, brief: None }
}

impl<R> Column<R> {
    /// With fewer words for a list on a narrow terminal.
    #[must_use]
    pub const fn or_briefly(self, cell: fn(&R) -> String) -> Self {
        Self { brief: Some(cell), ..self }
    }
}

/// One thing that can be shown. Its JSON and CSV come from `Serialize` (so no `skip_serializing_if`: a missing
/// value is null, never absent), its table from its columns.
pub trait Row: Serialize + Sized + 'static {
    const COLUMNS: &'static [Column<Self>];

    /// The names of the serialized fields, for the CSV header of an empty list, which has no row to tell them.
    const FIELDS: &'static [&'static str] = &[];
}

fn headings<R: Row>() -> Vec<&'static str> {
    R::COLUMNS.iter().map(|column| column.heading).collect()
}

fn cells_of<R: Row>(row: &R) -> Vec<String> {
    R::COLUMNS.iter().map(|column| (column.cell)(row)).collect()
}

/// In fewer words, where any column has some.
fn brief_cells_of<R: Row>(row: &R) -> Option<Vec<String>> {
    let briefly = |column: &Column<R>| column.brief.unwrap_or(column.cell)(row);
    R::COLUMNS.iter().any(|column| column.brief.is_some()).then(|| R::COLUMNS.iter().map(briefly).collect())
}

/// One row as a line of JSON, for a file of such lines; whatever a person typed, it is one line (security U4).
pub fn json_line<T: Serialize>(row: &T) -> Result<String, OutputError> {
    Ok(json::compact(row).map_err(OutputError::Encode)? + "\n")
}

impl Printer {
    /// One thing: an object, or its headings beside its values.
    pub fn one<R: Row>(&self, row: &R) -> Result<(), OutputError> {
        match self.format() {
            Format::Table => self.text(&table::one(&headings::<R>(), &cells_of(row), self.streams)),
            Format::Json | Format::Jsonl | Format::Csv => self.object(row),
        }
    }

    /// What a write made, for programs: the object with `changed`, which says whether anything changed. People are
    /// told by [`Printer::done`] in a sentence.
    pub fn written<R: Row>(&self, row: &R, changed: bool) -> Result<(), OutputError> {
        if self.format() == Format::Table { Ok(()) } else { self.object(&Written { row, changed }) }
    }

    /// The same where people see what it made, too.
    pub fn written_and_shown<R: Row>(&self, row: &R, changed: bool) -> Result<(), OutputError> {
        if self.format() == Format::Table { self.one(row) } else { self.written(row, changed) }
    }

    fn object<T: Serialize>(&self, thing: &T) -> Result<(), OutputError> {
        match self.format() {
            Format::Json => self.text(&(json::pretty(thing).map_err(OutputError::Encode)? + "\n")),
            Format::Table | Format::Jsonl => {
                self.text(&(json::compact(thing).map_err(OutputError::Encode)? + "\n"))
            }
            Format::Csv => {
                let mut csv = csv_writer(self);
                csv_record(&mut csv, thing, self.streams, true)?;
                csv.flush().map_err(OutputError::Write)
            }
        }
    }

    /// Several things. `if_empty` is noted on stderr where a table would be empty.
    pub fn list<R, I>(&self, rows: I, if_empty: &str) -> Result<(), OutputError>
    where
        R: Row,
        I: IntoIterator<Item = R>,
    {
        let mut list = self.begin_list();
        for row in rows {
            if list.row(&row)?.is_break() {
                break;
            }
        }
        list.finish(if_empty)
    }

    /// A list that is written row by row, with memory for one row (a table needs all of them).
    pub fn begin_list<R: Row>(&self) -> ListWriter<'_, R> {
        let csv = csv_writer(self);
        ListWriter {
            printer: self,
            written: 0,
            buffered: Vec::new(),
            brief: Vec::new(),
            csv,
            row: std::marker::PhantomData,
        }
    }
}

/// See [`Printer::begin_list`].
pub struct ListWriter<'p, R: Row> {
    printer: &'p Printer,
    written: u64,
    buffered: Vec<Vec<String>>,
    brief: Vec<Vec<String>>,
    csv: ::csv::Writer<Data<'p>>,
    row: std::marker::PhantomData<fn(&R)>,
}

impl<R: Row> ListWriter<'_, R> {
    /// One more row. `Break` where nobody reads on, so that no more need be made.
    pub fn row(&mut self, row: &R) -> Result<ControlFlow<()>, OutputError> {
        match self.printer.format() {
            Format::Table => {
                self.buffered.push(cells_of(row));
                self.brief.extend(brief_cells_of(row));
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

    /// Ends the list and hands it over.
    pub fn finish(mut self, if_empty: &str) -> Result<(), OutputError> {
        match self.printer.format() {
            Format::Table if self.written == 0 => self.printer.note(if_empty),
            Format::Table => {
                let rows = std::mem::take(&mut self.buffered);
                let prose: Vec<_> = R::COLUMNS.iter().filter(|of| of.prose).map(|of| of.heading).collect();
                let mut spare: Vec<_> = R::COLUMNS.iter().filter(|of| of.spare > 0).collect();
                spare.sort_by_key(|of| of.spare);
                let spare: Vec<_> = spare.into_iter().map(|of| of.heading).collect();
                let brief = std::mem::take(&mut self.brief);
                let kinds = table::Kinds { prose: &prose, spare: &spare, brief: &brief };
                let (text, left_out) = table::list(&headings::<R>(), kinds, &rows, self.printer.streams);
                self.printer.text(&text)?;
                if !left_out.is_empty() {
                    self.printer.flush()?;
                    let names = left_out.join(", ");
                    self.printer.note(&format!("Too narrow for: {names}. `-o csv` and `-o json` have all."));
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

/// What a write made, and whether it changed anything.
#[derive(Serialize)]
struct Written<'r, R> {
    #[serde(flatten)]
    row: &'r R,
    changed: bool,
}

fn csv_writer(printer: &Printer) -> ::csv::Writer<Data<'_>> {
    ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .has_headers(false)
        .from_writer(Data(printer))
}

/// A thing as a record, after the names of its fields where it is the first.
fn csv_record<T: Serialize>(
    csv: &mut ::csv::Writer<Data<'_>>,
    thing: &T,
    streams: Streams,
    first: bool,
) -> Result<(), OutputError> {
    let text = serde_json::to_string(thing).map_err(OutputError::Encode)?;
    let cells::Fields(fields) = serde_json::from_str(&text).map_err(OutputError::Encode)?;
    if first {
        record(csv, fields.iter().map(|(name, _)| name.as_ref()))?;
    }
    let values: Result<Vec<_>, _> =
        fields.iter().map(|(_, value)| cells::cell(value, streams.out.terminal)).collect();
    record(csv, values.map_err(OutputError::Encode)?)
}

fn record(
    csv: &mut ::csv::Writer<Data<'_>>,
    record: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<(), OutputError> {
    csv.write_record(record).map_err(|error| OutputError::Write(error.into()))
}

/// The data stream as a writer, for the CSV library.
struct Data<'p>(&'p Printer);

impl io::Write for Data<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::color::{Stream, Streams};
    use super::super::printer::Settings;
    use super::super::printer::tests::on_paper;
    use super::*;

    #[derive(Serialize)]
    struct Person {
        name: &'static str,
        last_login_at: Option<&'static str>,
        contacts: Vec<&'static str>,
        balance: i32,
    }

    impl Row for Person {
        const COLUMNS: &'static [Column<Self>] = &[
            column("name", |row| row.name.to_owned()),
            column("last sign-in", |row| row.last_login_at.unwrap_or("never").to_owned()),
            column("contacts", |row| row.contacts.join(", ")),
        ];
        const FIELDS: &'static [&'static str] = &["name", "last_login_at", "contacts", "balance"];
    }

    fn people() -> [Person; 2] {
        [
            Person { name: "=a\"b\u{1b}[31m", last_login_at: None, contacts: vec![], balance: -5 },
            Person {
                name: "山田",
                last_login_at: Some("2026-01-01"),
                contacts: vec!["x@y", "z"],
                balance: 1,
            },
        ]
    }

    fn shown(format: Format, streams: Streams, write: impl FnOnce(&Printer)) -> (String, String) {
        let (printer, out, err) = on_paper(Settings { format, ..Settings::default() }, streams);
        write(&printer);
        printer.flush().unwrap();
        (out.text(), err.text())
    }

    #[test]
    fn a_list_in_its_four_forms() {
        let list = |format| shown(format, Streams::default(), |p| p.list(people(), "nobody").unwrap()).0;
        assert_eq!(
            list(Format::Json),
            "[\n  {\"name\":\"=a\\\"b\\u001b[31m\",\"last_login_at\":null,\"contacts\":[],\"balance\":-5},\n  \
             {\"name\":\"山田\",\"last_login_at\":\"2026-01-01\",\"contacts\":[\"x@y\",\"z\"],\"balance\":1}\n]\n"
        );
        assert_eq!(
            list(Format::Jsonl),
            "{\"name\":\"=a\\\"b\\u001b[31m\",\"last_login_at\":null,\"contacts\":[],\"balance\":-5}\n\
             {\"name\":\"山田\",\"last_login_at\":\"2026-01-01\",\"contacts\":[\"x@y\",\"z\"],\"balance\":1}\n"
        );
        assert_eq!(
            list(Format::Csv),
            "name,last_login_at,contacts,balance\r\n\"'=a\"\"b\u{1b}[31m\",,[],-5\r\n\
             山田,2026-01-01,\"[\"\"x@y\"\",\"\"z\"\"]\",1\r\n"
        );
        assert_eq!(
            list(Format::Table),
            "NAME            LAST SIGN-IN  CONTACTS\n--------------------------------------\n\
             =a\"b\\u{1b}[31m  never\n山田            2026-01-01    x@y, z\n"
        );
    }

    #[test]
    fn one_thing_in_its_four_forms() {
        let [_, person] = people();
        let one = |format| shown(format, Streams::default(), |p| p.one(&person).unwrap()).0;
        assert_eq!(
            one(Format::Table),
            "name          山田\nlast sign-in  2026-01-01\ncontacts      x@y, z\n"
        );
        assert_eq!(
            one(Format::Json),
            "{\n  \"name\": \"山田\",\n  \"last_login_at\": \"2026-01-01\",\n  \"contacts\": [\n    \"x@y\",\n    \
             \"z\"\n  ],\n  \"balance\": 1\n}\n"
        );
        assert_eq!(one(Format::Jsonl).lines().count(), 1);
        assert_eq!(one(Format::Csv).lines().count(), 2);
    }

    #[test]
    fn what_a_write_made_says_whether_it_changed_anything() {
        let [_, person] = people();
        let written =
            |format, changed| shown(format, Streams::default(), |p| p.written(&person, changed).unwrap()).0;
        assert_eq!(written(Format::Table, true), "");
        assert!(written(Format::Json, true).ends_with("  \"balance\": 1,\n  \"changed\": true\n}\n"));
        assert_eq!(
            written(Format::Jsonl, false),
            "{\"name\":\"山田\",\"last_login_at\":\"2026-01-01\",\"contacts\":[\"x@y\",\"z\"],\"balance\":1,\"changed\":false}\n"
        );
        assert_eq!(
            written(Format::Csv, true),
            "name,last_login_at,contacts,balance,changed\r\n山田,2026-01-01,\"[\"\"x@y\"\",\"\"z\"\"]\",1,true\r\n"
        );
        let seen =
            |format| shown(format, Streams::default(), |p| p.written_and_shown(&person, true).unwrap()).0;
        assert_eq!(
            seen(Format::Table),
            "name          山田\nlast sign-in  2026-01-01\ncontacts      x@y, z\n"
        );
        assert_eq!(seen(Format::Jsonl), written(Format::Jsonl, true));
    }

    #[test]
    fn an_empty_list_is_empty_data_and_a_note_only_beside_a_table() {
        let empty = |format| {
            shown(format, Streams::default(), |p| p.list(Vec::<Person>::new(), "nothing to show").unwrap())
        };
        assert_eq!(empty(Format::Table), (String::new(), "nothing to show\n".to_owned()));
        assert_eq!(empty(Format::Json), ("[]\n".to_owned(), String::new()));
        assert_eq!(empty(Format::Jsonl), (String::new(), String::new()));
        assert_eq!(empty(Format::Csv), ("name,last_login_at,contacts,balance\r\n".to_owned(), String::new()));
    }

    #[test]
    fn t3_csv_on_a_terminal_is_escaped_too() {
        let streams = Streams { out: Stream { terminal: true, color: false }, ..Streams::default() };
        let (text, _) = shown(Format::Csv, streams, |p| p.list(people(), "").unwrap());
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn a_narrow_terminal_wraps_and_a_pipe_does_not() {
        let long =
            || Person { name: "word word word word", last_login_at: None, contacts: vec![], balance: 0 };
        let at = |columns| {
            let streams = Streams { columns, ..Streams::default() };
            shown(Format::Table, streams, |p| p.list([long()], "").unwrap()).0
        };
        assert_eq!(at(None).lines().count(), 3);
        assert_eq!(at(Some(44)), at(None));
        assert_eq!(at(Some(34)), "name          word word word word\nlast sign-in  never\n");
        assert_eq!(at(Some(24)), "name          word word\n              word word\nlast sign-in  never\n");
    }
}
