//! `regain store …`

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::runner::{self, Consent};
use crate::cli::shared::{Context, Failure, Session};
use crate::config::{self, Config, Intent, StoreUrl};
use crate::domain::operator::{Task, Verdict, judge};
use crate::domain::span;
use crate::domain::time::{Clock, SystemClock};
use crate::flow::{
    self, BackupStore, Chain, Denial, FlowError, PurgeStore, Refusal, RestoreStore, RotateKey,
};
use crate::keyring::KeyRing;
use crate::os;
use crate::store::sqlite::{FORMER, Sqlite, Staged};
use crate::store::{Engine, StoreError};
use crate::ui::Row;

/// The store itself.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Write a copy of the whole store into a new file
    ///
    /// The copy is consistent, whatever else happens meanwhile. The key is not in it: keep a copy of the key
    /// file elsewhere, because without the key nobody can use the copy, and with both anybody can.
    Backup(File),
    /// Put a backup in the place of the store
    ///
    /// The present store is kept beside it. Nothing that was live when the backup was made lives on: requests,
    /// codes, setup tokens and waiting messages end.
    Restore(Restore),
    /// Look for damage and for changes made without regain
    Check,
    /// Delete what ended long ago
    Purge(Purge),
    /// Put a new key into the key file; the old ones stay
    RotateKey,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct File {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Put it back although its operation records do not hold together, and record that
    #[arg(long)]
    accept_broken_records: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Purge {
    /// Instead of what the config says: a span such as 7d, at least 1d
    #[arg(long, value_name = "SPAN")]
    older_than: Option<String>,
}

/// A backup that was made or put back.
#[derive(Debug, Serialize)]
struct Copied {
    file: String,
    store: String,
    /// Where the former store is kept.
    former: Option<String>,
    key_included: bool,
}

impl Row for Copied {
    fn columns() -> &'static [&'static str] {
        &["file", "store", "former store"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.file.clone(), self.store.clone(), self.former.clone().unwrap_or_default()]
    }
}

#[derive(Debug, Serialize)]
struct Checked {
    ok: bool,
    findings: Vec<String>,
}

impl Row for Checked {
    fn columns() -> &'static [&'static str] {
        &["result"]
    }

    fn cells(&self) -> Vec<String> {
        vec![if self.ok { "The store is sound.".to_owned() } else { self.findings.join("; ") }]
    }
}

#[derive(Debug, Serialize)]
struct PurgedView {
    deleted: u64,
}

impl Row for PurgedView {
    fn columns() -> &'static [&'static str] {
        &["deleted"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.deleted.to_string()]
    }
}

#[derive(Debug, Serialize)]
struct RotatedView {
    key_id: String,
    keys: u64,
    resealed: u64,
    key_file: String,
}

impl Row for RotatedView {
    fn columns() -> &'static [&'static str] {
        &["new key", "keys", "messages sealed anew", "key file"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.key_id.clone(), self.keys.to_string(), self.resealed.to_string(), self.key_file.clone()]
    }
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    match command {
        Command::Backup(file) => backup(&file.file, &context.open()?),
        Command::Restore(arguments) => restore(&arguments, context),
        Command::Check => check(context),
        Command::Purge(arguments) => purge(&arguments, &context.open()?),
        Command::RotateKey => rotate_key(&context.open()?),
    }
}

/// It changes nothing, so it asks nothing.
fn backup(file: &Path, session: &Session<'_>) -> Result<(), Failure> {
    let context = session.context;
    let env = session.operating();
    let change = BackupStore::plan(&env, file.to_owned())?;
    if runner::run_by(context, &env, Consent::Implied, change)?.is_none() {
        return Ok(());
    }
    context.printer.done(&format!("Wrote a copy of the store to {}.", file.display()));
    context.printer.hint("the key is not in it: keep a copy of the key file elsewhere");
    Ok(context.printer.one_if_data(&copied(file, session, None))?)
}

