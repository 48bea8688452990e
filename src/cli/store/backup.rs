//! `regain store backup`

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::shared::runner::{self, Consent};
use crate::cli::shared::{Failure, Session};
use crate::flow::BackupStore;
use crate::ui::{Column, Row, column};

/// Write a copy of the whole store into a new file
///
/// The copy is consistent, whatever else happens meanwhile. The key is not in it: keep a copy of the key
/// file elsewhere, because without the key nobody can use the copy, and with both anybody can.
#[derive(Debug, Args)]
pub(in crate::cli) struct Backup {
    /// The backup
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
    let change = BackupStore::plan(&env, file.to_owned())?;
    if runner::run_by(context, &env, Consent::Implied, change)?.is_none() {
        return Ok(());
    }
    context.printer.done(&format!("Wrote a copy of the store to {}.", file.display()));
    context.printer.hint("the key is not in it: keep a copy of the key file elsewhere");
    Ok(context.printer.written(&copied(file, session, None), true)?)
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
