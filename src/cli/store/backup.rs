//! `regain store backup`

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use crate::cli::shared::runner::{self, Consent};
use crate::cli::shared::{Failure, Planned, Session};
use crate::flow::BackupStore;
use crate::ui::{Column, Row, Scratch, column};

/// Back up the whole store to a new file
///
/// The copy is consistent, even while regain is in use. It does not contain the key: keep a copy of the key file
/// elsewhere. Nobody can use the backup without the key, and anybody can use it with the key.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain store backup copy.db\n  regain store backup - | gzip > copy.db.gz"
)]
pub(in crate::cli) struct Backup {
    /// The file to create; - is standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// A backup that was made or put back.
#[derive(Debug, Serialize)]
pub(super) struct Copied {
    file: String,
    store: String,
    /// Where the former store is kept.
    former: Option<String>,
    key_included: bool,
}

impl Row for Copied {
    const COLUMNS: &'static [Column<Self>] = &[
        column("file", |row| row.file.clone()),
        column("store", |row| row.store.clone()),
        column("former store", |row| row.former.clone().unwrap_or_default()),
    ];
}

/// It changes nothing, so it asks nothing.
pub(super) fn run(arguments: &Backup, session: &Session<'_>) -> Result<(), Failure> {
    let file = arguments.file.as_path();
    let context = session.context;
    let env = session.operating();
    if file == Path::new("-") {
        return to_stdout(session);
    }
    let change = BackupStore::plan(&env, file.to_owned())?;
    let planned = Planned::of(copied(file, session, None));
    let made = runner::run_by(context, &env, Consent::Implied, planned, change);
    if made.map_err(|failure| failure.of_file("<FILE>"))?.is_none() {
        return Ok(());
    }
    context.printer.done(&format!("Wrote a copy of the store to {}.", file.display()));
    context.printer.hint("the key is not in it: keep a copy of the key file elsewhere");
    Ok(context.printer.written(&copied(file, session, None), true)?)
}

/// By way of a private folder, because a copy is made in a file.
fn to_stdout(session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    if context.printer.writes_to_terminal() && !context.globals.dry_run {
        return Err(Failure::usage_with(
            "a copy of the store cannot be shown on a terminal",
            "name a new file, or redirect standard output",
        )
        .of("<FILE>"));
    }
    let scratch = Scratch::make("regain-backup-").context("a folder for the copy could not be made")?;
    let copy = scratch.path().join("copy");
    let change = BackupStore::plan(&env, copy.clone())?.named("standard output");
    let planned = Planned::of(copied(Path::new("-"), session, None));
    if runner::run_by(context, &env, Consent::Implied, planned, change)?.is_none() {
        return Ok(());
    }
    let mut file = File::open(&copy).context("the copy could not be read")?;
    let mut part = vec![0; 1 << 16];
    loop {
        let length = file.read(&mut part).context("the copy could not be read")?;
        match part.get(..length) {
            Some(bytes) if length > 0 && !context.printer.is_closed() => context.printer.bytes(bytes)?,
            _ => break,
        }
    }
    context.printer.flush()?;
    context.printer.done("Wrote a copy of the store to standard output.");
    context.printer.hint("the key is not in it: keep a copy of the key file elsewhere");
    Ok(())
}

pub(super) fn copied(file: &Path, session: &Session<'_>, former: Option<&Path>) -> Copied {
    let store = session.config.locations.store.file();
    Copied {
        file: file.display().to_string(),
        store: store.display().to_string(),
        former: former.map(|path| path.display().to_string()),
        key_included: false,
    }
}
