//! Files that are written as a whole: there, or not there.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::files::{FileError, folder_of};
use super::unfinished::{Leavings, Unfinished};

/// A file of its own making (security T4), written bit by bit; dropped before [`NewFile::keep`], it is removed.
#[derive(Debug)]
pub struct NewFile {
    unfinished: Unfinished,
    file: BufWriter<File>,
}

impl NewFile {
    /// Begins the file. It never opens what exists and follows no link.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let unfinished = Unfinished::begin_new(path, Leavings::Removed)?;
        let file = unfinished.file().try_clone().map_err(|error| unfinished.failed(error))?;
        Ok(Self { unfinished, file: BufWriter::new(file) })
    }

    /// The file is whole: it gets its name, on disk when this returns.
    pub fn keep(mut self) -> Result<(), FileError> {
        self.file.flush().map_err(|error| self.failed(error))?;
        self.unfinished.finish()
    }

    /// The error of a write to it.
    pub fn failed(&self, source: io::Error) -> FileError {
        self.unfinished.failed(source)
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Makes a new private file with these bytes, on disk when this returns. If it fails, no file is left.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = NewFile::create(path)?;
    file.write_all(bytes).map_err(|source| file.failed(source))?;
    file.keep()
}

/// Puts a private file with these bytes in the place of another, as a whole.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let unfinished = Unfinished::begin(path, Leavings::Removed)?;
    unfinished.file().write_all(bytes).map_err(|source| unfinished.failed(source))?;
    unfinished.replace()
}

/// Writes a file that everyone may read, such as a manual page, and its folder if that is missing; another file
/// of that name is replaced as a whole.
pub fn write_public(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    let folder = folder_of(path);
    if !folder.exists() {
        std::fs::create_dir(folder).map_err(failed)?;
        std::fs::set_permissions(folder, Permissions::from_mode(0o755)).map_err(failed)?;
    }
    replace(path, bytes)?;
    std::fs::set_permissions(path, Permissions::from_mode(0o644)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t4_a_new_file_is_private_and_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert!(!path.exists());
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"whole").unwrap();
        file.keep().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(NewFile::create(&path).unwrap_err().is_in_the_way());
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
    }
}
