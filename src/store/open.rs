//! From a store's URL to its engine: the only place that knows which engines there are.

use std::path::Path;

use super::sqlite::{self, Sqlite};
use super::{Engine, Result, StoreError};
use crate::domain::store_url::StoreUrl;

pub use super::sqlite::{FORMER, SCHEMA, STAGED, Staged};

/// The version of the engine that is built in.
pub fn engine_version() -> &'static str {
    sqlite::engine_version()
}

/// Opens a store that exists, and brings an older schema up to date.
pub fn open(url: &StoreUrl) -> Result<Box<dyn Engine>> {
    let StoreUrl::Sqlite(path) = url;
    Ok(Box::new(Sqlite::open(path)?))
}

/// Opens a store of the present schema to read alone: nothing in it runs or changes, so that a check can tell of it.
pub fn open_read_only(url: &StoreUrl) -> Result<Box<dyn Engine>> {
    let StoreUrl::Sqlite(path) = url;
    Ok(Box::new(Sqlite::open_read_only(path)?))
}

/// Makes a new, empty store, readable by its owner only; refuses what exists.
pub fn create(url: &StoreUrl) -> Result<Box<dyn Engine>> {
    let StoreUrl::Sqlite(path) = url;
    Ok(Box::new(Sqlite::create(path)?))
}

/// Makes the empty file `beside` a store that is to get the name in `url`, has it filled, and brings all of it into that
/// one file.
pub fn furnish<E: From<StoreError>>(
    url: &StoreUrl,
    beside: &Path,
    fill: impl FnOnce(Box<dyn Engine>) -> Result<(), E>,
) -> Result<(), E> {
    let StoreUrl::Sqlite(path) = url;
    let made = Sqlite::furnish(beside).map_err(E::from).and_then(|fresh| {
        fill(Box::new(fresh))?;
        Ok(Sqlite::open(beside)?.finish()?)
    });
    // A log that stayed is empty, or of a store that is not to be. One of a lost store's would be taken for the
    // new one's.
    for log in [beside, path] {
        sqlite::remove_logs(log)?;
    }
    made
}

/// Copies a backup beside the store that it is to replace, and brings an older schema up to date.
pub fn stage(url: &StoreUrl, backup: &Path) -> Result<Staged> {
    let StoreUrl::Sqlite(path) = url;
    Staged::new(backup, path)
}
