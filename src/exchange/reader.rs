//! Reading a file of people, whatever format it has.

use std::io;

use super::elements::Elements;
use super::error::{ExchangeError, RowError, RowFault};
use super::failed::Shape;
use super::field::Draft;
use super::format::Format;
use super::input::Input;
use super::json::Object;
use super::ldif::Ldif;
use super::lines::Lines;
use super::mapping::{Map, Mapping};
use super::recognise::{has_whole_lines, recognise};
use super::row::{Failed, Next, filled};
use super::shadow::Shadow;
use super::table::Table;
use super::{auth0, django, htpasswd, jsonl, keycloak, kratos, scim};
use crate::domain::cells::counts;
use crate::domain::record::Record;

/// What is said of a file besides what is in it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `None`: it is recognised.
    pub format: Option<Format>,
    pub map: Vec<Mapping>,
}

/// Begins to read a file: its format is known then, and of a table its heading.
pub fn read<'r>(input: impl io::Read + 'r, options: &Options) -> Result<Reader<'r>, ExchangeError> {
    let input = Input::open(input)?;
    let format = match options.format {
        Some(format) => format,
        None => recognise(input.start())?,
    };
    let map = Map::new(&options.map);
    if matches!(format, Format::Htpasswd | Format::Shadow) && !map.is_empty() {
        return Err(ExchangeError::NothingToMap(format));
    }
    let json = |input, fields, read| of_json(input, fields, read, format);
    let source = match format {
        Format::Csv => Source::Table(Box::new(Table::open(Lines::new(input), &map)?)),
        Format::Htpasswd => Source::Lines(Lines::new(input)),
        Format::Shadow => Source::Shadow(Shadow::new(Lines::new(input))),
        Format::Ldif => Source::Ldif(Ldif::new(Lines::new(input), map.clone())),
        Format::Jsonl => json(input, &[], |object, map| jsonl::read(object, map).map(Some))?,
        Format::Auth0 => {
            json(input, &[], |object, map| of_document(auth0::read(object).map(Some), object, map))?
        }
        Format::Django => json(input, &[], |object, map| of_document(django::read(object), object, map))?,
        Format::Keycloak => json(input, keycloak::USERS, |object, map| {
            of_document(keycloak::read(object).map(Some), object, map)
        })?,
        Format::Kratos => json(input, kratos::IDENTITIES, |object, map| {
            of_document(kratos::read(object).map(Some), object, map)
        })?,
        Format::Scim => {
            json(input, scim::RESOURCES, |object, map| of_document(scim::read(object), object, map))?
        }
    };
    Ok(Reader { format, map, source })
}

/// Reads one object; `None` if that is no person, and not meant to be one.
type OfObject = fn(&Object<'_>, &Map) -> Read;

type Read = Result<Option<Draft>, Failed>;

/// A person of another program, with the fields that were said to stand elsewhere.
fn of_document(read: Read, object: &Object<'_>, map: &Map) -> Read {
    let Some(draft) = read? else { return Ok(None) };
    filled(draft, |draft| jsonl::mapped(object, map, draft)).map(Some)
}

/// JSON, an object a line, or elements.
fn of_json<'r>(
    input: Input<'r>,
    fields: &'static [&'static str],
    read: OfObject,
    format: Format,
) -> Result<Source<'r>, ExchangeError> {
    if fields.is_empty() && has_whole_lines(input.start()) {
        return Ok(Source::JsonLines(Lines::new(input), read));
    }
    let elements = Elements::open(input, fields)?.ok_or(ExchangeError::NoPeople { format, fields })?;
    Ok(Source::Elements { elements, read, rows: Numbers::default() })
}

