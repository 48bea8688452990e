//! Whom a command for several is about: on the command line, or by `--from`, from a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Session;
use super::failure::Failure;
use super::input::unreadable;
use crate::domain::list::{self, Entry};
use crate::domain::time::counted;
use crate::flow::bulk::Named;
use crate::ui::stdin;

/// USER, several of them, or a file of them.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("people").required(true)))]
pub(in crate::cli) struct People {
    /// One or more users, such as acme/alice
    #[arg(value_name = "USER", group = "people")]
    users: Vec<String>,
    /// Read users from a file: one per line, or CSV or JSONL with a column user, or account and name; - is standard
    /// input
    #[arg(long, value_name = "FILE", group = "people")]
    from: Option<PathBuf>,
}

impl People {
    /// One USER on the command line is one thing, with its own exit code; a file is a list, also of one.
    pub(in crate::cli) fn alone(&self) -> bool {
        self.users.len() == 1
    }

    /// All of them. Whoever may do this to nobody was refused when the store was opened.
    pub(in crate::cli) fn read(&self, session: &Session<'_>) -> Result<Vec<Named>, Failure> {
        let Some(path) = &self.from else { return Ok(Named::list(&self.users)) };
        if path != Path::new("-") {
            let own = session.context.own_file("use --from - and redirect it");
            own.map_err(|failure| failure.of("--from"))?;
        }
        of_file(session, path)
    }
}

/// More than the people of any site, in any form.
const LONGEST: u64 = 256 * 1024 * 1024;

const FORM: &str = "--from takes a file with one person per line, or CSV or JSONL with a column `user`, or `account` \
    and `name`; - is standard input";

/// The people of a file, or of standard input for `-`. A file in which nobody of several can be read is one error, and not
/// as many as it has lines.
fn of_file(session: &Session<'_>, path: &Path) -> Result<Vec<Named>, Failure> {
    let wrong = |message: String| Failure::usage_with(message, FORM).of("--from");
    let bytes = if path.as_os_str() == "-" {
        bytes_of(stdin::claim_text()?)
    } else {
        File::open(path).and_then(bytes_of)
    };
    let entries = list::read(&bytes.map_err(|error| wrong(unreadable("the list of people", path, &error)))?)
        .map_err(|error| wrong(format!("the list of people cannot be read: {error}")))?;
    let reader = session.operating().reader();
    let mut read = entries.iter().map(|entry| reader.who(&entry.text));
    if let (true, Some(Err(first))) = (entries.len() > 1, read.next())
        && read.all(|read| read.is_err())
    {
        let line = entries.first().map_or(1, |entry| entry.line);
        let message = format!(
            "the list of people cannot be read: none of its {} is a person; line {line}: {first}",
            counted(entries.len() as u64, "line")
        );
        return Err(wrong(message));
    }
    Ok(entries.into_iter().map(|Entry { line, text }| Named { row: line, text }).collect())
}

fn bytes_of(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("it has more than 256 MiB"));
    }
    Ok(bytes)
}
