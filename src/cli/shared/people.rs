//! Whom a command for several is about: on the command line, from a file by `--from`, or chosen by what they have in common.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::batch::BatchArgs;
use super::context::Context;
use super::failure::Failure;
use super::input::unreadable;
use super::runner;
use super::selection::{self, Conditions, Selected};
use super::session::Session;
use super::stdin::is_stdin;
use crate::domain::list::{self, Entry};
use crate::domain::selection::{Reach, Selection};
use crate::domain::time::counted;
use crate::flow::batch::Named;
use crate::flow::{Confirmed, Inclusion};
use crate::guidance::effects::people;
use crate::ui::stdin;

/// USER, several of them, a file of them, or a selection.
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
    /// Select the users of this account; repeatable; for administrators
    #[arg(long = "account", value_name = "ACCOUNT", group = "people")]
    accounts: Vec<String>,
    /// Select the users of all accounts; for administrators
    #[arg(long, group = "people")]
    everyone: bool,
    #[command(flatten)]
    conditions: Conditions,
    /// Select root users, too
    #[arg(long)]
    include_root: bool,
    #[command(flatten)]
    pub(in crate::cli) batch: BatchArgs,
}

// No doc comment: clap would say it in the place of a command's own.
#[derive(Debug, Args)]
pub(in crate::cli) struct Programmatic {
    /// Select users with programmatic access only, too
    #[arg(long)]
    include_programmatic: bool,
}

/// Whom a command is about, as they were named.
#[derive(Debug)]
pub(in crate::cli) enum Whom {
    /// One USER on the command line: one thing, with its own exit code.
    One(Named),
    /// A list, also of one, with what it was read from.
    Listed {
        people: Vec<Named>,
        input: Vec<u8>,
    },
    Selected(Selected),
}

impl Whom {
    /// Each of them, in their order.
    pub(in crate::cli) fn named(&self) -> &[Named] {
        match self {
            Self::One(named) => std::slice::from_ref(named),
            Self::Listed { people, .. } | Self::Selected(Selected { people, .. }) => people,
        }
    }

    /// What they were read from, or how they were chosen, so that it is known again.
    pub(in crate::cli) fn input(&self) -> &[u8] {
        match self {
            Self::One(named) => named.text.as_bytes(),
            Self::Listed { input, .. } => input,
            Self::Selected(selected) => selected.described.as_bytes(),
        }
    }

    /// Whether nobody fits a selection.
    pub(in crate::cli) fn is_nobody(&self) -> bool {
        matches!(self, Self::Selected(selected) if selected.people.is_empty())
    }

    /// Tells what will happen and asks, unless `--yes`, or where nothing will.
    pub(in crate::cli) fn confirm(
        &self,
        context: &Context<'_>,
        effects: &[String],
    ) -> Result<Confirmed, Failure> {
        match self {
            Self::One(_) | Self::Listed { .. } => runner::confirm(context, effects),
            Self::Selected(selected) => selected.confirm(context, effects),
        }
    }
}

/// Where nobody fits.
pub(in crate::cli) const NOBODY: &str = "There is nothing to do.";

impl People {
    /// One USER on the command line is one thing, with its own exit code; a file is a list, also of one.
    pub(in crate::cli) fn alone(&self) -> bool {
        self.users.len() == 1
    }

    /// All of them. Whoever may do this to nobody was refused when the store was opened.
    pub(in crate::cli) fn read(&self, session: &Session<'_>) -> Result<Whom, Failure> {
        self.read_with(session, true)
    }

    /// [`Self::read`] for a change of passwords, which programs of users may have stored.
    pub(in crate::cli) fn read_for_passwords(
        &self,
        session: &Session<'_>,
        programmatic: &Programmatic,
    ) -> Result<Whom, Failure> {
        if programmatic.include_programmatic {
            self.needs_selection("--include-programmatic")?;
        }
        self.read_with(session, programmatic.include_programmatic)
    }

    fn read_with(&self, session: &Session<'_>, programmatic: bool) -> Result<Whom, Failure> {
        let whom = match self.reach()? {
            Some(reach) => {
                let selection = self.conditions.select(reach, session.operating().clock.now())?;
                let included = Inclusion { root: self.include_root, programmatic };
                return self.choose(session, &selection, included);
            }
            None => {
                if self.conditions.are_given() {
                    self.needs_selection("--where")?;
                }
                if self.include_root {
                    self.needs_selection("--include-root")?;
                }
                self.listed(session)?
            }
        };
        if let Whom::One(_) = whom {
            self.batch.only_for_several()?;
        }
        if let Some(expected) = self.conditions.expect {
            selection::expect(session, expected, whom.named().len() as u64)?;
        }
        Ok(whom)
    }

    /// What only narrows or widens a selection, where there is none.
    fn needs_selection(&self, option: &'static str) -> Result<(), Failure> {
        if self.everyone || !self.accounts.is_empty() {
            return Ok(());
        }
        let hint =
            "leave it out, or select users with --account ACCOUNT or --everyone instead of naming them";
        Err(Failure::usage_with(format!("{option} is for a selection, and this is none"), hint).of(option))
    }

    fn reach(&self) -> Result<Option<Reach>, Failure> {
        if self.everyone {
            return Ok(Some(Reach::Everywhere));
        }
        let accounts = selection::accounts(&self.accounts)?;
        Ok((!accounts.is_empty()).then_some(Reach::Accounts(accounts)))
    }

    fn choose(
        &self,
        session: &Session<'_>,
        selection: &Selection,
        included: Inclusion,
    ) -> Result<Whom, Failure> {
        let described = self.conditions.described(&selection.reach, included);
        if self.batch.resume {
            // Who is in it was fixed when it began.
            return Ok(Whom::Selected(Selected::of_batch(described)));
        }
        let (selected, globals) =
            (Selected::choose(session, selection, included, described)?, session.context.globals);
        let count = selected.people.len();
        if globals.yes && !globals.dry_run && self.conditions.expect.is_none() {
            let are = if count == 1 { "is" } else { "are" };
            return Err(Failure::usage_with(
                "with --yes, a selection needs --expect N",
                format!(
                    "{} {are} selected now; look whom it is about with --dry-run, then give --expect {count}",
                    people(count as u64)
                ),
            )
            .of("--expect"));
        }
        if let Some(expected) = self.conditions.expect {
            selection::expect(session, expected, count as u64)?;
        }
        selected.tell(session.context);
        Ok(Whom::Selected(selected))
    }

    fn listed(&self, session: &Session<'_>) -> Result<Whom, Failure> {
        if let Some(path) = &self.from {
            return of_file(session, path);
        }
        let mut people = Named::list(&self.users);
        let input = self.users.join("\n").into_bytes();
        Ok(match people.pop() {
            Some(only) if people.is_empty() => Whom::One(only),
            last => {
                people.extend(last);
                Whom::Listed { people, input }
            }
        })
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
    let people =
        entries.into_iter().map(|Entry { line, text }| Named { row: line, text, user: None }).collect();
    Ok(Whom::Listed { people, input })
}

/// What stands in a list, or comes from standard input for `-`.
pub(in crate::cli) fn bytes(context: &Context<'_>, path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if is_stdin(path) {
        bytes_of(stdin::claim_text()?)
    } else {
        context.own_file("use --from - and redirect it")?;
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
