//! Which config, key and store count: one pure judgement (cli.md "Global options"; security O0, T7).

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::error::ConfigError;
use super::source::Source;
use crate::domain::store_url::StoreUrl;

const SYSTEM_CONFIG: &str = "/etc/regain/config.toml";
const SYSTEM_DATA: &str = "/var/lib/regain";
const STORE_NAME: &str = "regain.db";
const KEY_NAME: &str = "regain.key";
const OUTBOX_NAME: &str = "outbox";

/// What the locations are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// To use what is there: the first config that exists.
    Use,
    /// To make a new one: the personal place, whatever the system has.
    Create,
}

/// Everything the judgement depends on.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `--config`
    pub config_flag: Option<&'a Path>,
    /// `--store`
    pub store_flag: Option<&'a OsStr>,
    pub environment: &'a Environment,
    pub process_uid: u32,
    pub actor_uid: u32,
    pub intent: Intent,
}

impl Request<'_> {
    /// Whether somebody else acts through the process. Root does not count as somebody else: it could
    /// write `/etc/regain` as well.
    pub fn is_foreign(&self) -> bool {
        self.actor_uid != self.process_uid && self.actor_uid != 0
    }
}

/// Absolute places of everything. Nothing need exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locations {
    pub config: PathBuf,
    pub config_source: Source,
    /// Beside the config, never beside the store.
    pub key: PathBuf,
    /// By flag, environment, the config's `store.url` (which `load` puts in) or the usual place.
    pub store: StoreUrl,
    pub store_source: Source,
    /// Where the transports that write to folders have theirs unless the config says otherwise.
    pub outbox_dir: PathBuf,
    /// Whether somebody else acts through the process, so that only the system's places count.
    pub foreign: bool,
}

impl Locations {
    /// The options by which a worker in another folder finds the same config and store; none for a stranger,
    /// from whom they would be refused, and whose worker finds the system's.
    pub fn worker_arguments(&self) -> Vec<OsString> {
        if self.foreign {
            return Vec::new();
        }
        let config = self.config.clone().into_os_string();
        vec!["--config".into(), config, "--store".into(), self.store.to_os_string()]
    }
}

/// Judges where config, key and store are. `exists` is asked about configs only.
pub fn locate(request: &Request<'_>, exists: &dyn Fn(&Path) -> bool) -> Result<Locations, ConfigError> {
    let foreign = request.is_foreign();
    if foreign {
        refuse_names(request)?;
    }
    // Homes and XDG folders of a caller say nothing about the process's own (security T7); root has the
    // machine's places unless XDG says otherwise.
    let xdg = request.environment;
    let any_xdg = xdg.xdg_config_home.is_some() || xdg.xdg_data_home.is_some();
    let personal = !foreign && (request.process_uid != 0 || any_xdg);

    let (config, config_source) = config(request, personal, exists)?;
    let (data, data_source) = data(request, personal, config_source)?;
    let (store, store_source) = match (request.store_flag, &xdg.store) {
        (Some(flag), _) => named_store(flag, Source::Flag("--store"))?,
        (None, Some(variable)) => named_store(variable, Source::Environment("REGAIN_STORE"))?,
        (None, None) => (StoreUrl::from(data.join(STORE_NAME)), data_source),
    };
    Ok(Locations {
        key: config.with_file_name(KEY_NAME),
        config,
        config_source,
        store,
        store_source,
        outbox_dir: data.join(OUTBOX_NAME),
        foreign,
    })
}

fn refuse_names(request: &Request<'_>) -> Result<(), ConfigError> {
    let environment = request.environment;
    let named = [
        ("--config", request.config_flag.is_some()),
        ("--store", request.store_flag.is_some()),
        ("REGAIN_CONFIG", environment.config.is_some()),
        ("REGAIN_STORE", environment.store.is_some()),
    ];
    match named.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(ConfigError::ForeignName { name }),
        None => Ok(()),
    }
}

fn config(
    request: &Request<'_>,
    personal: bool,
    exists: &dyn Fn(&Path) -> bool,
) -> Result<(PathBuf, Source), ConfigError> {
    let environment = request.environment;
    if let Some(path) = request.config_flag {
        return Ok((absolute(path)?, Source::Flag("--config")));
    }
    if let Some(path) = &environment.config {
        return Ok((absolute(Path::new(path))?, Source::Environment("REGAIN_CONFIG")));
    }
    let system = PathBuf::from(SYSTEM_CONFIG);
    if !personal {
        return Ok((system, Source::System));
    }
    let own = match (&environment.xdg_config_home, &environment.home) {
        (Some(folder), _) => Some((folder.clone(), Source::Environment("XDG_CONFIG_HOME"))),
        (None, Some(home)) => Some((home.join(".config"), Source::Home)),
        (None, None) => None,
    };
    let own = own.map(|(folder, source)| (folder.join("regain/config.toml"), source));
    match own {
        Some((path, source)) if request.intent == Intent::Create || exists(&path) || !exists(&system) => {
            Ok((path, source))
        }
        None if request.intent == Intent::Create => Err(ConfigError::NoHome),
        _ => Ok((system, Source::System)),
    }
}

/// The folder of the store and the outbox. It follows the config, so that everyone who uses the machine's
/// config means the machine's store.
fn data(
    request: &Request<'_>,
    personal: bool,
    config_source: Source,
) -> Result<(PathBuf, Source), ConfigError> {
    let environment = request.environment;
    match (&environment.xdg_data_home, &environment.home) {
        (Some(folder), _) if personal => Ok((folder.join("regain"), Source::Environment("XDG_DATA_HOME"))),
        _ if !personal || config_source == Source::System => Ok((SYSTEM_DATA.into(), Source::System)),
        (_, Some(home)) => Ok((home.join(".local/share/regain"), Source::Home)),
        (_, None) => Err(ConfigError::NoHome),
    }
}

fn named_store(text: &OsStr, from: Source) -> Result<(StoreUrl, Source), ConfigError> {
    let mut url = StoreUrl::parse(text).map_err(|source| ConfigError::StoreUrl { from, source })?;
    url.set_file(absolute(url.file())?);
    Ok((url, from))
}

fn absolute(path: &Path) -> Result<PathBuf, ConfigError> {
    std::path::absolute(path).map_err(|source| ConfigError::BadPath { path: path.to_owned(), source })
}

#[cfg(test)]
#[path = "paths_tests.rs"]
mod tests;
