//! The environment, read once and only here.

use std::ffi::OsString;
use std::path::PathBuf;

/// Every variable that counts. An empty one is an unset one, as the XDG specification and `NO_COLOR` say.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `REGAIN_CONFIG`
    pub config: Option<OsString>,
    /// `REGAIN_STORE`
    pub store: Option<OsString>,
    /// `REGAIN_OUTPUT`
    pub output: Option<OsString>,
    /// `XDG_CONFIG_HOME`; a relative one is ignored (XDG base directory specification 0.8).
    pub xdg_config_home: Option<PathBuf>,
    /// `XDG_DATA_HOME`; a relative one is ignored.
    pub xdg_data_home: Option<PathBuf>,
    /// `HOME`; a relative one is ignored.
    pub home: Option<PathBuf>,
    /// `CREDENTIALS_DIRECTORY` (systemd.exec(5)); a relative one is ignored.
    pub credentials_directory: Option<PathBuf>,
    pub no_color: Option<String>,
    pub clicolor: Option<String>,
    pub clicolor_force: Option<String>,
    pub term: Option<String>,
    /// `ACCESSIBLE`
    pub accessible: Option<String>,
    pub lc_all: Option<String>,
    pub lc_ctype: Option<String>,
    pub lang: Option<String>,
    /// What sudo claims; `os::Identity` judges it.
    pub sudo_uid: Option<String>,
    pub ssh_connection: Option<String>,
}

impl Environment {
    /// Reads the process's variables.
    pub fn of_this_process() -> Self {
        Self::from_lookup(|name| std::env::var_os(name))
    }

    /// Variables from any source, for tests.
    pub fn from_lookup(look_up: impl Fn(&str) -> Option<OsString>) -> Self {
        let raw = |name: &str| look_up(name).filter(|value| !value.is_empty());
        let text = |name: &str| raw(name).map(|value| value.to_string_lossy().into_owned());
        let folder = |name: &str| raw(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            config: raw("REGAIN_CONFIG"),
            store: raw("REGAIN_STORE"),
            output: raw("REGAIN_OUTPUT"),
            xdg_config_home: folder("XDG_CONFIG_HOME"),
            xdg_data_home: folder("XDG_DATA_HOME"),
            home: folder("HOME"),
            credentials_directory: folder("CREDENTIALS_DIRECTORY"),
            no_color: text("NO_COLOR"),
            clicolor: text("CLICOLOR"),
            clicolor_force: text("CLICOLOR_FORCE"),
            term: text("TERM"),
            accessible: text("ACCESSIBLE"),
            lc_all: text("LC_ALL"),
            lc_ctype: text("LC_CTYPE"),
            lang: text("LANG"),
            sudo_uid: text("SUDO_UID"),
            ssh_connection: text("SSH_CONNECTION"),
        }
    }

    /// The variables that a worker of ours needs to find the same files. None where somebody else acts
    /// through us: then they do not count anyway (security T7).
    pub fn for_worker(&self, foreign: bool) -> Vec<(&'static str, OsString)> {
        if foreign {
            return Vec::new();
        }
        let folders = [
            ("CREDENTIALS_DIRECTORY", &self.credentials_directory),
            ("HOME", &self.home),
            ("XDG_CONFIG_HOME", &self.xdg_config_home),
            ("XDG_DATA_HOME", &self.xdg_data_home),
        ];
        folders.into_iter().filter_map(|(name, path)| Some((name, path.clone()?.into_os_string()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &'static [(&str, &str)]) -> Environment {
        Environment::from_lookup(|name| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn empty_is_unset_and_relative_folders_are_ignored() {
        let environment = with(&[
            ("NO_COLOR", ""),
            ("XDG_CONFIG_HOME", "relative"),
            ("XDG_DATA_HOME", "/data"),
            ("HOME", ""),
            ("REGAIN_CONFIG", "relative.toml"),
        ]);
        assert_eq!(environment.no_color, None);
        assert_eq!(environment.xdg_config_home, None);
        assert_eq!(environment.xdg_data_home, Some(PathBuf::from("/data")));
        assert_eq!(environment.home, None);
        assert_eq!(environment.config, Some(OsString::from("relative.toml")));
    }

    #[test]
    fn t7_a_worker_of_a_stranger_gets_no_folders() {
        let environment = with(&[("HOME", "/home/a"), ("XDG_DATA_HOME", "/data"), ("TERM", "xterm")]);
        assert_eq!(environment.for_worker(true), []);
        let names: Vec<_> = environment.for_worker(false).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["HOME", "XDG_DATA_HOME"]);
    }
}
