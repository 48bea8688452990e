//! Our CSV, from whatever spreadsheet: a heading, and a person a row.

use csv_core::{ReadRecordResult, ReaderBuilder};
use zeroize::Zeroizing;

use super::error::{ExchangeError, RowFault};
use super::field::{Draft, Field, Known};
use super::lines::{LONGEST, Lines};
use super::mapping::Map;
use super::row::{Failed, Next};
use crate::domain::cells::{Quotes, SEPARATORS, counts, said_separator, undefused};
use crate::domain::list::REGAIN_ERROR;
use crate::domain::record::Given;
use crate::domain::typed;

/// The heading of a table, as it is written above its failed rows, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) separator: u8,
    pub(super) cells: Vec<String>,
}

impl Heading {
    /// Where the column stands that says why a row failed before.
    pub(super) fn of_errors(&self) -> Option<usize> {
        self.cells.iter().position(|cell| cell.eq_ignore_ascii_case(REGAIN_ERROR))
    }
}

/// A table, row by row.
pub(super) struct Table<'r> {
    rows: Rows<'r>,
    heading: Heading,
    columns: Vec<Option<Field>>,
    splitter: Splitter,
}

impl<'r> Table<'r> {
    pub(super) fn open(lines: Lines<'r>, map: &Map) -> Result<Self, ExchangeError> {
        let mut rows = Rows { lines, quotes: None, text: Zeroizing::default(), whole: false };
        let Some((mut line, mut fault)) = rows.next()? else { return Err(ExchangeError::Empty) };
        let said = said_separator(&rows.text);
        if said.is_some() && fault.is_none() {
            (line, fault) = rows.next()?.ok_or(ExchangeError::Empty)?;
        }
        if let Some(fault) = fault {
            return Err(ExchangeError::Heading { line, fault });
        }
        let separator = said.unwrap_or_else(|| likeliest(&rows.text, map));
        let mut splitter = Splitter::new(separator);
        splitter.split(&rows.text);
        let cells: Vec<String> =
            splitter.cells().map(|cell| undefused(&typed::tidied(cell)).to_owned()).collect();
        let columns = columns(line, &cells, map)?;
        rows.quotes = Some(Quotes::new(separator));
        Ok(Self { rows, heading: Heading { separator, cells }, columns, splitter })
    }

    pub(super) fn heading(&self) -> &Heading {
        &self.heading
    }

    /// The next row.
    pub(super) fn next(&mut self) -> Next {
        loop {
            let Some((row, fault)) = self.rows.next()? else { return Ok(None) };
            let read = match fault {
                Some(fault) => Err(Failed::from(fault)),
                None => {
                    self.splitter.split(&self.rows.text);
                    if self.splitter.cells().all(|cell| typed::tidied(cell).is_empty()) {
                        continue;
                    }
                    if self.spans_rows() {
                        return Err(ExchangeError::Unclosed { line: row });
                    }
                    self.person()
                }
            };
            return Ok(Some((row, read)));
        }
    }

    /// The last row as it is written, if it was read as a whole.
    pub(super) fn raw(&self) -> Option<&str> {
        Some(self.rows.text.as_str()).filter(|_| self.rows.whole)
    }

    /// Whether a cell that has no lines has several: its quote was meant to end before.
    fn spans_rows(&self) -> bool {
        let mut known = self.splitter.cells().zip(&self.columns);
        known.any(|(cell, column)| {
            column.is_some_and(|field| field != Field::Description) && cell.contains(['\n', '\r'])
        })
    }

    fn person(&self) -> Result<Draft, Failed> {
        let mut draft = Draft::default();
        let fields = self.splitter.cells().zip(&self.columns);
        let mut set = fields.filter_map(|(cell, column)| Some((cell, (*column)?))).map(|(cell, field)| {
            // A secret is what it is, whatever a spreadsheet would do with it.
            let exact = matches!(field, Field::Password | Field::PasswordHash);
            draft.set(field, given(if exact { cell } else { undefused(cell) }))
        });
        let fault = set.find_map(Result::err);
        let (columns, heading) = (self.splitter.cells().count(), self.columns.len());
        // A spreadsheet may end every line with separators.
        let more = self.splitter.cells().skip(heading).any(|cell| !typed::tidied(cell).is_empty());
        if columns < heading || more {
            let fault = RowFault::Ragged { columns: columns as u64, heading: heading as u64 };
            return Err(Failed { user: draft.user(), fault });
        }
        match fault {
            Some(fault) => Err(Failed { user: draft.user(), fault }),
            None => Ok(draft),
        }
    }
}

fn given(cell: &str) -> Given<Zeroizing<String>> {
    if cell.is_empty() { Given::Nothing } else { Given::Set(Zeroizing::new(cell.to_owned())) }
}

