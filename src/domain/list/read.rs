//! A list of people as a file: a name a line, or CSV or JSON with a column `user`, or `account` and `name`, from whatever
//! program wrote it. What is wrong with the file as a whole is one error, and nobody's.

use csv::StringRecord;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::domain::cells::{self, Encoding, Quotes, SEPARATORS, counts, person};
use crate::domain::time::counted;
use crate::domain::typed;

/// Longer than any USER can be: two names of 64 characters, or an address of 254 octets, with room for blanks.
const LONGEST: usize = 1024;

/// A person as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line that it stands in, from 1 on, or its place in an array that has several in a line.
    pub line: u64,
    pub text: String,
}

/// Why a file is no list of people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    #[error("the list is not text: save it as text or CSV, in UTF-8")]
    NoText,
    #[error(
        "line {line} has several columns and names none of them `user`, or `account` and `name`: give the columns \
         these names, or write one person per line"
    )]
    NoColumn { line: u64 },
    #[error("line {line} is not UTF-8: save the list as text or CSV, in UTF-8")]
    NotUtf8 { line: u64 },
    #[error("the quote opened in line {line} is not closed")]
    Unclosed { line: u64 },
    #[error(
        "line {line} is a heading, `{heading}`, but a list of people has a column `user`, or `account` and `name`; \
         write `{heading}/` for an account of this name"
    )]
    Heading { line: u64, heading: String },
    #[error(
        "line {line} has {}, but the heading has {heading}: give each line as many as the heading, and put what holds \
         a separator in quotes", counted(*columns, "column")
    )]
    Ragged { line: u64, columns: u64, heading: u64 },
    #[error(
        "line {line} has nothing in its column `{column}`: write whom it is about (the root user has the name of its \
         account), or leave the line out"
    )]
    Empty { line: u64, column: &'static str },
    #[error("line {line} is not JSON: a JSON list has one object per line, or is one array of objects")]
    NoJson { line: u64 },
    #[error("line {line} is an object without `user`, or `account` and `name`")]
    NoField { line: u64 },
    #[error("object {object} of the array has no `user`, and not both of `account` and `name`")]
    NoFieldIn { object: u64 },
}

/// The people of a list.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, ListError> {
    let text = text_of(bytes)?;
    match form(&text) {
        None => Ok(Vec::new()),
        Some(Form::JsonLines) => of_json_lines(counting(&text)),
        Some(Form::Json) => of_json(&text),
        Some(Form::Text) => of_text(&with_line_ends(&text)),
    }
}

/// How a list is written.
pub(super) enum Form {
    JsonLines,
    Json,
    /// A table, or a person a line.
    Text,
}

/// The form of a list, if anybody is in it.
pub(super) fn form(text: &str) -> Option<Form> {
    match text.lines().find(|line| counts(line))?.trim_start().bytes().next()? {
        b'{' => Some(Form::JsonLines),
        b'[' => Some(Form::Json),
        _ => Some(Form::Text),
    }
}

/// The text of a list, whose lines end in one way.
pub(super) fn text_of(bytes: &[u8]) -> Result<String, ListError> {
    Ok(decoded(bytes)?.replace("\r\n", "\n").replace('\r', "\n"))
}

/// A list that is no JSON, within which these would stand for themselves.
pub(super) fn with_line_ends(text: &str) -> String {
    text.replace(LINE_ENDS, "\n")
}

