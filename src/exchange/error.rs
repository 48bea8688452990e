//! What can be wrong with a file of people, as a whole or in one of its rows. No value is repeated: what stands in a wrong
//! column may be a password.

use std::io;

use super::format::Format;
use crate::domain::time::counted;

/// Why a file cannot be read as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error(transparent)]
    Read(#[from] io::Error),
    #[error("it is not text: save it as text or CSV, in UTF-8")]
    NoText,
    #[error("it is empty")]
    Empty,
    #[error("its format is not recognised: name it with --format")]
    Unrecognised,
    #[error("it can be of several formats, {}: name it with --format", listed(.0))]
    Ambiguous(Vec<Format>),
    #[error(
        "line {line} is no heading: a table begins with the names of its columns, among them `user`, or `account` and \
         `name`"
    )]
    NoHeading { line: u64 },
    #[error("line {line} cannot be read, and the heading was to stand there: {fault}")]
    Heading { line: u64, fault: RowFault },
    #[error("line {line} has a column `{column}` that regain does not know{}", meant(*.nearest))]
    UnknownColumn { line: u64, column: String, nearest: Option<&'static str> },
    #[error("line {line} has `{field}` in two columns")]
    TwoColumns { line: u64, field: &'static str },
    #[error("there is no column `{column}`, which --map names")]
    NoSuchColumn { column: String },
    #[error("--map is for formats with columns or fields, and {} has none", .0.title())]
    NothingToMap(Format),
    #[error("the quote opened in line {line} is not closed")]
    Unclosed { line: u64 },
    #[error("line {line} is not JSON, or the file ends before its end")]
    NoJson { line: u64 },
    #[error("it has no list of people: {} has it in {}", .format.title(), named(.fields))]
    NoPeople { format: Format, fields: &'static [&'static str] },
    #[error("line {line} is of passwd, below lines of shadow: put the lines of passwd first")]
    PasswdBelowShadow { line: u64 },
}

/// Why one row cannot be read; the others can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    #[error("it is not UTF-8: save the file as text or CSV, in UTF-8")]
    NotUtf8,
    #[error("it holds bytes that are no text")]
    NotText,
    #[error("it is longer than 1 MiB")]
    TooLong,
    #[error("it is not JSON")]
    NotJson,
    #[error("it is no JSON object")]
    NotObject,
    #[error("it has `{0}` twice")]
    Twice(String),
    #[error("it has a field `{field}` that regain does not know{}", meant(*.nearest))]
    UnknownField { field: String, nearest: Option<&'static str> },
    #[error(
        "it has {}, but the heading has {heading}: give each line as many as the heading, and put what holds a separator \
         in quotes", counted(*columns, "column")
    )]
    Ragged { columns: u64, heading: u64 },
    #[error("it does not say whom it is about")]
    Nobody,
    #[error("its `account` has no `name` beside it (the root user has the name of its account)")]
    NoName,
    #[error("its `{0}` is not text")]
    NotScalar(&'static str),
    #[error("its `{0}` is neither true nor false")]
    NotBoolean(&'static str),
    #[error("its `{field}` is none of {}", .words.join(", "))]
    NoneOf { field: &'static str, words: &'static [&'static str] },
    #[error("its `{0}` is no time such as 2026-11-30T18:00:00Z")]
    NotMoment(&'static str),
    #[error("it is no `name:hash`")]
    NoHtpasswd,
    #[error("it has {}, but a line of passwd has 7 and one of shadow 9", counted(*.0, "field"))]
    NoShadow(u64),
    #[error("it is no line of LDIF")]
    NoLdif,
    #[error("it takes its value from a file or a URL, which is never opened")]
    Elsewhere,
    #[error("it is a change, `{0}`: only entries that are added can be read")]
    Change(String),
    #[error("it is no user, but `{0}`")]
    NoUser(String),
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct RowError {
    /// As in [`crate::domain::record::Record`].
    pub row: u64,
    /// Whom it is about, as far as that could be read.
    pub user: Option<String>,
    pub fault: RowFault,
}

fn listed(formats: &[Format]) -> String {
    let titles: Vec<_> = formats.iter().map(|format| format.as_str()).collect();
    titles.join(" or ")
}

fn named(fields: &[&str]) -> String {
    let fields: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
    fields.join(" or ")
}

fn meant(nearest: Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}
