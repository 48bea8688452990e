//! More rows than memory should hold.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::SpooledTempFile;

use super::files::FileError;

/// How many bytes of them memory holds.
const HELD: usize = 1 << 20;

/// Rows in their order, held in memory while they are few, and else in a file that has no name and goes with the process.
pub struct Rows<T> {
    file: BufWriter<SpooledTempFile>,
    count: u64,
    of: PhantomData<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { file: BufWriter::new(SpooledTempFile::new(HELD)), count: 0, of: PhantomData }
    }
}

impl<T: Serialize + DeserializeOwned> Rows<T> {
    /// Adds a row behind the others.
    pub fn push(&mut self, row: &T) -> Result<(), FileError> {
        let mut line = serde_json::to_vec(row).map_err(|error| unkept(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(unkept)?;
        self.count += 1;
        Ok(())
    }

    pub fn len(&self) -> u64 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All of them, from the first on; none is added after that.
    pub fn read(&mut self) -> Result<Reading<T, &mut SpooledTempFile>, FileError> {
        self.file.flush().map_err(unkept)?;
        Reading::begin(self.file.get_mut(), self.count)
    }

    /// [`Self::read`], where it is done once.
    pub fn into_reading(mut self) -> Result<Reading<T>, FileError> {
        self.file.flush().map_err(unkept)?;
        Reading::begin(self.file.into_parts().0, self.count)
    }
}

/// Rows on their way back.
pub struct Reading<T, R = SpooledTempFile> {
    input: BufReader<R>,
    line: Vec<u8>,
    left: u64,
    of: PhantomData<T>,
}

impl<T, R: Read + Seek> Reading<T, R> {
    fn begin(mut file: R, left: u64) -> Result<Self, FileError> {
        file.rewind().map_err(unkept)?;
        Ok(Self { input: BufReader::new(file), line: Vec::new(), left, of: PhantomData })
    }
}

impl<T: DeserializeOwned, R: Read> Iterator for Reading<T, R> {
    type Item = Result<T, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.line.clear();
        let read = self.input.read_until(b'\n', &mut self.line);
        let row = read.and_then(|_| serde_json::from_slice(&self.line).map_err(io::Error::from));
        Some(row.map_err(unkept))
    }
}

pub(super) fn unkept(source: io::Error) -> FileError {
    FileError::Temporary { path: std::env::temp_dir(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_their_order_however_many_they_are() {
        for count in [0, 3, 100_000_u64] {
            let mut rows = Rows::default();
            for row in 0..count {
                rows.push(&(row, format!("row {row}\n"))).unwrap();
            }
            assert_eq!((rows.len(), rows.is_empty()), (count, count == 0));
            let are_all = |read: Vec<(u64, String)>| {
                read.len() as u64 == count && (0..).zip(&read).all(|(at, (row, _))| at == *row)
            };
            for _ in 0..2 {
                assert!(are_all(rows.read().unwrap().map(Result::unwrap).collect()));
            }
            assert!(are_all(rows.into_reading().unwrap().map(Result::unwrap).collect()));
        }
    }
}
