//! Reading the config and the key file, after a look at who could have written them.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::ConfigError;
use super::channels::{Channel, Transport};
use super::defaults::{ROWS, Row};
use super::document::{self, Given};
use super::paths::{Locations, Request, locate};
use super::settings::Settings;
use super::source::Source;
use crate::domain::secret::BYTE_ORDER_MARK;
use crate::os::{Exposure, FileError, read_trusted};

/// The settings that count, and where everything is.
#[derive(Debug, Clone)]
pub struct Config {
    /// With the store that counts in the end.
    pub locations: Locations,
    pub settings: Settings,
    given: Vec<Given>,
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File { path: PathBuf, line: usize },
    Environment(&'static str),
    Flag(&'static str),
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File { path, line } => write!(formatter, "{}:{line}", path.display()),
            Self::Environment(name) => write!(formatter, "environment {name}"),
            Self::Flag(name) => write!(formatter, "flag {name}"),
        }
    }
}

/// One setting as `config show` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    pub key: &'static str,
    /// As TOML on one line; what counts, so an empty path is shown as the one it stands for.
    pub value: String,
    pub origin: Origin,
}

/// Finds the config, judges its permissions, reads and checks it.
pub fn load(request: &Request<'_>) -> Result<Config, ConfigError> {
    // A config that cannot be looked at is there: its own error says more than another config's settings.
    let locations = locate(request, &|path| path.try_exists().unwrap_or(true))?;
    let text = load_text(&locations, request.process_uid)?;
    Config::from_text(&text, locations)
}

/// The text of the config.
pub fn load_text(locations: &Locations, process_uid: u32) -> Result<Zeroizing<String>, ConfigError> {
    read_text(&locations.config, Exposure::Readable, process_uid, |path| ConfigError::Missing { path })
}

/// The text of the key file, which nobody else may read (security T4).
pub fn read_key(locations: &Locations, process_uid: u32) -> Result<Zeroizing<String>, ConfigError> {
    read_text(&locations.key, Exposure::Private, process_uid, |path| ConfigError::KeyMissing { path })
}

fn read_text(
    path: &Path,
    exposure: Exposure,
    process_uid: u32,
    missing: impl FnOnce(PathBuf) -> ConfigError,
) -> Result<Zeroizing<String>, ConfigError> {
    let bytes = match read_trusted(path, exposure, process_uid) {
        Err(error) if FileError::is_missing(&error) => return Err(missing(path.to_owned())),
        read => read?,
    };
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| ConfigError::NotUtf8 { path: path.to_owned() })?;
    Ok(Zeroizing::new(text.to_owned()))
}

impl Config {
    /// A config from its text, which need not be in a file.
    pub fn from_text(text: &str, mut locations: Locations) -> Result<Self, ConfigError> {
        let (mut settings, given) = document::read(text)
            .map_err(|problems| ConfigError::Invalid { path: locations.config.clone(), problems })?;
        // Flags and variables come after the file, the usual places before it.
        let named = matches!(locations.store_source, Source::Flag(_) | Source::Environment("REGAIN_STORE"));
        if let (Some(url), false) = (&settings.store.url, named) {
            locations.store = url.clone();
            locations.store_source = Source::Config;
        }
        for channel in [&mut settings.delivery.email, &mut settings.delivery.sms] {
            if let Transport::Maildir { path } = &mut channel.transport {
                // Joining with an absolute path gives that path.
                *path = locations.outbox_dir.join(&*path);
            }
        }
        Ok(Self { locations, settings, given })
    }

    /// One setting, if there is one of that name.
    pub fn shown_one(&self, key: &str) -> Option<Shown> {
        self.shown().into_iter().find(|shown| shown.key == key)
    }

    /// Where the file sets a key, counted from 1.
    pub fn line_of(&self, key: &str) -> Option<usize> {
        self.given(key).map(|given| given.line)
    }

    fn given(&self, key: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.key == key)
    }

    /// Every setting, in the order of the example, with what counts and where it comes from.
    pub fn shown(&self) -> Vec<Shown> {
        let show = |row: &'static Row| {
            let given = self.given(&row.key);
            let origin = match (row.key.as_str(), self.locations.store_source) {
                ("store.url", Source::Flag(name)) => Origin::Flag(name),
                ("store.url", Source::Environment(name @ "REGAIN_STORE")) => Origin::Environment(name),
                _ => given.map_or(Origin::Default, |given| Origin::File {
                    path: self.locations.config.clone(),
                    line: given.line,
                }),
            };
            let value = self
                .effective(&row.key)
                .unwrap_or_else(|| given.map_or_else(|| row.default.to_owned(), |given| given.value.clone()));
            Shown { key: &row.key, value, origin }
        };
        ROWS.iter().map(show).collect()
    }

    /// What counts, for the settings whose text is not all there is to them.
    fn effective(&self, key: &str) -> Option<String> {
        let maildir = |channel: &Channel| match &channel.transport {
            Transport::Maildir { path } => Some(as_toml(path)),
            _ => None,
        };
        match key {
            "store.url" => Some(as_toml(self.locations.store.file())),
            "delivery.email.path" => maildir(&self.settings.delivery.email),
            "delivery.sms.path" => maildir(&self.settings.delivery.sms),
            _ => None,
        }
    }
}

fn as_toml(path: &Path) -> String {
    toml::Value::String(path.to_string_lossy().into_owned()).to_string()
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
