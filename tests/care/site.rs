//! A store to take care of.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

/// A personal install in a folder of its own, with one account and nothing that waits.
pub(crate) struct Site {
    folder: TempDir,
}

impl Site {
    pub(crate) fn new() -> Self {
        let site = Self::empty();
        site.ok(&["init"]);
        let config = "[captcha]\nmode = \"off\"\n[delivery]\nbackground = false\n";
        fs::write(site.config(), config).unwrap();
        site.ok(&["-y", "account", "create", "acme", "--email", "owner@example.com"]);
        site
    }

    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path("config/regain/config.toml")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.path("config/regain/regain.key")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("data/regain/regain.db")
    }

    /// Everything that is stored, wherever it stands: in the file and in its log.
    pub(crate) fn bytes(&self) -> [Vec<u8>; 2] {
        ["", "-wal"].map(|tail| fs::read(self.beside(tail)).unwrap_or_default())
    }

    /// The file with everything in it.
    pub(crate) fn whole(&self) -> Vec<u8> {
        self.sql().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        fs::read(self.store()).unwrap()
    }

    /// Puts a file in the place of the store's, without its log.
    pub(crate) fn put(&self, bytes: &[u8]) {
        for tail in ["-wal", "-shm"] {
            let _ = fs::remove_file(self.beside(tail));
        }
        fs::write(self.store(), bytes).unwrap();
    }

    fn beside(&self, tail: &str) -> PathBuf {
        self.path(&format!("data/regain/regain.db{tail}"))
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regain"));
        command
            .env_clear()
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_DATA_HOME", self.path("data"));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    #[track_caller]
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn fails(&self, code: i32, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        output
    }

    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(arguments)).unwrap()
    }

    pub(crate) fn sql(&self) -> Connection {
        Connection::open(self.store()).unwrap()
    }

    /// A request of the account's owner with a code that was sent.
    pub(crate) fn request_with_code(&self) -> String {
        let request = self.json(&["request", "start", "acme", "-o", "json"]);
        let id = request["id"].as_str().unwrap().to_owned();
        self.ok(&["request", "send", &id, "--method", "account", "-o", "json"]);
        id
    }

    pub(crate) fn findings(&self, code: i32) -> Vec<(String, String, String)> {
        let output = self.fails(code, &["doctor", "-o", "json"]);
        let findings: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
        findings
            .iter()
            .map(|finding| (text(finding, "check"), text(finding, "level"), text(finding, "message")))
            .collect()
    }

    /// The messages of one check's errors and warnings.
    pub(crate) fn complaints(&self, code: i32, check: &str) -> Vec<String> {
        let bad = |level: &str| level == "error" || level == "warning";
        let findings = self.findings(code).into_iter();
        findings.filter(|(of, level, _)| of == check && bad(level)).map(|(_, _, message)| message).collect()
    }
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

pub(crate) fn count(store: &Connection, sql: &str) -> i64 {
    store.query_row(sql, [], |row| row.get(0)).unwrap()
}
