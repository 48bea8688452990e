//! A list of people as a file: a name a line, or CSV or JSON with a column `user`, or `account` and `name`, from whatever
//! program wrote it. What is wrong with the file as a whole is one error, and nobody's.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::typed;

/// Longer than any USER can be: two names of 64 characters, or an address of 254 octets, with room for blanks.
const LONGEST: usize = 1024;

/// A person as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line that it stands in, from 1 on.
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
    #[error("line {line} is not JSON: a JSON list has one object per line, or is one array of objects")]
    NoJson { line: u64 },
    #[error("line {line} is an object without `user`, or `account` and `name`")]
    NoField { line: u64 },
}

/// The people of a list.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>, ListError> {
    let text = decoded(bytes)?.replace("\r\n", "\n").replace('\r', "\n");
    let lines = || (1..).zip(text.lines()).filter(|(_, line)| counts(line));
    let Some((first, line)) = lines().next() else { return Ok(Vec::new()) };
    match line.trim_start().as_bytes().first() {
        Some(b'{') => return of_json_lines(lines()),
        Some(b'[') => return of_json(&text),
        _ => {}
    }
    // A spreadsheet may say first what is between its columns.
    let said = typed::tidied(line).strip_prefix("sep=").and_then(|said| said.bytes().next());
    let header = if said.is_some() { lines().nth(1) } else { Some((first, line)) };
    let Some((at, header)) = header else { return Ok(Vec::new()) };
    let found = said.map_or(SEPARATORS.to_vec(), |said| vec![said]).into_iter().find_map(|separator| {
        let columns = Columns::of(&cells(header, separator))?;
        Some((separator, columns))
    });
    match found {
        // A list of one line may name an account that is called so.
        Some((separator, columns)) if lines().count() > 1 => Ok(of_csv(&text, at, separator, columns)),
        _ if header.bytes().any(|byte| SEPARATORS.contains(&byte)) && !typed::tidied(header).is_empty() => {
            let several = SEPARATORS.iter().any(|separator| cells(header, *separator).len() > 1);
            if several { Err(ListError::NoColumn { line: at }) } else { Ok(of_lines(lines())) }
        }
        _ => Ok(of_lines(lines())),
    }
}

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Blank lines and comments are lines only.
fn counts(line: &str) -> bool {
    let line = typed::tidied(line);
    !line.is_empty() && !line.starts_with('#')
}

/// The text, in whatever encoding its mark tells, or the gaps between its characters.
fn decoded(bytes: &[u8]) -> Result<String, ListError> {
    let little = |bytes: &[u8]| utf_16(bytes, u16::from_le_bytes);
    let big = |bytes: &[u8]| utf_16(bytes, u16::from_be_bytes);
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => little(rest),
        [0xfe, 0xff, rest @ ..] => big(rest),
        [low, 0, ..] if *low != 0 => little(bytes),
        [0, low, ..] if *low != 0 => big(bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        other => String::from_utf8_lossy(other).into_owned(),
    };
    // An archive, which the files of spreadsheets are, or anything else that is no text.
    if bytes.starts_with(b"PK\x03\x04") || text.contains('\0') { Err(ListError::NoText) } else { Ok(text) }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> =
        bytes.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or_default()])).collect();
    String::from_utf16_lossy(&units)
}

