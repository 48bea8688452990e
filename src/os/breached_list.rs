//! Passwords known from breaches, by the SHA-1 of each: looked up in place, whether in a folder with a file for each range
//! of hashes or in one sorted file, both as Have I Been Pwned gives them out. Nothing of it is kept in memory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use data_encoding::HEXUPPER;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use crate::domain::Secret;
use crate::domain::password::ListError;

/// Digits of a hash, and how many of them name the file of a range.
const HASH: usize = 40;
const PREFIX: usize = 5;

/// More than any line has: a hash, a colon, a count and its end.
const LONGEST_LINE: u64 = 80;

/// More than any range has: two thousand lines.
const LONGEST_RANGE: u64 = 1 << 22;

/// How many places are looked at to tell whether a list is one.
const SAMPLES: u64 = 64;

/// One of the two forms, open.
enum Form {
    Ranges,
    Sorted { file: File, length: u64 },
}

/// A list of breached passwords.
pub struct BreachedList {
    path: PathBuf,
    form: Form,
}

/// A line of the sorted file, and where it stands.
struct Line {
    hash: Vec<u8>,
    count: u64,
    start: u64,
    end: u64,
}

impl BreachedList {
    /// A folder, or a file.
    pub fn open(path: &Path) -> Result<Self, ListError> {
        let failed = |source| ListError::Read { path: path.to_owned(), source };
        let form = if fs::metadata(path).map_err(failed)?.is_dir() {
            Form::Ranges
        } else {
            let file = File::open(path).map_err(failed)?;
            let length = file.metadata().map_err(failed)?.len();
            Form::Sorted { file, length }
        };
        Ok(Self { path: path.to_owned(), form })
    }

    /// Whether the password was seen in a breach: a line that counts nothing is there to hide which ranges are short.
    pub fn contains(&self, password: &Secret) -> Result<bool, ListError> {
        let digest = Zeroizing::new(<[u8; 20]>::from(Sha1::digest(password.expose().as_bytes())));
        let hash = Zeroizing::new(HEXUPPER.encode(&*digest));
        match &self.form {
            Form::Ranges => {
                let (prefix, rest) = hash.split_at(PREFIX);
                let found = |(of, count): &(Vec<u8>, u64)| of == rest.as_bytes() && *count > 0;
                Ok(self.range(prefix)?.iter().any(found))
            }
            Form::Sorted { file, length } => self.search(file, *length, hash.as_bytes()),
        }
    }

    /// Whether it is readable and in order, as far as a few places tell.
    pub fn check(&self) -> Result<(), ListError> {
        match &self.form {
            Form::Ranges => {
                // 00000, 11111 and so on to FFFFF.
                (0..16_u32).try_for_each(|at| self.range(&format!("{:05X}", at * 0x11111)).map(drop))
            }
            Form::Sorted { file, length } => {
                let mut last: Option<Line> = None;
                for sample in 0..=SAMPLES {
                    let end = length.saturating_sub(1);
                    let at = if sample == SAMPLES { end } else { end / SAMPLES * sample };
                    let line = self.line_at(file, *length, at)?;
                    if last.as_ref().is_some_and(|last| last.start < line.start && last.hash >= line.hash) {
                        return Err(ListError::Unsorted { path: self.path.clone(), at: line.start });
                    }
                    last = Some(line);
                }
                Ok(())
            }
        }
    }

    /// The lines of a range, which are all of them hashes.
    fn range(&self, prefix: &str) -> Result<Vec<(Vec<u8>, u64)>, ListError> {
        let bare = self.path.join(prefix);
        let (path, file) = match File::open(&bare) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let named = self.path.join(format!("{prefix}.txt"));
                (named.clone(), File::open(named))
            }
            opened => (bare, opened),
        };
        let file = match file {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ListError::RangeMissing { folder: self.path.clone(), prefix: prefix.to_owned() });
            }
            file => file.map_err(|source| ListError::Read { path: path.clone(), source })?,
        };
        let mut bytes = Vec::new();
        let read = file.take(LONGEST_RANGE).read_to_end(&mut bytes);
        read.map_err(|source| ListError::Read { path: path.clone(), source })?;
        let lines = without_mark(&bytes).split_inclusive(|byte| *byte == b'\n');
        let entries = lines.map(|line| entry(line, HASH - PREFIX)).collect::<Option<Vec<_>>>();
        let entries = entries.filter(|entries| !entries.is_empty());
        entries.ok_or(ListError::Malformed { path, at: 0 })
    }

    /// Halves what may hold the hash, until a line is it or nothing is left. Both ends are beginnings of lines.
    fn search(&self, file: &File, length: u64, hash: &[u8]) -> Result<bool, ListError> {
        let (mut from, mut to) = (0, length);
        if length == 0 {
            return Err(ListError::Malformed { path: self.path.clone(), at: 0 });
        }
        while from < to {
            let line = self.line_at(file, length, from + (to - from) / 2)?;
            match line.hash.as_slice().cmp(hash) {
                std::cmp::Ordering::Less => from = line.end,
                std::cmp::Ordering::Greater => to = line.start,
                std::cmp::Ordering::Equal => return Ok(line.count > 0),
            }
        }
        Ok(false)
    }

    /// The line that this byte is in.
    fn line_at(&self, file: &File, length: u64, at: u64) -> Result<Line, ListError> {
        let malformed = || ListError::Malformed { path: self.path.clone(), at };
        let first = at.saturating_sub(LONGEST_LINE);
        let room = length.min(at.saturating_add(LONGEST_LINE)).saturating_sub(first);
        let mut around = vec![0; usize::try_from(room).map_err(|_| malformed())?];
        let read = file.read_exact_at(&mut around, first);
        read.map_err(|source| ListError::Read { path: self.path.clone(), source })?;
        let middle = usize::try_from(at - first).map_err(|_| malformed())?;
        let (before, after) = around.split_at_checked(middle).ok_or_else(malformed)?;
        let begin = match before.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None if first == 0 => 0,
            None => return Err(malformed()),
        };
        let end = match after.iter().position(|byte| *byte == b'\n') {
            Some(end) => middle + end + 1,
            None if first + room == length => around.len(),
            None => return Err(malformed()),
        };
        let line = around.get(begin..end).ok_or_else(malformed)?;
        let line = if first == 0 && begin == 0 { without_mark(line) } else { line };
        let (hash, count) = entry(line, HASH).ok_or_else(malformed)?;
        Ok(Line { hash, count, start: first + begin as u64, end: first + end as u64 })
    }
}

