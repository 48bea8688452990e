//! Which row of an input had a text first, of more rows than memory should hold.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::FileExt;

use super::files::FileError;
use super::rows::unkept;

/// How many texts are held in memory before they become a run.
const HELD: usize = 1 << 17;
/// Bits that say of a text that it is in no run.
const BITS: usize = 1 << 27;
/// How many texts of a run are read at a time.
const BLOCK: usize = 128;
/// A text as a run has it: a keyed hash, and its row.
const WIDTH: usize = 24;

/// The first row of each text. Texts are held as keyed hashes of 128 bits, of which no two are ever the same, and the more
/// of them lie sorted in a file that has no name.
pub struct FirstRows {
    keys: [RandomState; 2],
    held: HashMap<u128, u64>,
    runs: Option<Runs>,
    /// When they become a run.
    most: usize,
}

/// What memory does not hold.
struct Runs {
    file: File,
    /// Where each begins in the file, in texts, and the first hash of each of its blocks.
    all: Vec<(usize, Vec<u128>)>,
    end: usize,
    /// Each text sets two of these.
    bits: Vec<u64>,
}

impl Default for FirstRows {
    fn default() -> Self {
        let keys = [RandomState::new(), RandomState::new()];
        Self { keys, held: HashMap::new(), runs: None, most: HELD }
    }
}

impl FirstRows {
    /// The row that this text was noted for.
    pub fn row(&self, text: &str) -> Result<Option<u64>, FileError> {
        let hash = self.hash(text);
        match (self.held.get(&hash), &self.runs) {
            (Some(row), _) => Ok(Some(*row)),
            (None, Some(runs)) => runs.row(hash).map_err(unkept),
            (None, None) => Ok(None),
        }
    }

    /// The row that this text was noted for before; else it is noted for this one.
    pub fn first(&mut self, text: &str, row: u64) -> Result<Option<u64>, FileError> {
        let first = self.row(text)?;
        if first.is_none() {
            self.note(text, row)?;
        }
        Ok(first)
    }

    /// Notes the row of a text that has none.
    pub fn note(&mut self, text: &str, row: u64) -> Result<(), FileError> {
        if self.held.len() == self.most {
            let runs = match &mut self.runs {
                Some(runs) => runs,
                none => none.insert(Runs::new().map_err(unkept)?),
            };
            runs.add(self.held.drain().collect()).map_err(unkept)?;
        }
        self.held.insert(self.hash(text), row);
        Ok(())
    }

    fn hash(&self, text: &str) -> u128 {
        let [high, low] = &self.keys;
        u128::from(high.hash_one(text)) << 64 | u128::from(low.hash_one(text))
    }
}

impl Runs {
    fn new() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, all: Vec::new(), end: 0, bits: vec![0; BITS / 64] })
    }

    fn add(&mut self, mut texts: Vec<(u128, u64)>) -> io::Result<()> {
        texts.sort_unstable();
        let mut bytes = Vec::with_capacity(texts.len() * WIDTH);
        for (hash, row) in &texts {
            bytes.extend(hash.to_le_bytes());
            bytes.extend(row.to_le_bytes());
            for (word, bit) in places(*hash) {
                self.bits[word] |= bit;
            }
        }
        self.file.write_all_at(&bytes, offset(self.end))?;
        self.all.push((self.end, texts.chunks(BLOCK).map(|block| block[0].0).collect()));
        self.end += texts.len();
        Ok(())
    }

    fn row(&self, hash: u128) -> io::Result<Option<u64>> {
        if places(hash).iter().any(|(word, bit)| self.bits[*word] & bit == 0) {
            return Ok(None);
        }
        for (at, (begin, blocks)) in self.all.iter().enumerate() {
            let Some(block) = blocks.partition_point(|first| *first <= hash).checked_sub(1) else { continue };
            let end = self.all.get(at + 1).map_or(self.end, |(begin, _)| *begin);
            let first = begin + block * BLOCK;
            let mut bytes = vec![0; BLOCK.min(end - first) * WIDTH];
            self.file.read_exact_at(&mut bytes, offset(first))?;
            let (texts, _) = bytes.as_chunks::<WIDTH>();
            if let Some(text) = texts.iter().find(|text| text.starts_with(&hash.to_le_bytes())) {
                let mut row = [0; 8];
                row.copy_from_slice(&text[16..]);
                return Ok(Some(u64::from_le_bytes(row)));
            }
        }
        Ok(None)
    }
}

fn offset(texts: usize) -> u64 {
    (texts * WIDTH) as u64
}

/// Words and bits that a text sets.
fn places(hash: u128) -> [(usize, u64); 2] {
    let place = |part: u128| {
        let bit = (part as usize) % BITS;
        (bit / 64, 1 << (bit % 64))
    };
    [place(hash), place(hash >> 64)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_its_first_row_whether_memory_holds_it_or_not() {
        for most in [7, HELD] {
            let mut rows = FirstRows { most, ..FirstRows::default() };
            for row in 0..1_000_u64 {
                let text = format!("text {row}");
                assert_eq!(rows.row(&text).unwrap(), None);
                rows.note(&text, row).unwrap();
            }
            assert_eq!(rows.runs.as_ref().map_or(0, |runs| runs.all.len()), if most == 7 { 142 } else { 0 });
            for row in 0..1_000_u64 {
                assert_eq!(rows.row(&format!("text {row}")).unwrap(), Some(row));
                assert_eq!(rows.row(&format!("other {row}")).unwrap(), None);
            }
        }
    }
}
