//! `regain store restore`

use std::fs::File;
use std::io;
use std::mem::ManuallyDrop;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;

use super::backup::copied;
use crate::cli::shared::{Context, Failure, Planned, runner};
use crate::config::{Config, Intent};
use crate::domain::operator::{Verdict, judge};
use crate::domain::time::SystemClock;
use crate::domain::{Clock, Task};
use crate::flow::{self, Chain, Denial, FlowError, Refusal, RestoreStore};
use crate::keyring::KeyRing;
use crate::os;
use crate::store::{self, Engine, FORMER, Staged, StoreError};
use crate::ui::{Scratch, stdin};

/// Replace the store with a backup
///
/// The current store is kept beside it. Everything that was live in the backup ends: requests, codes, setup tokens and
/// queued messages.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain store restore monday.db")]
pub(in crate::cli) struct Restore {
    /// The backup file; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Restore even if the operation records are broken, and record that
    #[arg(long)]
    accept_broken_records: bool,
}

const FILE: &str = "<FILE>";

/// The backup that is put back.
struct Given {
    path: PathBuf,
    /// As it is told of.
    name: PathBuf,
    /// What came by standard input lies here for as long as it is needed.
    _scratch: Option<Scratch>,
}

impl Given {
    fn of(file: &Path) -> Result<Self, Failure> {
        if file != Path::new("-") {
            return Ok(Self { path: file.to_owned(), name: file.to_owned(), _scratch: None });
        }
        let scratch = Scratch::make("regain-restore-").context("a folder for the copy could not be made")?;
        let path = scratch.path().join("copy");
        let mut copy = File::create_new(&path).context("standard input could not be kept")?;
        io::copy(&mut stdin::claim_text()?, &mut copy).context("standard input could not be kept")?;
        Ok(Self { path, name: PathBuf::from("standard input"), _scratch: Some(scratch) })
    }
}

pub(super) fn run(arguments: &Restore, context: &Context<'_>) -> Result<(), Failure> {
    let config = context.load(Intent::Use)?;
    let keys = context.keys(&config)?;
    let url = config.locations.store.clone();
    let live = url.file();
    context.trust_store(live)?;
    let present = present(context, &config)?;
    let given = Given::of(&arguments.file)?;
    let file = given.path.as_path();
    if !file.exists() {
        return Err(Failure::from(StoreError::NoBackup(file.to_owned())).of_file(FILE));
    }
    if is_same(file, live) {
        let refusal = FlowError::from(Refusal::BackupIsStore(file.display().to_string()));
        return Err(Failure::from(refusal).of_file(FILE));
    }
    // The store may have been lost with its folder.
    let folder = live.parent().filter(|folder| !folder.exists()).map(Path::to_owned);
    if let Some(folder) = &folder {
        os::create_folder(folder)?;
    }
    let done = put_back(arguments, &given, context, config, keys, present);
    if let Some(folder) = folder {
        // Where nothing was put back, it is empty and goes; else this fails, as it should.
        let _ = std::fs::remove_dir(folder);
    }
    done
}

/// The store that is to be replaced, if it opens, for whoever may replace it. Judged before any file is looked at:
/// through the service, a file is looked at with rights that the caller does not have.
fn present(context: &Context<'_>, config: &Config) -> Result<Option<Box<dyn Engine>>, Failure> {
    match store::open(&config.locations.store) {
        Ok(store) => {
            // A stranger is refused, and recorded, by the store that is to be replaced.
            let session = context.session(config.clone(), context.keys(config)?, store);
            session.operating().authorize(Task::ManageStore, None)?;
            Ok(Some(ManuallyDrop::into_inner(session.store)))
        }
        Err(
            StoreError::Missing(_)
            | StoreError::Foreign(_)
            | StoreError::Corrupt(_)
            | StoreError::Damaged { .. }
            | StoreError::Tampered { .. },
        ) => {
            // There is nothing to record it in.
            let role = context.role(config);
            let (task, verdict) = (Task::ManageStore, judge(role, Task::ManageStore, None, &[]));
            if verdict != Verdict::Allowed {
                return Err(FlowError::from(Denial::Role { role, task, verdict, themself: false }).into());
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
    given: &Given,
    context: &Context<'_>,
    config: Config,
    keys: KeyRing,
    present: Option<Box<dyn Engine>>,
) -> Result<(), Failure> {
    let (file, name, url) = (given.path.as_path(), given.name.as_path(), config.locations.store.clone());
    let live = url.file();
    let staged = store::stage(&url, file).map_err(|error| match error.named(name) {
        StoreError::Tampered { finding, .. } => FlowError::from(Refusal::BackupDamaged(finding)).into(),
        other => Failure::from(other),
    });
    let staged = staged.map_err(|failure| failure.of_file(FILE))?;
    let opened = staged.open().map_err(|error| Failure::from(error.named(name)).of_file(FILE))?;
    let session = context.session(config, keys, opened);
    let kept = live.symlink_metadata().is_ok();
    let chain = if arguments.accept_broken_records { Chain::MayBeBroken } else { Chain::Whole };
    let stem = kept.then(|| beside(live, FORMER));
    let change = RestoreStore::plan(&session.operating(), stem, chain);
    let change = change.map_err(|error| Failure::from(error).of_file(FILE))?;
    if runner::run(&session, Planned::of(copied(name, &session, None)), change)?.is_none() {
        return Ok(());
    }
    let former = former(live, SystemClock.now());
    let view = copied(name, &session, kept.then_some(former.as_path()));
    drop(session);
    let replaced = replace(present, staged, live, &former);
    if matches!(replaced, Err(Failure::Flow(FlowError::Store(StoreError::Uncleared(_))))) {
        context.printer.tell(&format!(
            "{} is now the store; the former one is kept as {}.",
            name.display(),
            former.display()
        ));
    }
    replaced?;
    context.printer.done(&format!("Replaced the store with {}.", name.display()));
    if kept {
        context.printer.hint(&format!("the former store is kept as {}", former.display()));
    }
    Ok(context.printer.written(&view, true)?)
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