/// Without the mark that some programs put before a text (a byte order mark).
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// A line of so many digits of a hash, a colon and a count.
fn entry(line: &[u8], digits: usize) -> Option<(Vec<u8>, u64)> {
    let (hash, count) = line.trim_ascii_end().split_at_checked(digits)?;
    let count = std::str::from_utf8(count.strip_prefix(b":")?).ok()?.parse().ok()?;
    hash.iter().all(u8::is_ascii_hexdigit).then(|| (hash.to_ascii_uppercase(), count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(password: &str) -> String {
        HEXUPPER.encode(&Sha1::digest(password.as_bytes()))
    }

    /// Some hundred lines in order, those of passwords by their number, and one that counts nothing.
    fn sorted(end: &str) -> String {
        let mut lines: Vec<String> =
            (0..300).map(|number| format!("{}:{}", hash(&format!("seen {number}")), number + 1)).collect();
        lines.push(format!("{}:0", hash("never")));
        lines.sort();
        lines.join(end) + end
    }

    fn contains(list: &BreachedList, password: &str) -> bool {
        list.contains(&Secret::from(password)).unwrap()
    }

    #[test]
    fn p5_a_password_is_found_in_a_sorted_file_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let with_end = sorted("\r\n");
        for text in [&with_end, with_end.trim_end(), &format!("\u{feff}{}", sorted("\n").to_lowercase())] {
            fs::write(&path, text).unwrap();
            let list = BreachedList::open(&path).unwrap();
            list.check().unwrap();
            for number in 0..300 {
                assert!(contains(&list, &format!("seen {number}")), "{number}");
            }
            for other in ["never", "Seen 1", "seen 300", "x"] {
                assert!(!contains(&list, other), "{other}");
            }
        }
    }

    #[test]
    fn p5_a_password_is_found_in_the_file_of_its_range() {
        let folder = tempfile::tempdir().unwrap();
        for at in 0..16_u32 {
            fs::write(
                folder.path().join(format!("{:05X}", at * 0x11111)),
                format!("{}:1\r\n", "0".repeat(35)),
            )
            .unwrap();
        }
        let put = |password: &str, tail: &str, count: u32| {
            let hash = hash(password);
            let (prefix, rest) = hash.split_at(PREFIX);
            let path = folder.path().join(format!("{prefix}{tail}"));
            fs::write(path, format!("{}:3\r\n{rest}:{count}\r\n", "F".repeat(35))).unwrap();
        };
        put("seen", "", 7);
        put("seen too", ".txt", 1);
        put("never", "", 0);
        let list = BreachedList::open(folder.path()).unwrap();
        list.check().unwrap();
        assert!(contains(&list, "seen") && contains(&list, "seen too") && !contains(&list, "never"));
        // A range that is not there is no answer.
        let missing = list.contains(&Secret::from("elsewhere")).unwrap_err();
        assert!(
            matches!(&missing, ListError::RangeMissing { prefix, .. } if hash("elsewhere").starts_with(prefix))
        );
    }

    #[test]
    fn p5_what_is_no_list_answers_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let refused = |text: &str| {
            fs::write(&path, text).unwrap();
            let list = BreachedList::open(&path).unwrap();
            assert!(list.check().is_err(), "{text:.60}");
            list.contains(&Secret::from("seen 1"))
        };
        for text in [
            "",
            "\n",
            "password\n123456\n",
            &"x".repeat(10_000),
            &sorted("\n").replace(':', " "),
            &"A".repeat(40),
        ] {
            assert!(matches!(refused(text), Err(ListError::Malformed { .. })), "{text:.60}");
        }
        // In the order of how often they were seen, as it is given out, too.
        let mut lines: Vec<String> = sorted("\n").lines().map(str::to_owned).collect();
        lines.sort_by_key(|line| line[HASH + 1..].parse::<u32>().unwrap());
        fs::write(&path, lines.join("\n")).unwrap();
        let unsorted = BreachedList::open(&path).unwrap().check();
        assert!(matches!(unsorted, Err(ListError::Unsorted { .. })));
        assert!(matches!(BreachedList::open(Path::new("/no/list")), Err(ListError::Read { .. })));
    }
}