/// What ends a line besides `\n` and `\r` (Unicode, annex 14).
const LINE_ENDS: [char; 5] = ['\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// The line that may be a heading, with its number and what a spreadsheet says is between its columns.
fn header(text: &str) -> Option<(u64, &str, Option<u8>)> {
    let mut lines = counting(text);
    let (first, line) = lines.next()?;
    // A spreadsheet may say so first.
    let said = cells::said_separator(line);
    let (at, header) = if said.is_some() { lines.next()? } else { (first, line) };
    Some((at, header, said))
}

/// What the heading says, if there is one.
pub(super) fn table(text: &str) -> Option<Table> {
    let (at, header, said) = header(text)?;
    said.map_or(SEPARATORS.to_vec(), |said| vec![said]).into_iter().find_map(|separator| {
        let cells = cells_of(header, separator);
        let columns = Columns::of(&cells)?;
        Some(Table { heading: at, cells, separator, columns })
    })
}

/// A heading and its rows, or a person a line.
fn of_text(text: &str) -> Result<Vec<Entry>, ListError> {
    if let Some(table) = table(text) {
        return of_csv(text, &table);
    }
    let Some((at, header, _)) = header(text) else { return Ok(Vec::new()) };
    if SEPARATORS.iter().any(|separator| cells_of(header, *separator).len() > 1) {
        return Err(ListError::NoColumn { line: at });
    }
    if let Some(heading) = foreign_heading(header) {
        return Err(ListError::Heading { line: at, heading });
    }
    of_lines(counting(text))
}

/// What other programs call the only column of a list, where it is none of ours.
fn foreign_heading(line: &str) -> Option<String> {
    const WORDS: [&str; 18] = [
        "account",
        "accounts",
        "name",
        "names",
        "username",
        "usernames",
        "users",
        "userid",
        "id",
        "login",
        "email",
        "emails",
        "emailaddress",
        "mail",
        "mobile",
        "phone",
        "person",
        "people",
    ];
    let line = typed::plain(line);
    let heading = line.trim_matches('"').trim();
    let word: String = heading.chars().filter(|symbol| !matches!(symbol, ' ' | '-' | '_')).collect();
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)).then(|| heading.to_owned())
}

/// The lines with something in them, and their numbers.
pub(super) fn counting(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| counts(line))
}

/// The text, in whatever encoding it is.
fn decoded(bytes: &[u8]) -> Result<String, ListError> {
    let (encoding, mark) = cells::encoding(bytes).ok_or(ListError::NoText)?;
    let rest = &bytes[mark..];
    let text = match encoding {
        Encoding::Utf8 => utf_8(rest)?,
        Encoding::Utf16Little => utf_16(rest, u16::from_le_bytes)?,
        Encoding::Utf16Big => utf_16(rest, u16::from_be_bytes)?,
    };
    if text.contains('\0') { Err(ListError::NoText) } else { Ok(text) }
}

fn utf_8(bytes: &[u8]) -> Result<String, ListError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        if bytes.contains(&0) {
            return ListError::NoText;
        }
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).replace("\r\n", "\n");
        ListError::NotUtf8 { line: 1 + before.matches(['\n', '\r']).count() as u64 }
    })
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ListError> {
    let units: Vec<u16> =
        bytes.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or_default()])).collect();
    String::from_utf16(&units).map_err(|_| ListError::NoText)
}

/// A person a line, which may stand in quotes.
fn of_lines<'l>(lines: impl Iterator<Item = (u64, &'l str)>) -> Result<Vec<Entry>, ListError> {
    let entry = |(line, text): (u64, &str)| {
        let text = typed::tidied(text);
        if text.starts_with('"') && text.matches('"').count() % 2 == 1 {
            return Err(ListError::Unclosed { line });
        }
        let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&text);
        Ok(Entry { line, text: short(bare) })
    };
    lines.map(entry).collect()
}

/// The last place up to `at` where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn short(text: &str) -> String {
    text[..boundary(text, LONGEST)].to_owned()
}

/// What the heading says about the rows below it.
pub(super) struct Table {
    /// The line of the heading.
    heading: u64,
    pub(super) cells: Vec<String>,
    pub(super) separator: u8,
    columns: Columns,
}

impl Table {
    /// The rows below the heading, each with the number of its line.
    pub(super) fn rows<'t>(&self, text: &'t str) -> impl Iterator<Item = (u64, StringRecord)> + use<'t> {
        let heading = self.heading;
        let rows = rows(text, self.separator).into_records().filter_map(Result::ok);
        let numbered = rows.map(|row| (row.position().map_or(0, |place| line_from(text, place.byte())), row));
        numbered.filter(move |(line, row)| *line > heading && !row.iter().all(is_empty))
    }
}

/// Whether a cell says nothing.
fn is_empty(cell: &str) -> bool {
    typed::tidied(cell).is_empty()
}

/// Where the person stands in a row.
#[derive(Clone, Copy)]
enum Columns {
    User(usize),
    Names { account: usize, name: usize },
}

impl Columns {
    fn of(header: &[String]) -> Option<Self> {
        let place = |name: &str| header.iter().position(|of| of.eq_ignore_ascii_case(name));
        match (place("user"), place("account"), place("name")) {
            (Some(user), ..) => Some(Self::User(user)),
            (None, Some(account), Some(name)) => Some(Self::Names { account, name }),
            _ => None,
        }
    }
}

fn rows(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
}