/// What hands out rows.
enum Source<'r> {
    Table(Box<Table<'r>>),
    Lines(Lines<'r>),
    Shadow(Shadow<'r>),
    Ldif(Ldif<'r>),
    JsonLines(Lines<'r>, OfObject),
    Elements { elements: Elements<'r>, read: OfObject, rows: Numbers },
}

/// The numbers of elements: their lines, or their places, where the first two stand in one line.
#[derive(Default)]
struct Numbers {
    place: u64,
    by_place: Option<bool>,
    last: u64,
}

impl Numbers {
    /// The number of the next element, which begins in this line, by the line of the one after it. Each has its own, also
    /// where a later line has several.
    fn next(&mut self, line: u64, after: impl FnOnce() -> Option<u64>) -> u64 {
        self.place += 1;
        let by_place = *self.by_place.get_or_insert_with(|| after() == Some(line));
        self.last = if by_place { self.place } else { line.max(self.last + 1) };
        self.last
    }
}

/// The people of a file, one after the other, in memory for one of them.
pub struct Reader<'r> {
    format: Format,
    map: Map,
    source: Source<'r>,
}

impl Reader<'_> {
    /// The format that was said or recognised.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The next person, or what is wrong with their row; `None` after the last. After an error of the whole file there is
    /// nothing more to read.
    pub fn next_row(&mut self) -> Result<Option<Result<Record, RowError>>, ExchangeError> {
        let next = match &mut self.source {
            Source::Table(table) => table.next()?,
            Source::Lines(lines) => of_lines(lines, |line| htpasswd::read(line).map(Some))?,
            Source::Shadow(shadow) => shadow.next()?,
            Source::Ldif(ldif) => ldif.next()?,
            Source::JsonLines(lines, read) => of_lines(lines, |line| read(&Object::parse(line)?, &self.map))?,
            Source::Elements { elements, read, rows } => {
                of_elements(elements, rows, |object| read(object, &self.map))?
            }
        };
        let Some((row, read)) = next else { return Ok(None) };
        let failed = |Failed { user, fault }| RowError { row, user, fault };
        Ok(Some(read.map_err(failed).and_then(|draft| {
            let user = draft.user();
            let record = draft.finish().map_err(|fault| failed(Failed { user, fault }))?;
            Ok(Record { row, ..record })
        })))
    }

    /// The row that was read last, as it is written; `None` if it is too long to be kept, or no text.
    pub fn raw(&self) -> Option<&str> {
        match &self.source {
            Source::Table(table) => table.raw(),
            Source::Lines(lines) | Source::JsonLines(lines, _) => lines.raw(),
            Source::Shadow(shadow) => shadow.raw(),
            Source::Ldif(ldif) => ldif.raw(),
            Source::Elements { elements, .. } => elements.raw(),
        }
    }

    /// How its failed rows are written, so that they can be read again.
    pub fn shape(&self) -> Shape {
        match &self.source {
            Source::Table(table) => Shape::table(table.heading().clone()),
            Source::Lines(_) | Source::Shadow(_) => Shape::lines(),
            Source::Ldif(_) => Shape::paragraphs(),
            Source::JsonLines(..) => Shape::json_lines(),
            Source::Elements { .. } => Shape::document(self.format),
        }
    }
}

/// The next line that says something of a person.
fn of_lines(lines: &mut Lines<'_>, read: impl Fn(&str) -> Read) -> Next {
    loop {
        match lines.next()? {
            None => return Ok(None),
            Some((_, Ok(line))) if !counts(line) => {}
            Some((row, Ok(line))) => {
                if let Some(read) = read(line).transpose() {
                    return Ok(Some((row, read)));
                }
            }
            Some((row, Err(fault))) => return Ok(Some((row, Err(fault.into())))),
        }
    }
}

/// The next element that says something of a person.
fn of_elements(elements: &mut Elements<'_>, rows: &mut Numbers, read: impl Fn(&Object<'_>) -> Read) -> Next {
    while let Some(line) = elements.next_line()? {
        let person = |text: Result<&str, RowFault>| read(&Object::parse(text?)?);
        let Some(read) = elements.next()?.map(person) else { break };
        // A broken end is told in its turn.
        let row = rows.next(line, || elements.next_line().ok().flatten());
        if let Some(read) = read.transpose() {
            return Ok(Some((row, read)));
        }
    }
    Ok(None)
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "formats_tests.rs"]
mod formats_tests;
