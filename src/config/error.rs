use std::fmt;
use std::io;
use std::path::PathBuf;

use super::source::Source;
use crate::domain::store_url::StoreUrlError;
use crate::guidance::store;
use crate::os::FileError;

/// Why there are no settings to work with. Every one of them is exit 6.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("use {name}: while you act through another user, only /etc/regain/config.toml counts")]
    ForeignName { name: &'static str },
    #[error("find your config: HOME is not set")]
    NoHome,
    #[error("find {}", path.display())]
    BadPath { path: PathBuf, source: io::Error },
    /// By a flag or a variable; in the config, it is a problem of a line.
    #[error("find the store that {from} names")]
    StoreUrl { from: Source, source: StoreUrlError },
    #[error("find a config: there is none at {}", path.display())]
    Missing { path: PathBuf },
    #[error("find the key file: there is none at {}", path.display())]
    KeyMissing { path: PathBuf },
    #[error("read {}: it is not valid UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
    #[error("use {}: {}", path.display(), in_a_row(problems))]
    Invalid { path: PathBuf, problems: Vec<Problem> },
    #[error(transparent)]
    File(#[from] FileError),
}

impl ConfigError {
    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::ForeignName { .. } => {
                Some("leave it out, or run regain as yourself on a store of your own".to_owned())
            }
            Self::NoHome => Some("set HOME, or name both with --config and --store".to_owned()),
            Self::Missing { .. } => Some(store::NO_CONFIG.to_owned()),
            Self::KeyMissing { .. } => Some(store::KEY_MISSING.to_owned()),
            Self::Invalid { .. } => Some(store::CHECK_CONFIG.to_owned()),
            Self::File(error) => error.hint(),
            Self::BadPath { .. } | Self::StoreUrl { .. } | Self::NotUtf8 { .. } => None,
        }
    }

    /// Every problem of the file, in the order of its lines.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid { problems, .. } => problems,
            _ => &[],
        }
    }
}

/// What is wrong in a config, and where. Texts that were given are not repeated: somebody may have put a password
/// there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// The dotted key, `codes.length`; empty where the text is not TOML.
    pub key: String,
    /// Reads after the key: `must be a whole number from 6 to 8`.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, message } = self;
        if key.is_empty() {
            write!(formatter, "line {line}: {message}")
        } else {
            write!(formatter, "line {line}: `{key}` {message}")
        }
    }
}

fn in_a_row(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