/// What stands between the columns of a heading: what makes most of them known, or else the most of them.
fn likeliest(heading: &str, map: &Map) -> u8 {
    let of = |separator: &u8| {
        let mut splitter = Splitter::new(*separator);
        splitter.split(heading);
        let known = splitter.cells().filter(|cell| !matches!(map.known(cell), Known::Unknown(_))).count();
        (known, splitter.cells().count())
    };
    let mut best = (SEPARATORS[0], (0, 0));
    for separator in SEPARATORS {
        let filled = of(&separator);
        if filled > best.1 {
            best = (separator, filled);
        }
    }
    best.0
}

/// The field of each column, of which some must be known.
fn columns(line: u64, heading: &[String], map: &Map) -> Result<Vec<Option<Field>>, ExchangeError> {
    let known: Vec<Known> = heading.iter().map(|cell| map.known(cell)).collect();
    // Without a heading, the first person is no name of a column that could be repeated.
    if !known.iter().any(|known| matches!(known, Known::Field(_))) {
        return Err(ExchangeError::NoHeading { line });
    }
    if let Some(column) =
        map.columns().find(|name| !heading.iter().any(|cell| cell.eq_ignore_ascii_case(name)))
    {
        return Err(ExchangeError::NoSuchColumn { column: column.to_owned() });
    }
    let mut columns = Vec::with_capacity(known.len());
    for (known, cell) in known.into_iter().zip(heading) {
        let field = match known {
            Known::Field(field) => Some(field),
            Known::Printed => None,
            // Spreadsheets leave columns without a name.
            Known::Unknown(_) if cell.is_empty() => None,
            Known::Unknown(nearest) => {
                return Err(ExchangeError::UnknownColumn { line, column: cell.clone(), nearest });
            }
        };
        if let Some(field) = field.filter(|field| columns.contains(&Some(*field))) {
            return Err(ExchangeError::TwoColumns { line, field: field.as_str() });
        }
        columns.push(field);
    }
    Ok(columns)
}

/// Rows as they are written: a line, or as many as a quote spans.
struct Rows<'r> {
    lines: Lines<'r>,
    /// Unknown until the heading tells the separator.
    quotes: Option<Quotes>,
    text: Zeroizing<String>,
    whole: bool,
}

impl Rows<'_> {
    /// The line of the next row, which is then the text, and what is wrong with it.
    fn next(&mut self) -> Result<Option<(u64, Option<RowFault>)>, ExchangeError> {
        self.text.clear();
        self.whole = true;
        let mut first = None;
        loop {
            let Some((number, line)) = self.lines.next()? else {
                return match first {
                    None => Ok(None),
                    Some(line) => Err(ExchangeError::Unclosed { line }),
                };
            };
            match (line, first) {
                (Ok(line), None) if !counts(line) => continue,
                (Ok(line), begun) => {
                    if begun.is_some() {
                        self.text.push('\n');
                    }
                    self.text.push_str(line);
                    if let Some(quotes) = &mut self.quotes {
                        quotes.follow(number, line);
                    }
                }
                (Err(fault), begun) => {
                    self.whole = false;
                    return Ok(Some((begun.unwrap_or(number), Some(fault))));
                }
            }
            let begun = *first.get_or_insert(number);
            match self.quotes.as_ref().and_then(Quotes::opened) {
                None => return Ok(Some((begun, None))),
                Some(line) if self.text.len() > LONGEST => return Err(ExchangeError::Unclosed { line }),
                Some(_) => {}
            }
        }
    }
}

/// The cells of one row, in memory that is used again and wiped.
pub(super) struct Splitter {
    reader: csv_core::Reader,
    text: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
}

impl Splitter {
    pub(super) fn new(separator: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(separator).build();
        Self { reader, text: Zeroizing::default(), ends: Vec::new() }
    }

    /// Splits a row.
    pub(super) fn split(&mut self, row: &str) {
        self.reader.reset();
        // Quotes only make a row shorter, and each cell but one has a separator.
        self.text.clear();
        self.text.resize(row.len() + 1, 0);
        self.ends.clear();
        self.ends.resize(row.len() + 2, 0);
        let (mut input, mut written, mut ended) = (row.as_bytes(), 0, 0);
        loop {
            let (result, read, wrote, ends) =
                self.reader.read_record(input, &mut self.text[written..], &mut self.ends[ended..]);
            (input, written, ended) = (&input[read..], written + wrote, ended + ends);
            // After the row comes the end of the input, which ends the row.
            if result != ReadRecordResult::InputEmpty {
                break;
            }
        }
        self.ends.truncate(ended);
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        // A row is UTF-8, and is cut at separators, which are ASCII.
        begins
            .zip(&self.ends)
            .map(|(begin, end)| std::str::from_utf8(&self.text[begin..*end]).unwrap_or_default())
    }
}