fn copied(file: &Path, session: &Session<'_>, former: Option<&Path>) -> Copied {
    let StoreUrl::Sqlite(store) = &session.config.locations.store;
    Copied {
        file: file.display().to_string(),
        store: store.display().to_string(),
        former: former.map(|path| path.display().to_string()),
        key_included: false,
    }
}

fn restore(arguments: &Restore, context: &Context<'_>) -> Result<(), Failure> {
    let config = config::load(&context.places(Intent::Use))?;
    let keys = context.keys(&config)?;
    let StoreUrl::Sqlite(live) = config.locations.store.clone();
    context.trust_store(&live)?;
    let present = present(context, &config, &live)?;
    let file = &arguments.file;
    if !file.exists() {
        return Err(Failure::usage(format!("there is no file {}", file.display())));
    }
    if is_same(file, &live) {
        return Err(FlowError::from(Refusal::BackupIsStore(file.display().to_string())).into());
    }
    // The store may have been lost with its folder.
    let folder = live.parent().filter(|folder| !folder.exists()).map(Path::to_owned);
    if let Some(folder) = &folder {
        os::create_folder(folder)?;
    }
    let done = put_back(arguments, context, config, keys, present, &live);
    if let Some(folder) = folder {
        // Where nothing was put back, it is empty and goes; else this fails, as it should.
        let _ = std::fs::remove_dir(folder);
    }
    done
}

/// The store that is to be replaced, if it opens, for whoever may replace it. Judged before any file is looked at:
/// through the service, a file is looked at with rights that the caller does not have.
fn present(context: &Context<'_>, config: &Config, live: &Path) -> Result<Option<Box<dyn Engine>>, Failure> {
    match Sqlite::open(live) {
        Ok(store) => {
            // A stranger is refused, and recorded, by the store that is to be replaced.
            let session = context.session(config.clone(), context.keys(config)?, store, None);
            session.operating().authorize(Task::ManageStore, None)?;
            Ok(Some(session.store))
        }
        Err(
            StoreError::Missing(_)
            | StoreError::Foreign(_)
            | StoreError::Corrupt(_)
            | StoreError::Damaged { .. }
            | StoreError::Tampered { .. },
        ) => {
            // There is nothing to record it in.
            let role = context.role(config, live);
            let (task, verdict) = (Task::ManageStore, judge(role, Task::ManageStore, None));
            if verdict != Verdict::Allowed {
                return Err(FlowError::from(Denial::Role { role, task, verdict }).into());
            }
            Ok(None)
        }
        Err(other) => Err(other.into()),
    }
}

/// Whether two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    place(one).is_some_and(|found| place(other) == Some(found))
}

fn put_back(
    arguments: &Restore,
    context: &Context<'_>,
    config: Config,
    keys: KeyRing,
    present: Option<Box<dyn Engine>>,
    live: &Path,
) -> Result<(), Failure> {
    let file = arguments.file.as_path();
    let staged = Staged::new(file, live).map_err(|error| match error {
        StoreError::Tampered { finding, .. } => FlowError::from(Refusal::BackupDamaged(finding)).into(),
        other => Failure::from(other),
    })?;
    let role = context.role(&config, live);
    let mut session = context.session(config, keys, Sqlite::open(staged.path())?, None);
    session.actor.role = role;
    let kept = live.symlink_metadata().is_ok();
    let chain = if arguments.accept_broken_records { Chain::MayBeBroken } else { Chain::Whole };
    let stem = kept.then(|| beside(live, FORMER));
    let change = RestoreStore::plan(&session.operating(), stem, chain)?;
    if runner::run(context, &session.operating(), change)?.is_none() {
        return Ok(());
    }
    let former = former(live, SystemClock.now());
    let view = copied(file, &session, kept.then_some(former.as_path()));
    drop(session);
    let replaced = replace(present, staged, live, &former);
    if matches!(replaced, Err(Failure::Flow(FlowError::Store(StoreError::Uncleared(_))))) {
        context.printer.tell(&format!(
            "{} is in the place of the store; the former one is kept as {}.",
            file.display(),
            former.display()
        ));
    }
    replaced?;
    context.printer.done(&format!("Put {} in the place of the store.", file.display()));
    if kept {
        context.printer.hint(&format!("the former store is kept as {}", former.display()));
    }
    Ok(context.printer.one_if_data(&view)?)
}

