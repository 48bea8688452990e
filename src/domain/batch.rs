//! Batches: what is done for many people, of whom each is done exactly once, however often it is interrupted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::text::text_enum;

text_enum! {
    /// How far a batch is.
    State {
        /// A process was at it when it was seen last.
        Running => "running",
        /// It ended before all were done, and can be resumed.
        Interrupted => "interrupted",
        Done => "done",
        Cancelled => "cancelled",
    }
}

text_enum! {
    /// How a row ended.
    Outcome {
        Done => "done",
        Created => "created",
        Updated => "updated",
        /// It was so already.
        Unchanged => "unchanged",
        Skipped => "skipped",
        Failed => "failed",
        /// The disk failed while it was committed.
        Unknown => "unknown",
    }
}

/// A batch as its journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What its rows are found by.
    pub number: u64,
    /// `bat_…`
    pub id: String,
    /// The operator's, where one was given.
    pub name: Option<String>,
    /// The command, such as `admin-reset`.
    pub command: String,
    /// What is done for each, as JSON.
    pub options: String,
    /// Keyed hash of options and input, with the id of the key.
    pub key_id: String,
    pub input: Vec<u8>,
    /// The public keys of those who can open its secrets.
    pub recipients: Vec<String>,
    /// Keyed hash of id, options and recipients, by the same key: whoever can write to the store alone changes none of them.
    pub order_tag: Vec<u8>,
    pub state: State,
    pub counts: Counts,
    /// Which process is at it.
    pub worker: String,
    /// For the how manieth time a process is at it, from 1 on.
    pub run: u64,
    pub operator: String,
    pub started_at: Timestamp,
    /// When a process was at it last.
    pub seen_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl Batch {
    /// Whether its rows are those of a file, which are kept nowhere else.
    pub fn is_of_file(&self) -> bool {
        self.command == IMPORT
    }
}

/// The command whose batches are of a file.
pub const IMPORT: &str = "user import";

/// How many rows there are, and how many of them ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: u64,
    pub done: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub failed: u64,
}

impl Counts {
    /// How many have not ended.
    pub fn left(self) -> u64 {
        self.rows.saturating_sub(self.done + self.unchanged + self.skipped + self.failed)
    }

    /// With one more that ended so. What nobody knows counts as failed: somebody has to look.
    pub fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Done | Outcome::Created | Outcome::Updated => &mut self.done,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Failed | Outcome::Unknown => &mut self.failed,
        } += 1;
    }
}

/// How many rows a run came to, and of how many it was not done, or may not have been.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub all: u64,
    pub failed: u64,
    pub unknown: u64,
}

impl Tally {
    /// With one more that ended so.
    pub fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Failed => self.failed += 1,
            Outcome::Unknown => self.unknown += 1,
            Outcome::Done | Outcome::Created | Outcome::Updated | Outcome::Unchanged | Outcome::Skipped => {}
        }
    }
}

/// A row of a journal: one person, or what names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Where it comes in the batch, from 1 on.
    pub place: u64,
    /// The line of the input.
    pub row: u64,
    /// Whom it is about, if anybody was found.
    pub person: Option<Person>,
    /// How it ended, once it has.
    pub ended: Option<Ended>,
}

/// Whom a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    /// As they were called.
    pub path: String,
    /// As what they were judged ([`super::User::version`]).
    pub version: Vec<u8>,
}

/// How a row ended, and why where it was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub outcome: Outcome,
    /// A stable code.
    pub reason: Option<String>,
}

/// SHA-256 over what a batch was given.
pub type Digest = [u8; 32];

/// The digest of an input that is in memory.
pub fn digest(input: &[u8]) -> Digest {
    Sha256::digest(input).into()
}

/// Longer than anybody needs to tell batches apart.
const LONGEST_NAME: usize = 64;

/// What a batch cannot be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a batch has a name of 1 to {LONGEST_NAME} characters")]
    Length,
    #[error("the name of a batch begins with a letter or a digit")]
    Begins,
    #[error("the name of a batch has letters, digits, blanks and ASCII punctuation alone")]
    Symbol,
    #[error("the name of a batch cannot begin with `bat_`, as ids do")]
    LikeId,
}

/// The name of a batch, which tells it from all others of the store, by each of its characters.
pub fn parse_name(text: &str) -> Result<String, NameError> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        Err(NameError::Length)
    } else if !name.starts_with(char::is_alphanumeric) {
        Err(NameError::Begins)
    } else if !name
        .chars()
        .all(|symbol| symbol.is_alphanumeric() || symbol.is_ascii_graphic() || symbol == ' ')
    {
        Err(NameError::Symbol)
    } else if name.starts_with("bat_") {
        Err(NameError::LikeId)
    } else {
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_is_no_longer_left() {
        let mut counts = Counts { rows: 8, ..Counts::default() };
        for outcome in Outcome::ALL {
            counts.add(*outcome);
        }
        assert_eq!(counts, Counts { rows: 8, done: 3, unchanged: 1, skipped: 1, failed: 2 });
        assert_eq!(counts.left(), 1);
    }

    #[test]
    fn a_batch_is_called_what_fits_in_a_line_and_is_no_id() {
        assert_eq!(parse_name(" leavers, March "), Ok("leavers, March".to_owned()));
        assert_eq!(parse_name(" "), Err(NameError::Length));
        assert_eq!(parse_name(&"é".repeat(64)).map(|name| name.chars().count()), Ok(64));
        assert_eq!(parse_name(&"é".repeat(65)), Err(NameError::Length));
        assert_eq!(parse_name("-x"), Err(NameError::Begins));
        for text in ["a\nb", "a\u{202e}b", "a\u{200b}"] {
            assert_eq!(parse_name(text), Err(NameError::Symbol), "{text:?}");
        }
        assert_eq!(parse_name("bat_x"), Err(NameError::LikeId));
    }
}
