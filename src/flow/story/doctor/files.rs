//! Files: whose they are, and who else could touch them (security O0, T4).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Finding;
use super::finding::or_ok;
use crate::config::{self, Locations};
use crate::domain::shell;
use crate::guidance::doctor as remedies;
use crate::keyring::KeyRing;
use crate::os::{self, Exposure, FileError, UNFINISHED};
use crate::store::STAGED;

/// What a few changes take, with room for the log beside the store.
const LITTLE: u64 = 1024 * 1024;

/// The key file, and the keys in it if it can be read.
pub fn key(locations: &Locations, store: &Path, process_uid: u32) -> (Vec<Finding>, Option<KeyRing>) {
    const CHECK: &str = "key";
    let read = config::read_key(locations, process_uid).map_err(|error| (error.to_string(), error.hint()));
    let parsed = read.and_then(|text| {
        KeyRing::parse(&text).map_err(|error| (error.to_string(), error.hint().map(str::to_owned)))
    });
    let keys = match parsed {
        Ok(keys) => keys,
        Err((error, hint)) => {
            let remedy = hint.unwrap_or_else(|| "look at the file".to_owned());
            return (vec![Finding::error(CHECK, format!("regain cannot {error}."), remedy)], None);
        }
    };
    let count = keys.list().count();
    let message =
        format!("{} holds {count} key{}.", locations.key.display(), if count == 1 { "" } else { "s" });
    let mut findings = vec![Finding::ok(CHECK, message)];
    if locations.key.parent() == store.parent() {
        findings.push(Finding::warning(
            CHECK,
            "The key is beside the store: anyone who copies the folder has both.",
            "keep config and key in another folder than the store",
        ));
    }
    (findings, Some(keys))
}

/// What is wrong with the store's file, those that SQLite keeps beside it, and their folder.
pub fn judge_store(store: &Path, exposure: Exposure, process_uid: u32) -> Vec<FileError> {
    // Root looks after the store of whoever it belongs to.
    let owner = match std::fs::metadata(store) {
        Ok(found) if process_uid == 0 => std::os::unix::fs::MetadataExt::uid(&found),
        _ => process_uid,
    };
    let judged = with_beside(store).into_iter().map(|path| os::check_trusted(&path, exposure, owner));
    judged.filter_map(Result::err).filter(|error| !error.is_missing()).collect()
}

/// The modes of the store's files.
pub fn store_files(store: &Path, process_uid: u32) -> Vec<Finding> {
    const CHECK: &str = "modes";
    let mut findings = Vec::new();
    for error in judge_store(store, Exposure::Private, process_uid) {
        // The folder is at fault for each file in it, and is told of once.
        let finding = Finding::of_file(CHECK, "", &error);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    or_ok(findings, CHECK, "Only their owner can open the store's files.")
}

/// Whether the store can be written to: by this user, and on this disk.
pub fn writable(store: &Path) -> Vec<Finding> {
    const CHECK: &str = "store";
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if os::is_read_only(folder) {
        let message =
            format!("The disk of {} is mounted read-only: nothing can be changed.", store.display());
        return vec![Finding::error(CHECK, message, remedies::MOUNT)];
    }
    let read_only = with_beside(store).into_iter().filter(|path| !os::can_write_to(path));
    let told = |path: PathBuf| {
        let path = path.display().to_string();
        let message = format!("{path} is read-only for the user regain runs as: nothing can be changed.");
        Finding::error(CHECK, message, format!("chmod u+w {}", shell::word(&path)))
    };
    let mut findings: Vec<Finding> = read_only.map(told).collect();
    if let Some(free) = os::free_space(folder).filter(|free| *free < LITTLE) {
        findings.push(Finding::error(
            CHECK,
            format!("The disk of {} is full, or nearly: {} KiB are free.", store.display(), free / 1024),
            remedies::MAKE_ROOM,
        ));
    }
    findings
}

/// The store's file, and those that SQLite keeps beside it.
fn with_beside(store: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|tail| {
        let mut name = store.as_os_str().to_owned();
        name.push(tail);
        PathBuf::from(name)
    })
}

/// What killed commands left beside the store, the config and the key.
pub fn leftovers(locations: &Locations, store: &Path) -> Vec<Finding> {
    const CHECK: &str = "leftovers";
    let folders: BTreeSet<&Path> =
        [store, &locations.config, &locations.key].into_iter().filter_map(Path::parent).collect();
    let entries = folders.into_iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut left: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    left.sort_unstable();
    let told = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?;
        let shown = path.display().to_string();
        let word = shell::word(&shown);
        if name.starts_with(STAGED) {
            let message = format!("A restore was killed and left {shown}, a copy of a backup.");
            Some(Finding::warning(CHECK, message, remedies::staged(&word)))
        } else if name.contains(UNFINISHED) || name.starts_with(FORMER_COPY) {
            let message = format!("A command was killed and left {shown}, which is not finished.");
            let remedy =
                format!("the same command goes on with it or removes it; if none is running: rm {word}");
            Some(Finding::warning(CHECK, message, remedy))
        } else {
            None
        }
    };
    left.iter().filter_map(told).collect()
}

/// What the names of files in the making began with in former versions: a copy of the key file, too.
const FORMER_COPY: &str = ".regain-";
