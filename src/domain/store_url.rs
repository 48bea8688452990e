//! Where a store is, and which engine keeps it.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where a store is, by engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    Sqlite(PathBuf),
}

/// Why a text names no store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreUrlError {
    #[error("the store is a path or sqlite:PATH; this version has no other engine")]
    Engine,
    #[error("the store's path is missing")]
    Empty,
}

impl StoreUrl {
    /// A path, or `sqlite:PATH`.
    pub fn parse(text: &OsStr) -> Result<Self, StoreUrlError> {
        let bytes = text.as_bytes();
        let path = match bytes.strip_prefix(b"sqlite:") {
            Some(rest) => rest.strip_prefix(b"//").unwrap_or(rest),
            None if is_other_scheme(bytes) => return Err(StoreUrlError::Engine),
            None => bytes,
        };
        if path.is_empty() {
            return Err(StoreUrlError::Empty);
        }
        Ok(Self::Sqlite(PathBuf::from(OsStr::from_bytes(path))))
    }

    /// The text that [`StoreUrl::parse`] reads back, whatever the path.
    pub fn to_os_string(&self) -> OsString {
        let mut text = OsString::from("sqlite:");
        text.push(self.file());
        text
    }

    /// The file that it names on this machine.
    pub fn file(&self) -> &Path {
        let Self::Sqlite(path) = self;
        path
    }

    /// Names another file, of the same engine.
    pub fn set_file(&mut self, file: PathBuf) {
        let Self::Sqlite(path) = self;
        *path = file;
    }
}

/// A file is a store of the engine that is within the program.
impl From<PathBuf> for StoreUrl {
    fn from(file: PathBuf) -> Self {
        Self::Sqlite(file)
    }
}

/// Whether the text begins as a URL does (RFC 3986: letters, digits, `+-.`, then `://`), or names an engine
/// that is planned.
fn is_other_scheme(text: &[u8]) -> bool {
    let scheme: usize =
        text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte)).count();
    let (scheme, rest) = text.split_at(scheme);
    let planned = [&b"postgres"[..], b"postgresql"].contains(&scheme) && rest.starts_with(b":");
    planned || (!scheme.is_empty() && rest.starts_with(b"://"))
}