/// A person a line, which may stand in quotes.
fn of_lines<'l>(lines: impl Iterator<Item = (u64, &'l str)>) -> Vec<Entry> {
    let entry = |(line, text): (u64, &str)| {
        let text = typed::tidied(text);
        let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&text);
        Entry { line, text: short(bare) }
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

/// A name, or an account's and a user's. The root user has its account's name, which no other user of it can have.
fn person(account: &str, name: &str) -> String {
    if name.is_empty() || name.eq_ignore_ascii_case(account) {
        account.to_owned()
    } else {
        format!("{account}/{name}")
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

fn cells(line: &str, separator: u8) -> Vec<String> {
    let first = rows(line, separator).into_records().next();
    first.and_then(Result::ok).map(|row| row.iter().map(cell).collect()).unwrap_or_default()
}

fn of_csv(text: &str, header: u64, separator: u8, columns: Columns) -> Vec<Entry> {
    let mut entries = Vec::new();
    for row in rows(text, separator).into_records().filter_map(Result::ok) {
        let line = row.position().map_or(0, |place| line_from(text, place.byte()));
        let at = |column| row.get(column).map(cell).unwrap_or_default();
        if line <= header || row.iter().all(|cell| typed::tidied(cell).is_empty()) {
            continue;
        }
        let text = match columns {
            Columns::User(user) => at(user),
            Columns::Names { account, name } => person(&at(account), &at(name)),
        };
        entries.push(Entry { line, text: short(&text) });
    }
    entries
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

fn of_json(text: &str) -> Result<Vec<Entry>, ListError> {
    let whole: Vec<&RawValue> =
        serde_json::from_str(text).map_err(|error| ListError::NoJson { line: error.line() as u64 })?;
    let mut after = 0;
    let entry = |object: &RawValue| {
        // Objects come in their order, so that each is found behind the one before.
        let at = text[after..].find(object.get()).map_or(after, |at| after + at);
        after = at + object.get().len();
        of_object(1 + text[..at].matches('\n').count() as u64, object.get())
    };
    whole.into_iter().map(entry).collect()
}

fn of_object(line: u64, text: &str) -> Result<Entry, ListError> {
    let object: Map<String, Value> = serde_json::from_str(text).map_err(|_| ListError::NoJson { line })?;
    let field = |name| object.get(name).and_then(Value::as_str).map(|text| typed::tidied(text).to_string());
    let text = match (field("user"), field("account"), field("name")) {
        (Some(user), ..) => user,
        (None, Some(account), Some(name)) => person(&account, &name),
        _ => return Err(ListError::NoField { line }),
    };
    Ok(Entry { line, text: short(&text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(bytes: &[u8]) -> Vec<(u64, String)> {
        read(bytes).unwrap().into_iter().map(|entry| (entry.line, entry.text)).collect()
    }

    fn told(text: &str) -> Vec<(u64, String)> {
        people(text.as_bytes())
    }

    fn at(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
        expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    }

    const TWO: [(u64, &str); 2] = [(1, "acme/alice"), (2, "acme/bob")];
    const BELOW: [(u64, &str); 2] = [(2, "acme/alice"), (3, "acme/bob")];

    #[test]
    fn a_person_a_line_with_blanks_and_comments_between() {
        let file =
            "\u{feff}acme/alice\r\n\n# the night shift\n  acme/bob \n\t\nacme/\u{fffd}\nacme/night shift";
        let expected = [(1, "acme/alice"), (4, "acme/bob"), (6, "acme/\u{fffd}"), (7, "acme/night shift")];
        assert_eq!(told(file), at(&expected));
        assert_eq!(told(""), at(&[]));
        assert_eq!(told("user"), at(&[(1, "user")]));
    }

    #[test]
    fn lists_of_other_programs_are_read_as_people() {
        let utf_16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(unit).collect()
        };
        for text in ["\u{feff}acme/alice\r\nacme/bob\r\n", "acme/alice\nacme/bob"] {
            assert_eq!(people(&utf_16(text, u16::to_le_bytes)), at(&TWO), "{text:?}");
            assert_eq!(people(&utf_16(text, u16::to_be_bytes)), at(&TWO), "{text:?}");
        }
        for text in [
            "acme/alice\racme/bob\r",
            "acme/alice\u{a0}\n\u{200b}acme/bob\n",
            "acme/alice\u{200e}\n\"acme/bob\"\n",
        ] {
            assert_eq!(told(text), at(&TWO), "{text:?}");
        }
        for text in [
            "\u{feff}\"user\";\"email\"\r\n\"acme/alice\";\"alice@example.com\"\r\n\"acme/bob\";\"bob@example.com\"\r\n",
            "user\nacme/alice\nacme/bob\n",
            "User,x\nacme/alice,1\nacme/bob,2\n",
            "email\tuser\u{a0}\na@example.com\tacme/alice\nb@example.com\tacme/bob\n",
            "id,account,name\nusr_1,acme,alice\nusr_2,acme,bob\n",
        ] {
            assert_eq!(told(text), at(&BELOW), "{text:?}");
        }
        assert_eq!(told("sep=;\nuser;x\n\n'+4915112345678;y\n"), at(&[(4, "+4915112345678")]));
        assert_eq!(
            told("account,name\n\"a, b\nc\",d\nacme,acme\nacme,\n"),
            at(&[(2, "a, b\nc/d"), (4, "acme"), (5, "acme")])
        );
        for text in [
            "{\"user\":\"acme/alice\"}\n{\"account\":\"acme\",\"name\":\"bob\"}\n",
            "[{\"user\":\"acme/alice\"},\n{\"id\":\"x\",\"account\":\"acme\",\"name\":\"bob\"}]",
        ] {
            assert_eq!(told(text), at(&TWO), "{text:?}");
        }
    }

    #[test]
    fn a_file_that_is_wrong_in_one_way_is_one_error() {
        for (text, error) in [
            ("acme/alice,acme/bob\nacme/carol,x\n", ListError::NoColumn { line: 1 }),
            ("# people\n\"email\";\"name\"\nx;y\n", ListError::NoColumn { line: 2 }),
            ("{\"user\":\"acme/alice\"}\nacme/bob\n", ListError::NoJson { line: 2 }),
            ("[{\"user\":\"acme/alice\"}\n", ListError::NoJson { line: 2 }),
            ("{\"name\":\"alice\"}\n", ListError::NoField { line: 1 }),
            ("PK\u{3}\u{4}rest", ListError::NoText),
            ("acme/a\0lice\n", ListError::NoText),
        ] {
            assert_eq!(read(text.as_bytes()), Err(error), "{text:?}");
        }
    }

    #[test]
    fn bad_utf8_and_endless_lines_are_rows_that_can_fail() {
        let mut file = b"acme/\xff\n".to_vec();
        file.extend([b'x'; 5000]);
        let read = people(&file);
        assert_eq!((read.len(), read[0].1.as_str(), read[1].1.len()), (2, "acme/\u{fffd}", LONGEST));
    }
}
