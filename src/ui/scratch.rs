//! A folder that is gone at the end, also when a signal ends the process.

use std::io;
use std::path::Path;

use tempfile::TempDir;

use super::terminal;

/// A temporary folder. A process has one.
pub struct Scratch(TempDir);

impl Scratch {
    /// Signals that end the process are watched before it is made.
    pub fn make(prefix: &str) -> io::Result<Self> {
        terminal::watch_signals()?;
        // Held until the folder is noted: a signal in between finds it.
        let mut noted = terminal::folder_to_remove();
        let folder = tempfile::Builder::new().prefix(prefix).tempdir()?;
        *noted = Some(folder.path().to_owned());
        Ok(Self(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}