/// Keeps the present store and puts the copy in its place: in one transaction for every process that has it
/// open, or by moving files where it is too damaged for that.
fn replace(
    present: Option<Box<dyn Engine>>,
    staged: Staged,
    live: &Path,
    former: &Path,
) -> Result<(), Failure> {
    if let Some(store) = present {
        match flow::copy_store(store.as_ref(), former) {
            Ok(()) => match store.restore(staged.path()) {
                Ok(()) => return Ok(store.compact()?),
                // The present store may be gone by now.
                Err(error @ StoreError::Unknown(_)) => return Err(error.into()),
                Err(error) => {
                    // It is still in its place: a copy of it beside it would be of no use.
                    let _ = std::fs::remove_file(former);
                    if !matches!(error, StoreError::Corrupt(_)) {
                        return Err(error.into());
                    }
                }
            },
            Err(StoreError::Corrupt(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(staged.install(live, former)?)
}

/// The name under which a store is kept that was replaced now.
fn former(live: &Path, now: Timestamp) -> PathBuf {
    beside(live, &format!("{FORMER}{}", now.strftime("%Y%m%dT%H%M%S%3fZ")))
}

fn beside(live: &Path, tail: &str) -> PathBuf {
    let mut name = live.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}

fn check(context: &Context<'_>) -> Result<(), Failure> {
    let findings = match context.open() {
        Ok(session) => flow::check_store(&session.operating())?,
        Err(Failure::Flow(FlowError::Store(error))) => check_closed(context, error)?,
        Err(other) => return Err(other),
    };
    let count = findings.len();
    context.printer.one(&Checked { ok: count == 0, findings })?;
    if count == 0 { Ok(()) } else { Err(Failure::Unsound { findings: count }) }
}

/// The check of a store that does not open: looked at without a write where that can be done, so that nothing
/// in it runs.
fn check_closed(context: &Context<'_>, error: StoreError) -> Result<Vec<String>, Failure> {
    match error {
        StoreError::Tampered { path, .. } => {
            let config = config::load(&context.places(Intent::Use))?;
            let keys = context.keys(&config)?;
            let session = context.session(config, keys, Sqlite::look(&path)?, None);
            Ok(flow::check_store(&session.operating())?)
        }
        StoreError::Corrupt(_) | StoreError::Damaged { .. } => Ok(vec![flow::describe_damage(&error)]),
        other => Err(other.into()),
    }
}

fn purge(arguments: &Purge, session: &Session<'_>) -> Result<(), Failure> {
    let older_than = arguments.older_than.as_deref().map(span::parse).transpose();
    let older_than = older_than.map_err(|error| Failure::usage(error.to_string()))?;
    let env = session.operating();
    let Some(purged) = runner::run(session.context, &env, PurgeStore::plan(&env, older_than)?)? else {
        return Ok(());
    };
    session.context.printer.done(&format!("Deleted {} rows that had ended long ago.", purged.rows));
    Ok(session.context.printer.one_if_data(&PurgedView { deleted: purged.rows })?)
}

fn rotate_key(session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let file = session.config.locations.key.clone();
    let key_file = file.display().to_string();
    let env = session.operating();
    let change = RotateKey::plan(&env, file, session.context.identity.uid)?;
    let Some(rotated) = runner::run(session.context, &env, change)? else { return Ok(()) };
    printer.done(&format!("Put the new key {} into {key_file}.", rotated.key_id));
    printer.hint("make a new copy of the key file, and keep it apart from the backups");
    let view =
        RotatedView { key_id: rotated.key_id, keys: rotated.keys, resealed: rotated.resealed, key_file };
    Ok(printer.one_if_data(&view)?)
}
