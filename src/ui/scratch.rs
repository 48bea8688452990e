//! A folder that is gone at the end, also when a signal ends the process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use super::terminal;

/// What the thread that waits for signals removes.
static FOLDER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// How often removal is tried while the rest of the process still writes into the folder.
const TRIES: usize = 10;

/// A temporary folder. A process has one.
pub struct Scratch(TempDir);

impl Scratch {
    /// Signals that end the process are watched before it is made.
    pub fn make(prefix: &str) -> io::Result<Self> {
        terminal::clean_up_by(remove)?;
        // Held until the folder is noted: a signal in between finds it.
        let mut noted = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::Builder::new().prefix(prefix).tempdir()?;
        *noted = Some(folder.path().to_owned());
        Ok(Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Just before the end by a signal.
fn remove() {
    let folder = FOLDER.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(folder) = folder else { return };
    for _ in 0..TRIES {
        if !matches!(fs::remove_dir_all(&folder), Err(error) if error.kind() != io::ErrorKind::NotFound) {
            return;
        }
    }
}
