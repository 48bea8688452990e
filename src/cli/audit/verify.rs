//! `regain audit verify`

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::cli::shared::{Failure, Session};
use crate::domain::anchor::Anchor;
use crate::flow::{self, Verified};
use crate::guidance::notes;
use crate::ui::{Column, Row, column, stdin};

/// Verify that no record was changed, removed or moved
///
/// Recomputes the chain of keyed hashes from the first record to the last. If the chain is broken, the command names
/// the first bad record and ends with exit code 7. With an anchor from an earlier `regain audit export`, it also
/// detects that somebody cut off the last records and rewrote everything in the store that refers to them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain audit verify\n  regain audit verify --anchor anchor.json")]
pub(in crate::cli) struct Verify {
    /// Check against this anchor file, or an export that ends with an anchor; - is standard input
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
}

/// No record and no anchor is longer; more is another file, and memory is not spent on it.
const LONGEST_LINE: u64 = 1 << 20;

/// A line with an anchor.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnchorLine {
    pub(super) anchor: Anchor,
}

/// What `audit verify` found.
#[derive(Debug, Serialize)]
struct VerifiedView {
    ok: bool,
    events: u64,
    /// The number of the record that the anchor noted.
    anchored: Option<u64>,
    first_bad: Option<u64>,
    reason: Option<&'static str>,
    message: String,
}

impl From<&Verified> for VerifiedView {
    fn from(verified: &Verified) -> Self {
        let first_bad = verified.first_bad.as_ref();
        Self {
            ok: first_bad.is_none(),
            events: verified.events,
            anchored: verified.anchored,
            first_bad: first_bad.map(|(at, _)| *at),
            reason: first_bad.map(|(_, what)| what.code()),
            message: match (first_bad, verified.anchored) {
                (None, None) => format!("Every record is in order, {} so far.", verified.events),
                (None, Some(at)) => {
                    format!(
                        "Every record is in order, {} so far, up to number {at} as the anchor says.",
                        verified.events
                    )
                }
                (Some((at, what)), _) => format!("Record {at} is the first bad one: {what}."),
            },
        }
    }
}

impl Row for VerifiedView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("records in order", |row| row.events.to_string()),
        column("result", |row| row.message.clone()),
    ];
}

pub(super) fn run(arguments: &Verify, session: &Session<'_>) -> Result<(), Failure> {
    let anchor = arguments.anchor.as_deref().map(read).transpose()?;
    let verified = flow::verify_records(&session.operating(), anchor.as_ref())?;
    session.context.printer.one(&VerifiedView::from(&verified))?;
    match verified.first_bad {
        None => Ok(()),
        Some((at, what)) => Err(Failure::Records { at, what }),
    }
}

/// The anchor in the last line of a file.
fn read(path: &Path) -> Result<Anchor, Failure> {
    let line = if path == Path::new("-") {
        last_line(stdin::claim_text()?)
    } else {
        File::open(path).and_then(|file| last_line(BufReader::new(file)))
    };
    let line = line.map_err(|error| Failure::usage(format!("the anchor cannot be read: {error}")))?;
    let parsed: Result<AnchorLine, _> = serde_json::from_slice(&line);
    parsed
        .map(|line| line.anchor)
        .map_err(|_| Failure::usage_with("the file does not end in an anchor", notes::NAME_AN_ANCHOR))
}

/// The last line that is not blank, with memory for one.
fn last_line(mut from: impl BufRead) -> io::Result<Vec<u8>> {
    let mut last = Vec::new();
    loop {
        let mut line = Vec::new();
        if from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(last);
        }
        if !line.trim_ascii().is_empty() {
            last = line;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_with_or_without_its_end() {
        let last = |text: &str| String::from_utf8(last_line(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(last("one\ntwo\n"), "two\n");
        assert_eq!(last("one\ntwo"), "two");
        assert_eq!(last("one\n\n \n"), "one\n");
        assert_eq!(last(""), "");
    }
}
