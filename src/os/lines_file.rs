//! A private file of lines that count as soon as they stand in it.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::files::{FileError, folder_of, sync_folder};
use super::unfinished::{Leavings, Unfinished};

/// A file that takes lines, which are on the disk before the next step. It gets its name at the end, and one that
/// a killed command left under the other name is gone on with: its lines still count.
#[derive(Debug)]
pub struct LinesFile {
    /// None when it was finished.
    unfinished: Option<Unfinished>,
    /// Bytes of its whole lines.
    length: u64,
    taken_up: bool,
}

impl LinesFile {
    /// Begins a file that must not exist yet, or goes on with what was left of it.
    pub fn begin(path: &Path) -> Result<Self, FileError> {
        let unfinished = Unfinished::begin_new(path, Leavings::TakenUp)?;
        let length = whole_lines(&unfinished).map_err(|error| unfinished.failed(error))?;
        // The other name, too, must last as long as what is written under it.
        sync_folder(folder_of(path)).map_err(|error| unfinished.failed(error))?;
        Ok(Self { unfinished: Some(unfinished), length, taken_up: length > 0 })
    }

    /// Whether lines of a command that was killed stand before the new ones.
    pub fn is_taken_up(&self) -> bool {
        self.taken_up
    }

    /// Adds lines, with their line feeds. If they cannot be written whole, nothing of them stands.
    pub fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let Some(unfinished) = &self.unfinished else { return Err(io::ErrorKind::NotConnected.into()) };
        let mut file = unfinished.file();
        let written = file.write_all(lines).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half a line would spoil the lines after it. If this fails too, the first error says enough.
            let _ = cut(unfinished, self.length);
            return Err(error);
        }
        self.length += lines.len() as u64;
        Ok(())
    }

    /// Takes lines of so many bytes at the end back.
    pub fn take_back(&mut self, length: usize) -> io::Result<()> {
        let kept = self.length.saturating_sub(length as u64);
        if let Some(unfinished) = &self.unfinished {
            cut(unfinished, kept)?;
        }
        self.length = kept;
        Ok(())
    }

    /// Leaves it under the other name, for a command that goes on with it.
    pub fn leave(&mut self) {
        match self.unfinished.take() {
            Some(unfinished) if self.length > 0 => unfinished.leave(),
            _ => {}
        }
    }

    /// Gives it its name, or removes it if no line stands in it.
    pub fn finish(&mut self) -> Result<(), FileError> {
        match self.unfinished.take() {
            Some(unfinished) if self.length > 0 => unfinished.finish_or_leave(),
            _ => Ok(()),
        }
    }
}

impl Drop for LinesFile {
    /// A command that ended badly handed out what it did before.
    fn drop(&mut self) {
        // Whoever does not ask how it ends has another error to tell.
        let _ = self.finish();
    }
}

/// How long the file is without a line that was begun and not ended, which is cut off.
fn whole_lines(unfinished: &Unfinished) -> io::Result<u64> {
    let mut file = unfinished.file();
    let mut bytes = Zeroizing::new(Vec::new());
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at as u64 + 1);
    cut(unfinished, whole)?;
    Ok(whole)
}

fn cut(unfinished: &Unfinished, length: u64) -> io::Result<()> {
    let mut file = unfinished.file();
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length))?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn t5_lines_of_a_killed_command_stand_before_the_new_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(folder.path().join("f.unfinished"), "one\ntw").unwrap();
        let mut file = LinesFile::begin(&path).unwrap();
        assert!(file.is_taken_up() && !path.exists());
        file.append(b"three\nfour\n").unwrap();
        file.take_back(b"four\n".len()).unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\nthree\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_got_no_line_is_not_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = LinesFile::begin(&folder.path().join("f")).unwrap();
        file.append(b"one\n").unwrap();
        file.take_back(b"one\n".len()).unwrap();
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn t5_lines_are_kept_where_somebody_took_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let mut file = LinesFile::begin(&path).unwrap();
        file.append(b"one\n").unwrap();
        fs::write(&path, "theirs").unwrap();
        assert!(file.finish().unwrap_err().is_in_the_way());
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(fs::read(folder.path().join("f.unfinished")).unwrap(), b"one\n");
    }
}
