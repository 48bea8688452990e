//! Files that get their name when they are whole: what a killed command leaves stands under another one.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FlockOperation, Mode, OFlags, RenameFlags, flock, linkat, renameat_with};
use rustix::io::Errno;

use super::files::{FileError, create_private, folder_of, sync_folder};

/// What follows the name of a file until it is whole.
pub const UNFINISHED: &str = ".unfinished";

/// How often others may come in between. Each time is another process that looks whether the file is of one that lives.
const TRIES: u32 = 20;

/// What becomes of what a killed command left under the other name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leavings {
    /// Of no use to anybody.
    Removed,
    /// What it holds still counts.
    TakenUp,
}

/// A private file (security T4) in the making, held against every other process that would make it, too.
///
/// Dropped before it is finished, it is removed.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    beside: PathBuf,
    file: File,
    settled: bool,
}

impl Unfinished {
    /// Begins a new file, or goes on with one that was left. It is 0600 under any umask, and empty unless it is
    /// taken up; no link is followed.
    pub fn begin(path: &Path, leavings: Leavings) -> Result<Self, FileError> {
        let beside = beside(path);
        // Told of the name that was asked for, whichever of the two could not be made.
        let failed = |error: FileError| match error {
            FileError::Open { source, .. } => FileError::Open { path: path.to_owned(), source },
            other => other,
        };
        for _ in 0..TRIES {
            let (file, left) = match create_private(&beside) {
                Ok(file) => (file, false),
                Err(error) if error.is_in_the_way() => match reopen(&beside)? {
                    Some(file) => (file, true),
                    None => continue,
                },
                Err(error) => return Err(failed(error)),
            };
            let held = flock(&file, FlockOperation::NonBlockingLockExclusive);
            if held == Err(Errno::WOULDBLOCK) && left {
                return Err(FileError::InUse { path: path.to_owned() });
            }
            if held == Err(Errno::WOULDBLOCK) || !is_named(&file, &beside) {
                continue;
            }
            if !left || leavings == Leavings::TakenUp {
                return Ok(Self { path: path.to_owned(), beside, file, settled: false });
            }
            // Nobody holds it: whoever made it was killed.
            fs::remove_file(&beside).map_err(|source| FileError::Write { path: beside.clone(), source })?;
        }
        Err(FileError::InUse { path: path.to_owned() })
    }

    /// Begins a file that is to be new, if nothing has its name yet.
    pub fn begin_new(path: &Path, leavings: Leavings) -> Result<Self, FileError> {
        if path.symlink_metadata().is_ok() {
            let source = Errno::EXIST.into();
            return Err(FileError::Open { path: path.to_owned(), source });
        }
        Self::begin(path, leavings)
    }

