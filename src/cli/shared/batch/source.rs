//! A file to import, which is read more than once: judged as a whole, and then done row by row.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::cli::shared::stdin::is_stdin;
use crate::cli::shared::{Context, Failure, input};
use crate::domain::batch::Digest;
use crate::exchange::{self, ExchangeError, Format, Mapping, Reader};
use crate::ui::stdin;

/// The most that is taken from a pipe, which has to be kept: it may hold passwords, and is never written down.
const LONGEST: u64 = 256 * 1024 * 1024;

/// How much is read at a time.
const PART: usize = 64 * 1024;

/// Where the rows come from.
pub(in crate::cli) struct Source {
    bytes: Bytes,
    options: exchange::Options,
}

enum Bytes {
    File(File),
    /// What came through a pipe.
    Kept(Zeroizing<Vec<u8>>),
}

impl Source {
    /// Opens a file, or takes all of standard input for `-`. The format is recognised where it is not said.
    pub(in crate::cli) fn open(
        context: &Context<'_>,
        path: &Path,
        format: Option<Format>,
        map: &[String],
    ) -> Result<Self, Failure> {
        let mapping = |text: &String| {
            let read = text.parse::<Mapping>();
            read.map_err(|error| Failure::usage(error.to_string()).of("--map"))
        };
        let options = exchange::Options { format, map: map.iter().map(mapping).collect::<Result<_, _>>()? };
        let unread = |error: &io::Error| {
            Failure::usage(input::unreadable("the file to import", path, error)).of("<FILE>")
        };
        let bytes = if is_stdin(path) {
            kept(stdin::claim_text()?)
        } else {
            context.own_file("use - and redirect it").map_err(|failure| failure.of("<FILE>"))?;
            File::open(path)
                .and_then(|file| if file.metadata()?.is_file() { Ok(Bytes::File(file)) } else { kept(file) })
        };
        Ok(Self { bytes: bytes.map_err(|error| unread(&error))?, options })
    }

    /// What tells it from another input.
    pub(in crate::cli) fn digest(&self) -> Result<Digest, Failure> {
        let (mut hash, mut input) = (Sha256::new(), self.bytes()?);
        let mut part = Zeroizing::new(vec![0; PART]);
        loop {
            match input.read(&mut part).map_err(|error| unread(&error.into()))? {
                0 => return Ok(hash.finalize().into()),
                length => hash.update(&part[..length]),
            }
        }
    }

    /// Reads it from its beginning.
    pub(in crate::cli) fn read(&self) -> Result<Reader<'_>, Failure> {
        exchange::read(self.bytes()?, &self.options).map_err(|error| unread(&error))
    }

    fn bytes(&self) -> Result<Box<dyn Read + '_>, Failure> {
        match &self.bytes {
            Bytes::Kept(bytes) => Ok(Box::new(bytes.as_slice())),
            Bytes::File(file) => {
                let mut file = file;
                file.rewind().map_err(|error| unread(&error.into()))?;
                Ok(Box::new(file))
            }
        }
    }
}

fn kept(input: impl Read) -> io::Result<Bytes> {
    let mut bytes = Zeroizing::new(Vec::new());
    input.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("a pipe may bring 256 MiB at most: name a file"));
    }
    Ok(Bytes::Kept(bytes))
}

/// A file that cannot be read to its end: nothing of it is done.
pub(super) fn unread(error: &ExchangeError) -> Failure {
    Failure::usage_with(format!("the file cannot be read: {error}"), "nothing was changed").of("<FILE>")
}