/// A cell as it was before this program kept a spreadsheet from running it.
fn cell(text: &str) -> String {
    let text = typed::tidied(text);
    text.strip_prefix('\'').unwrap_or(&text).to_owned()
}

fn cells_of(line: &str, separator: u8) -> Vec<String> {
    let first = rows(line, separator).into_records().next();
    first.and_then(Result::ok).map(|row| row.iter().map(cell).collect()).unwrap_or_default()
}

fn of_csv(text: &str, table: &Table) -> Result<Vec<Entry>, ListError> {
    if let Some(line) = unclosed(text, table.separator) {
        return Err(ListError::Unclosed { line });
    }
    let mut entries = Vec::new();
    let width = table.cells.len();
    for (line, row) in table.rows(text) {
        // A spreadsheet may end every line with separators.
        if row.len() < width || row.iter().skip(width).any(|cell| !is_empty(cell)) {
            return Err(ListError::Ragged { line, columns: row.len() as u64, heading: width as u64 });
        }
        let at = |column, place: usize| {
            let text = row.get(place).map(cell).unwrap_or_default();
            match text.as_str() {
                "" => Err(ListError::Empty { line, column }),
                // Nobody has a line end, so that a quote was meant to end before it.
                of if of.contains('\n') => Err(ListError::Unclosed { line }),
                _ => Ok(text),
            }
        };
        let text = match table.columns {
            Columns::User(user) => at("user", user)?,
            Columns::Names { account, name } => person(&at("account", account)?, &at("name", name)?),
        };
        entries.push(Entry { line, text: short(&text) });
    }
    Ok(entries)
}

/// The line of a quote that nothing closes: the library takes all the rest for one cell then.
fn unclosed(text: &str, separator: u8) -> Option<u64> {
    let mut quotes = Quotes::new(separator);
    for (number, line) in (1..).zip(text.lines()) {
        quotes.follow(number, line);
    }
    quotes.opened()
}

/// The line of the first row from this byte on: the library skips blank lines and comments, and does not count them.
fn line_from(text: &str, byte: u64) -> u64 {
    let at = usize::try_from(byte).unwrap_or(usize::MAX);
    let (before, rest) = text.split_at(boundary(text, at));
    let skipped = rest.lines().take_while(|line| !counts(line)).count();
    (1 + before.matches('\n').count() + skipped) as u64
}

fn of_json_lines<'l>(lines: impl Iterator<Item = (u64, &'l str)>) -> Result<Vec<Entry>, ListError> {
    lines.map(|(line, text)| of_object(line, text.trim())).collect()
}

/// The objects of an array, each by its line, or by its place where a line has several.
pub(super) fn objects(text: &str) -> Result<Vec<(u64, &str)>, ListError> {
    let whole: Vec<&RawValue> =
        serde_json::from_str(text).map_err(|error| ListError::NoJson { line: error.line() as u64 })?;
    let (mut after, mut line, mut objects) = (0, 1, Vec::with_capacity(whole.len()));
    for object in whole {
        // Objects come in their order, so that each is found behind the one before.
        let at = text[after..].find(object.get()).map_or(after, |at| after + at);
        line += text[after..at].matches('\n').count() as u64;
        objects.push((line, object.get()));
        after = at + object.get().len();
        line += object.get().matches('\n').count() as u64;
    }
    // Where a line has several objects, their lines do not tell them apart.
    if objects.windows(2).any(|two| two[0].0 == two[1].0) {
        objects = (1..).zip(objects).map(|(place, (_, object))| (place, object)).collect();
    }
    Ok(objects)
}

fn of_json(text: &str) -> Result<Vec<Entry>, ListError> {
    let entry = |(object, (row, text)): (u64, (u64, &str))| {
        of_object(row, text).map_err(|error| match error {
            ListError::NoField { .. } => ListError::NoFieldIn { object },
            other => other,
        })
    };
    (1..).zip(objects(text)?).map(entry).collect()
}

fn of_object(line: u64, text: &str) -> Result<Entry, ListError> {
    let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| ListError::NoJson { line })?;
    let field = |name| {
        let text = object.get(name).and_then(Value::as_str).map(typed::tidied)?;
        (!text.is_empty()).then(|| text.to_string())
    };
    let text = match (field("user"), field("account"), field("name")) {
        (Some(user), ..) => user,
        (None, Some(account), Some(name)) => person(&account, &name),
        _ => return Err(ListError::NoField { line }),
    };
    Ok(Entry { line, text: short(&text) })
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
