//! Whom a command for several is about: on the command line, or by `--from`, from a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::batch::BatchArgs;
use super::context::{Context, Session};
use super::failure::Failure;
use super::input::unreadable;
use super::runner;
use super::stdin::is_stdin;
use crate::domain::list::{self, Entry};
use crate::domain::time::counted;
use crate::flow::Confirmed;
use crate::flow::batch::Named;
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
    #[command(flatten)]
    pub(in crate::cli) batch: BatchArgs,
}

/// Whom a command is about, as they were named.
#[derive(Debug)]
pub(in crate::cli) enum Whom {
    /// One USER on the command line: one thing, with its own exit code.
    One(Named),
    /// A list, also of one, with what it was read from.
    Listed { people: Vec<Named>, input: Vec<u8> },
}

impl Whom {
    /// Each of them, in their order.
    pub(in crate::cli) fn named(&self) -> &[Named] {
        match self {
            Self::One(named) => std::slice::from_ref(named),
            Self::Listed { people, .. } => people,
        }
    }

    /// What they were read from, so that it is known again.
    pub(in crate::cli) fn input(&self) -> &[u8] {
        match self {
            Self::One(named) => named.text.as_bytes(),
            Self::Listed { input, .. } => input,
        }
    }

    /// Tells what will happen and asks, unless `--yes`, or where nothing will.
    pub(in crate::cli) fn confirm(
        &self,
        context: &Context<'_>,
        effects: &[String],
    ) -> Result<Confirmed, Failure> {
        runner::confirm(context, effects)
    }
}

impl People {
    /// One USER on the command line is one thing, with its own exit code; a file is a list, also of one.
    pub(in crate::cli) fn alone(&self) -> bool {
        self.users.len() == 1
    }

    /// All of them. Whoever may do this to nobody was refused when the store was opened.
    pub(in crate::cli) fn read(&self, session: &Session<'_>) -> Result<Whom, Failure> {
        let Some(path) = &self.from else {
            let mut people = Named::list(&self.users);
            if let (1, Some(only)) = (self.users.len(), people.pop()) {
                self.batch.only_for_several()?;
                return Ok(Whom::One(only));
            }
            return Ok(Whom::Listed {
                people: Named::list(&self.users),
                input: self.users.join("\n").into_bytes(),
            });
        };
        of_file(session, path)
    }
}

/// More than the people of any site, in any form.
const LONGEST: u64 = 256 * 1024 * 1024;

const FORM: &str = "--from takes a file with one person per line, or CSV or JSONL with a column `user`, or `account` \
    and `name`; - is standard input";

/// The people of a file, or of standard input for `-`. A file in which nobody of several can be read is one error, and not
/// as many as it has lines.
fn of_file(session: &Session<'_>, path: &Path) -> Result<Whom, Failure> {
    let wrong = |message: String| Failure::usage_with(message, FORM).of("--from");
    let input = bytes(session.context, path).map_err(|failure| failure.of("--from"))?;
    let entries =
        list::read(&input).map_err(|error| wrong(format!("the list of people cannot be read: {error}")))?;
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
    let people = entries.into_iter().map(|Entry { line, text }| Named { row: line, text }).collect();
    Ok(Whom::Listed { people, input })
}

/// What stands in a list, or comes from standard input for `-`.
pub(in crate::cli) fn bytes(context: &Context<'_>, path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if is_stdin(path) {
        bytes_of(stdin::claim_text()?)
    } else {
        context.own_file("use - and redirect it")?;
        File::open(path).and_then(bytes_of)
    };
    read.map_err(|error| Failure::usage_with(unreadable("the list of people", path, &error), FORM))
}

fn bytes_of(input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("it has more than 256 MiB"));
    }
    Ok(bytes)
}