    /// Where it stands until it is whole.
    pub fn beside(&self) -> &Path {
        &self.beside
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    /// The error of a write to it.
    pub fn failed(&self, source: io::Error) -> FileError {
        FileError::Write { path: self.path.clone(), source }
    }

    /// It is whole: it gets its name, if nothing else has it, and is on disk when this returns.
    pub fn finish(mut self) -> Result<(), FileError> {
        self.file.sync_all().map_err(|source| self.failed(source))?;
        self.rename()?;
        if let Err(source) = sync_folder(folder_of(&self.path)) {
            // Told as not made, it must not stand in the way of the next try.
            self.settled = fs::rename(&self.path, &self.beside).is_err();
            return Err(self.failed(source));
        }
        self.settled = true;
        Ok(())
    }

    /// Finishes what is on disk already, and counts under either name: where it gets no name, it stays under the
    /// other one, for the next command that takes it up.
    pub fn finish_or_leave(mut self) -> Result<(), FileError> {
        self.settled = true;
        self.rename()?;
        // Without it, the loss of power would at worst bring the other name back.
        let _ = sync_folder(folder_of(&self.path));
        Ok(())
    }

    /// Leaves what is on disk already under the other name, for the next command that takes it up.
    pub fn leave(mut self) {
        self.settled = true;
    }

    /// Takes the place of another file: whoever reads sees the old or the new one, whole, also after a loss of power.
    pub fn replace(mut self) -> Result<(), FileError> {
        let replaced = self.file.sync_all().and_then(|()| fs::rename(&self.beside, &self.path));
        replaced.map_err(|source| self.failed(source))?;
        self.settled = true;
        sync_folder(folder_of(&self.path)).map_err(|source| self.failed(source))
    }

    fn rename(&self) -> Result<(), FileError> {
        rename_new(&self.beside, &self.path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => FileError::Open { path: self.path.clone(), source },
            _ => self.failed(source),
        })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.settled {
            // The file is ours and incomplete; that it could not be removed would add nothing.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Whether a file was begun, and is not finished.
pub fn was_begun(path: &Path) -> bool {
    beside(path).exists()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(UNFINISHED);
    PathBuf::from(name)
}

/// What was left, if it is a file of our own that nobody else has another name of; `None` where it is gone by now.
fn reopen(beside: &Path) -> Result<Option<File>, FileError> {
    // Without NONBLOCK, opening a pipe of that name would wait for ever.
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let failed = |source: io::Error| FileError::Open { path: beside.to_owned(), source };
    let file = match rustix::fs::open(beside, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(failed(errno.into())),
    };
    let found = file.metadata().map_err(failed)?;
    if !found.is_file() || found.nlink() > 1 || found.uid() != rustix::process::geteuid().as_raw() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    // Whatever it was made with, what is written now is private.
    rustix::fs::fchmod(&file, Mode::RUSR | Mode::WUSR).map_err(|errno| failed(errno.into()))?;
    Ok(Some(file))
}

/// Whether the name still leads to the file.
fn is_named(file: &File, name: &Path) -> bool {
    match (file.metadata(), name.symlink_metadata()) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Renames and replaces nothing.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system that cannot tell: a second name fails where there is one, too.
        Err(Errno::INVAL | Errno::NOSYS) => {
            linkat(CWD, from, CWD, to, rustix::fs::AtFlags::empty())?;
            fs::remove_file(from)
        }
        renamed => Ok(renamed?),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn t5_a_file_has_its_name_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let unfinished = Unfinished::begin_new(&path, Leavings::Removed).unwrap();
        unfinished.file().write_all(b"whole").unwrap();
        assert_eq!(names(folder.path()), ["out.unfinished"]);
        unfinished.finish().unwrap();
        assert_eq!(names(folder.path()), ["out"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Unfinished::begin_new(&path, Leavings::Removed).unwrap_err().is_in_the_way());
    }

    #[test]
    fn t5_what_was_left_is_removed_or_taken_up_and_what_is_held_is_neither() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(beside(&path), "left").unwrap();
        let held = Unfinished::begin_new(&path, Leavings::TakenUp).unwrap();
        assert_eq!(fs::read(held.beside()).unwrap(), b"left");
        let said = Unfinished::begin_new(&path, Leavings::Removed).unwrap_err().to_string();
        assert_eq!(said, format!("write {}: another regain is writing it", path.display()));
        fs::write(&path, "in the way").unwrap();
        assert!(held.finish_or_leave().is_err());
        fs::remove_file(&path).unwrap();
        assert_eq!(names(folder.path()), ["out.unfinished"]);
        let fresh = Unfinished::begin_new(&path, Leavings::Removed).unwrap();
        assert_eq!(fs::read(fresh.beside()).unwrap(), b"");
        drop(fresh);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn t4_a_name_that_somebody_took_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let unfinished = Unfinished::begin_new(&path, Leavings::Removed).unwrap();
        fs::write(&path, "theirs").unwrap();
        assert!(unfinished.finish().unwrap_err().is_in_the_way());
        assert_eq!(
            (fs::read(&path).unwrap().as_slice(), names(folder.path())),
            (b"theirs".as_slice(), vec!["out".to_owned()])
        );
    }

    #[test]
    fn t4_what_is_no_file_of_ours_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, target) = (folder.path().join("out"), folder.path().join("target"));
        fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, beside(&path)).unwrap();
        assert!(Unfinished::begin_new(&path, Leavings::Removed).is_err());
        fs::remove_file(beside(&path)).unwrap();
        fs::hard_link(&target, beside(&path)).unwrap();
        assert!(Unfinished::begin_new(&path, Leavings::TakenUp).is_err());
        assert_eq!(fs::read(&target).unwrap(), b"kept");
    }
}
