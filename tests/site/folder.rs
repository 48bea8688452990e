//! A store of its own for each test, and the program as a person or a script calls it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use serde_json::Value;

use super::{Ended, REGAIN, ended};

/// What nearly every test wants: nothing in the background, no CAPTCHA, a new code at once.
const QUICK: &str = r#"
[captcha]
mode = "off"
[codes]
resend_after = "0s"
[budgets]
contact_per_hour = 100
contact_per_day = 100
source_per_hour = 100
"#;

/// A config, a key and a store in a folder of their own.
pub struct Site {
    folder: tempfile::TempDir,
    /// The messages that were read.
    pub(super) read: Mutex<BTreeSet<PathBuf>>,
}

impl Site {
    /// A folder in which nothing has happened yet.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), read: Mutex::default() }
    }

    /// After `init`, with settings that keep tests short.
    pub fn new() -> Self {
        Self::with(QUICK)
    }

    /// After `init`, with these settings; messages wait until they are asked for.
    pub fn with(settings: &str) -> Self {
        let site = Self::bare();
        site.run(&["init"]).succeeded();
        site.configure(settings);
        site
    }

    pub fn configure(&self, settings: &str) {
        std::fs::write(self.config(), format!("{settings}\n[delivery]\nbackground = false\n")).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the site, by its path below the folder.
    pub fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub fn config(&self) -> PathBuf {
        self.at("config/regain/config.toml")
    }

    pub fn key(&self) -> PathBuf {
        self.at("config/regain/regain.key")
    }

    pub fn store(&self) -> PathBuf {
        self.at("data/regain/regain.db")
    }

    /// The same once more, to be spoilt.
    pub fn copy(&self) -> Self {
        let copy = Self::bare();
        let done = Command::new("cp").arg("-a").arg(self.at(".")).arg(copy.path()).status().unwrap();
        assert!(done.success());
        copy
    }

    /// Where a command finds its own files.
    pub fn environment(&self) -> [(&'static str, PathBuf); 3] {
        [("HOME", self.at("")), ("XDG_CONFIG_HOME", self.at("config")), ("XDG_DATA_HOME", self.at("data"))]
    }

    /// A command, without anything of the tester's own environment.
    pub fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        self.program(REGAIN, arguments)
    }

    /// Another program in the same environment.
    pub fn program(&self, program: impl AsRef<OsStr>, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .envs(self.environment())
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Ended {
        ended(self.command(arguments).spawn().unwrap(), "")
    }

    /// The same, with something on standard input.
    pub fn pipe(&self, arguments: &[impl AsRef<OsStr>], input: &(impl AsRef<[u8]> + ?Sized)) -> Ended {
        ended(self.command(arguments).stdin(Stdio::piped()).spawn().unwrap(), input)
    }

    /// A command that must work; what it prints.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        self.run(arguments).succeeded().stdout
    }

    /// A command that must end with this code.
    #[track_caller]
    pub fn fails(&self, code: i32, arguments: &[&str]) -> Ended {
        self.run(arguments).with_code(code)
    }

    /// An operator's command that must work: said yes to, and with JSON out.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["-y", "-o", "json"]].concat()).succeeded().json()
    }
}
