//! Handing out what was made, and the change it is for, in the order that loses nothing (security T5).

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::context::Context;
use super::failure::Failure;
use super::stdin::is_stdin;
use crate::domain::batch::Outcome;
use crate::flow::batch::{self, Journal};
use crate::flow::{Env, FlowError, SecretDestination};
use crate::guidance::notes;
use crate::os::{FileError, LinesFile, NewFile, UNFINISHED};
use crate::ui::{Printer, SecretLines, SecretSink, SinkError};

/// Where secrets of this command can go.
pub(in crate::cli) fn destination(file: Option<&Path>, printer: &Printer) -> SecretDestination {
    if file.is_some() {
        SecretDestination::File
    } else if SecretSink::check(None, printer).is_ok() {
        SecretDestination::Terminal
    } else {
        SecretDestination::Nowhere
    }
}

/// Whether secrets could go to this file, or to the terminal, before anything is asked or done for them.
pub(in crate::cli) fn check(file: Option<&Path>, context: &Context<'_>) -> Result<(), Failure> {
    own(file, context)?;
    SecretSink::check(file, &context.printer).map_err(|error| nowhere(error, context))
}

/// Refuses to write secrets in the clear to standard output, before anybody is looked up.
pub(in crate::cli) fn no_pipe(file: Option<&Path>) -> Result<(), Failure> {
    if file.is_some_and(is_stdin) {
        return Err(Failure::usage_with(
            "--secrets-to takes a new file: plain-text secrets are never written to a pipe, where a log may keep them",
            "name a new file, or leave it out at a terminal",
        )
        .of("--secrets-to"));
    }
    Ok(())
}

fn own(file: Option<&Path>, context: &Context<'_>) -> Result<(), Failure> {
    no_pipe(file)?;
    match file {
        Some(_) => {
            let own = context.own_file("seal secrets, --secrets-for age1… --secrets-to -, or use a terminal");
            own.map_err(|failure| failure.of("--secrets-to"))
        }
        None => Ok(()),
    }
}

/// Through the service the usual hint, to name a file, would lead in a circle.
fn nowhere(error: SinkError, context: &Context<'_>) -> Failure {
    match error {
        SinkError::Nowhere if context.acts_for_another() => Failure::usage_with(
            "there is no terminal to show a secret on, and the service opens no file for you",
            "seal secrets, --secrets-for age1… --secrets-to -; call it at a terminal; or use --setup for people with \
             an email address",
        ),
        other => other.into(),
    }
}

/// Opens the way out if there is something to hand out; a dry run only looks whether it could be opened.
pub(in crate::cli) fn open(
    needed: bool,
    file: Option<&Path>,
    context: &Context<'_>,
) -> Result<Option<SecretSink>, Failure> {
    own(file, context)?;
    if !needed {
        return Ok(None);
    }
    if context.globals.dry_run {
        return check(file, context).map(|()| None);
    }
    create(file, &context.printer).map(Some).map_err(|error| nowhere(error, context))
}

/// The file of `--secrets-to`, or else the terminal.
pub(in crate::cli) fn create(file: Option<&Path>, printer: &Printer) -> Result<SecretSink, SinkError> {
    let Some(path) = file else { return SecretSink::terminal(printer) };
    let lines = LinesFile::begin(path).map_err(|error| unmade(path, error))?;
    if lines.is_taken_up() {
        printer.warn(&format!(
            "{} was left by a command that was killed: its lines come before the new ones in the file. If a person \
             has two lines, the last one counts.",
            beside(path).display()
        ));
    }
    Ok(SecretSink::file(path, Box::new(Lines { path: path.to_owned(), lines })))
}

