//! A site of its own for each play.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::terminal::Terminal;

/// The least work that can be asked for, and no worker but the one that a test starts.
const CONFIG: &str = "[captcha]\nbits = 8\n[delivery]\nbackground = false\n";

/// Config, key and store in a folder of their own.
pub(crate) struct Site {
    pub(crate) folder: tempfile::TempDir,
    read: RefCell<BTreeSet<PathBuf>>,
}

impl Site {
    /// With the account `acme`, whose root user has an email address.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same, with more settings.
    pub(crate) fn with(settings: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), read: RefCell::default() };
        site.run(&["init"], "");
        fs::write(site.folder.path().join("config/regain/config.toml"), format!("{CONFIG}{settings}"))
            .unwrap();
        site.run(&["account", "create", "acme", "--email", "root@acme.example", "-y"], "");
        site
    }

    /// With a password, besides.
    pub(crate) fn with_password(password: &str) -> Self {
        let site = Self::new();
        let id = site.request_at_password();
        site.run(&["request", "set-password", &id, "--password-stdin"], &format!("{password}\n"));
        site.discard_mail();
        site
    }

    /// As an account that asks for the password alone before people change what is theirs.
    pub(crate) fn unprotected(self) -> Self {
        self.run(&["policy", "set", "acme", "protection", "operation_protection=false", "-y"], "");
        self
    }

    /// Leads a request of `acme` up to its last step, step by step; its id.
    pub(crate) fn request_at_password(&self) -> String {
        let opened = self.run(&["request", "start", "acme", "-o", "json"], "");
        let opened: serde_json::Value = serde_json::from_slice(&opened.stdout).unwrap();
        let id = opened["id"].as_str().unwrap().to_owned();
        let challenge = opened["captcha"]["challenge"].as_str().unwrap();
        let number = regain::domain::captcha::proof_of_work::solve(challenge, 8);
        self.run(&["request", "captcha", &id, "--answer-stdin"], &format!("{number}\n"));
        self.run(&["request", "send", &id, "--method", "account"], "");
        self.run(&["request", "verify", &id, "--code-stdin"], &format!("{}\n", self.code()));
        id
    }

    pub(crate) fn environment(&self) -> [(&'static str, PathBuf); 3] {
        let at = |name: &str| self.folder.path().join(name);
        [("HOME", at("home")), ("XDG_CONFIG_HOME", at("config")), ("XDG_DATA_HOME", at("data"))]
    }

    /// Runs a command that must succeed, away from any terminal.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let output = self.tries(arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Runs a command that may fail, away from any terminal.
    fn tries(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.starts(arguments);
        // A command that reads nothing closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Starts a command away from any terminal.
    pub(crate) fn starts(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_regain"))
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// What a command prints as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_slice(&self.run(&[arguments, &["-o", "json"]].concat(), "").stdout).unwrap()
    }

    /// Whether `acme` can sign in with a password.
    pub(crate) fn accepts(&self, password: &str) -> bool {
        let judged = self.tries(&["verify", "acme", "--password-stdin"], &format!("{password}\n"));
        match judged.status.code() {
            Some(0) => true,
            Some(11) => false,
            other => panic!("verify ended with {other:?}"),
        }
    }

    /// The file of the store.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("data/regain/regain.db")
    }

    /// The one truth value that the store has for a question.
    pub(crate) fn store_says(&self, sql: &str) -> bool {
        rusqlite::Connection::open(self.store()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The code in the one message with a code that came since the last look.
    pub(crate) fn code(&self) -> String {
        let codes: Vec<String> = self.mail().iter().filter_map(|text| only_code(text)).collect();
        let [code] = codes.as_slice() else { panic!("{} new codes came", codes.len()) };
        code.clone()
    }

    pub(crate) fn discard_mail(&self) {
        self.mail();
    }

    /// Every message that came since the last look.
    pub(crate) fn mail(&self) -> Vec<String> {
        self.run(&["delivery", "run", "--once"], "");
        let mut new = Vec::new();
        for channel in ["email", "sms"] {
            let folder = self.folder.path().join("data/regain/outbox").join(channel).join("new");
            let Ok(entries) = fs::read_dir(folder) else { continue };
            for path in entries.map(|entry| entry.unwrap().path()) {
                if self.read.borrow_mut().insert(path.clone()) {
                    new.push(fs::read_to_string(path).unwrap());
                }
            }
        }
        new
    }

    /// Sits down at a new terminal and starts a command there.
    pub(crate) fn terminal(&self, arguments: &[&str]) -> Terminal {
        Terminal::start(self, arguments)
    }
}

/// The run of six digits in the text of a message.
fn only_code(message: &str) -> Option<String> {
    let (_, text) =
        message.replace("\r\n", "\n").split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned()))?;
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6).collect();
    (runs.len() == 1).then(|| runs[0].to_owned())
}

/// Another code than the right one.
pub(crate) fn other_than(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// Changes a row behind the program's back, for what no command of its own leads to.
pub(crate) fn meddle(store: &Path, sql: &str) {
    rusqlite::Connection::open(store).unwrap().execute_batch(sql).unwrap();
}
