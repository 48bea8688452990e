//! The first record of a store, and copies of it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::purge::PURGED;
use crate::domain::{Action, NewEvent, Target, Task};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError};
use crate::os::{FileError, Leavings, Unfinished};
use crate::store::{Engine, StoreError};

/// The first operation record of a new store.
pub fn record_creation(env: &Env<'_>) -> Result<(), FlowError> {
    env.write(|tx| {
        // Nothing in it is a day old, so the first purge is not due before tomorrow.
        tx.store.set_meta(PURGED, &tx.now.as_millisecond().to_string())?;
        Ok(NewEvent::success(Action::CreateStore, Target::None).append(tx)?)
    })
}

/// A copy of the whole store into a new file.
#[derive(Debug)]
pub struct BackupStore {
    to: PathBuf,
    /// How people call the place.
    place: String,
}

impl BackupStore {
    pub fn plan(env: &Env<'_>, to: PathBuf) -> Result<Self, FlowError> {
        env.authorize(Task::ManageStore, None)?;
        let place = format!("the new file {}", to.display());
        Ok(Self { to, place })
    }

    /// Where the file is a step on the way to another place.
    #[must_use]
    pub fn named(self, place: &str) -> Self {
        Self { place: place.to_owned(), ..self }
    }
}

impl Change for BackupStore {
    type Done = ();

    fn effects(&self) -> Vec<String> {
        vec![
            format!("a copy of the whole store is written to {}", self.place),
            "the key is not in it: keep a copy of the key file elsewhere".to_owned(),
        ]
    }

    /// The record comes first, so that there is no copy that nobody knows of; it stands in the copy, too.
    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<(), FlowError> {
        let copy = begin(&self.to)?;
        env.record_look(&NewEvent::success(Action::BackupStore, Target::None))?;
        Ok(finish(env.store, copy, &self.to)?)
    }
}

/// A copy of the whole store in a new private file, which has its name only when it is whole.
pub fn copy_store(store: &dyn Engine, to: &Path) -> Result<(), StoreError> {
    finish(store, begin(to)?, to)
}

fn begin(to: &Path) -> Result<Unfinished, StoreError> {
    Unfinished::begin_new(to, Leavings::Removed).map_err(|error| unmade(error, to))
}

fn finish(store: &dyn Engine, copy: Unfinished, to: &Path) -> Result<(), StoreError> {
    store.backup(copy.beside())?;
    copy.finish().map_err(|error| unmade(error, to))
}

fn unmade(error: FileError, to: &Path) -> StoreError {
    match error {
        FileError::Open { source, .. }
            if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            StoreError::NoFolder(to.to_owned())
        }
        FileError::Open { source, .. } if source.kind() != ErrorKind::AlreadyExists => {
            StoreError::Unmade(to.to_owned(), Box::new(source))
        }
        FileError::Open { .. } => StoreError::Exists(to.to_owned()),
        other => StoreError::Unmade(to.to_owned(), Box::new(other)),
    }
}