/// The way out for the secrets of a batch. Of one that was killed, a line may be of a change that was not made: whose lines
/// these are is told.
pub(in crate::cli) fn open_for_batch(
    file: Option<&Path>,
    context: &Context<'_>,
    resumed: Option<(&Env<'_>, &Journal)>,
) -> Result<SecretSink, Failure> {
    own(file, context)?;
    let Some(path) = file else {
        return SecretSink::terminal(&context.printer).map_err(|error| nowhere(error, context));
    };
    let found = lines_left(path);
    let sink = create(file, &context.printer).map_err(|error| nowhere(error, context))?;
    if let Some((env, journal)) = resumed {
        compare(context, &found, env, journal)?;
    }
    Ok(sink)
}

/// Tells whose lines are of no change, and how many people have a secret that is in no line.
fn compare(
    context: &Context<'_>,
    found: &HashSet<String>,
    env: &Env<'_>,
    journal: &Journal,
) -> Result<(), Failure> {
    let batch = batch::of_id(env, journal.id())?;
    let (mut dead, mut missing, mut after) = (Vec::new(), 0, 0);
    loop {
        let rows = batch::rows(env, &batch, after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = last.place;
        for (person, ended) in rows.into_iter().filter_map(|row| Some((row.person?, row.ended))) {
            match ended.map(|ended| ended.outcome) {
                None if found.contains(&person.path) => dead.push(person.path),
                Some(Outcome::Done | Outcome::Created | Outcome::Updated)
                    if !found.contains(&person.path) =>
                {
                    missing += 1;
                }
                _ => {}
            }
        }
    }
    if !dead.is_empty() {
        context.printer.warn(&notes::dead_lines(&dead));
    }
    if missing > 0 && journal.hands_out_to_all() {
        context.printer.warn(&notes::secrets_elsewhere(missing));
    }
    Ok(())
}

/// How many rows are read at a time.
const PAGE: u32 = 256;

/// Whose secrets stand in what a command left that was killed.
fn lines_left(path: &Path) -> HashSet<String> {
    #[derive(Deserialize)]
    struct Line {
        user: String,
    }
    let left = beside(path);
    // Of what is no file, opening it may wait for ever.
    if !left.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return HashSet::new();
    }
    let Ok(text) = fs::read_to_string(left).map(Zeroizing::new) else { return HashSet::new() };
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    lines.map(|line| line.user).collect()
}

/// Writes the sealed secrets of a batch to a new file, or to standard output for `-`; without either, tells where they are.
pub(in crate::cli) fn write_sealed(
    context: &Context<'_>,
    env: &Env<'_>,
    batch: &str,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let Some(path) = file else {
        context.printer.note(&notes::sealed_secrets(batch));
        return Ok(());
    };
    let found = batch::of_id(env, batch)?;
    if is_stdin(path) {
        return batch::secrets(env, &found, |sealed| {
            context.printer.beside_results(sealed).map_err(Failure::from)
        })
        .map(drop);
    }
    let mut file = NewFile::create(path).map_err(|error| Failure::Sink(unmade(path, error)))?;
    let count = batch::secrets(env, &found, |sealed| {
        file.write_all(sealed).map_err(|error| Failure::from(file.failed(error)))
    })?;
    if count > 0 {
        file.keep()?;
        context.printer.done(&notes::how_to_open(path, count));
    }
    Ok(())
}

/// Why the file was not begun.
fn unmade(path: &Path, error: FileError) -> SinkError {
    let path = path.to_owned();
    match error {
        error if error.is_in_the_way() && path.is_symlink() => SinkError::Link(path),
        error if error.is_in_the_way() => SinkError::Exists(path),
        error if error.is_missing() => SinkError::NoFolder(path),
        error => SinkError::Create { path, source: io::Error::other(error) },
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    PathBuf::from(name)
}

/// The file of `--secrets-to`.
struct Lines {
    path: PathBuf,
    lines: LinesFile,
}

impl SecretLines for Lines {
    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.lines.append(lines)
    }

    fn take_back(&mut self, length: usize) -> io::Result<()> {
        self.lines.take_back(length)
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        let unnamed =
            |error| SinkError::Unnamed { path: beside(&self.path), source: io::Error::other(error) };
        self.lines.finish().map_err(unnamed)
    }

    fn leave(&mut self) {
        self.lines.leave();
    }
}

/// Gives the file its name, however the command ended: what was handed out before counts.
pub(in crate::cli) fn close<T>(
    sink: Option<SecretSink>,
    printer: &Printer,
    ended: Result<T, Failure>,
) -> Result<T, Failure> {
    match (sink.map_or(Ok(()), SecretSink::finish), ended) {
        (Ok(()), ended) => ended,
        (Err(error), Ok(_)) => Err(error.into()),
        (Err(error), Err(ended)) => {
            printer.warn(&format!("{error}."));
            Err(ended)
        }
    }
}

/// Hands secrets out, then makes their change; takes them back if it fails. So there is never a new password that nobody
/// knows.
pub(in crate::cli) fn then_commit<T>(
    sink: &mut SecretSink,
    hand_out: impl FnOnce(&mut SecretSink) -> Result<(), SinkError>,
    commit: impl FnOnce() -> Result<T, FlowError>,
) -> Result<T, Failure> {
    hand_out(sink)?;
    let committed = commit();
    match &committed {
        Ok(_) => {}
        // Where nobody knows what became of the change, the secret stays: it may be the only one that works.
        Err(error) if error.leaves_unknown() => sink.leave()?,
        Err(_) => sink.take_back()?,
    }
    Ok(committed?)
}
