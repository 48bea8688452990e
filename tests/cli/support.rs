//! A store of its own for each test, and the program as a person or a script calls it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use sha2::Digest;

// By its path, so that it is found from the other test binaries that include this file.
#[path = "support/messages.rs"]
mod messages;

#[allow(unused_imports, reason = "shared: each test binary uses its part")]
pub use messages::{code_in, not, text_of};

/// The program under test.
pub const REGAIN: &str = env!("CARGO_BIN_EXE_regain");

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
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Site {
    /// A folder in which nothing has happened yet.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
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

    pub fn config(&self) -> PathBuf {
        self.path().join("config/regain/config.toml")
    }

    pub fn store(&self) -> PathBuf {
        self.path().join("data/regain/regain.db")
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
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_DATA_HOME", self.path().join("data"))
            .env("HOME", self.path())
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

    /// An operator's command that must work: said yes to, and with JSON out.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["-y", "-o", "json"]].concat()).succeeded().json()
    }

    /// An account whose owner has a verified email address and a mobile number.
    pub fn account(&self, name: &str) {
        let email = format!("{name}@example.com");
        self.run(&["account", "create", name, "--email", &email, "-y", "-q"]).succeeded();
    }

    /// An IAM user with a verified email address of their name, who can sign in with this password.
    pub fn user(&self, user: &str, password: &str) {
        const GIVEN: &str = "given for the first sign-in only";
        let (account, name) = user.split_once('/').unwrap();
        let host = if account == "acme" { "example.com".to_owned() } else { format!("{account}.example") };
        let email = format!("{name}@{host}");
        let create = ["user", "create", user, "--email", &email, "--password-stdin", "-y", "-q"];
        self.pipe(&create, GIVEN).succeeded();
        let change = ["password", "change", user, "--password-stdin", "-q"];
        self.pipe(&change, &format!("{GIVEN}\n{password}\n")).succeeded();
    }

    /// As an account that asks for the password alone before people change what is theirs.
    pub fn unprotected(&self, account: &str) {
        let set = ["policy", "set", account, "protection", "operation_protection=false", "-y", "-q"];
        self.run(&set).succeeded();
    }

    /// Starts a request and passes its CAPTCHA, if there is one; its id.
    pub fn request(&self, user: &str) -> String {
        let started = self.run(&["request", "start", user, "-o", "json"]).succeeded().json();
        let id = started["id"].as_str().unwrap().to_owned();
        if started["state"] == "captcha" {
            self.run(&["request", "captcha", &id, "--work"]).succeeded();
        }
        id
    }

    /// Starts a request and has a code sent to an email address.
    pub fn sent(&self, user: &str, address: &str) -> String {
        let id = self.request(user);
        self.run(&["request", "send", &id, "--method", "email", "--address", address]).succeeded();
        id
    }

    pub fn verify(&self, id: &str, code: &str) -> Ended {
        self.pipe(&["request", "verify", id, "--code-stdin"], &format!("{code}\n"))
    }

    pub fn set_password(&self, id: &str, password: &str) -> Ended {
        self.pipe(&["request", "set-password", id, "--password-stdin"], &format!("{password}\n"))
    }

    pub fn open(&self) -> rusqlite::Connection {
        let store = rusqlite::Connection::open(self.store()).unwrap();
        // A look leaves the log where it is, as regain does.
        let stays = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        store.set_db_config(stays, true).unwrap();
        store
    }

    /// How many rows each table has.
    pub fn rows(&self) -> BTreeMap<String, i64> {
        let store = self.open();
        let mut tables = store
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .unwrap();
        let names: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let count = |name: &String| {
            store.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).unwrap()
        };
        names.iter().map(|name| (name.clone(), count(name))).collect()
    }

    /// A digest of everything the store holds on disk. The index of its log is left out: readers write it, too.
    pub fn digest(&self) -> Vec<u8> {
        let mut digest = sha2::Sha256::new();
        for name in ["regain.db", "regain.db-wal"] {
            let path = self.store().with_file_name(name);
            digest.update(std::fs::read(path).unwrap_or_default());
        }
        digest.finalize().to_vec()
    }

    /// The secrets that `--secrets-to` wrote, as person, kind and secret.
    pub fn secrets(&self, file: &str) -> Vec<[String; 3]> {
        let text = std::fs::read_to_string(self.path().join(file)).unwrap();
        let line = |line: &str| {
            let object: Value = serde_json::from_str(line).unwrap();
            assert_eq!(object.as_object().unwrap().len(), 3, "{object}");
            ["user", "kind", "secret"].map(|key| object[key].as_str().unwrap().to_owned())
        };
        text.lines().map(line).collect()
    }

    /// How `verify` judges a password.
    pub fn judged(&self, user: &str, password: &str) -> i32 {
        self.pipe(&["verify", user, "--password-stdin"], &format!("{password}\n")).code
    }

    /// Lets a user without a name reach config, key and store, which it does not own: to the program it is
    /// `uid:NUMBER`. `false` where that cannot be arranged: only root can act as somebody else, and where
    /// somebody is logged in, it is they who act.
    pub fn let_in(&self, uid: u32) -> bool {
        let logged_in = std::fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
        if !rustix::process::getuid().is_root() || !matches!(logged_in.trim(), "" | "4294967295") {
            skipped("this needs root without a login uid: roles of other users are not tested");
            return false;
        }
        // By another process: a file that this one has open for writing, and so a child of another test's, cannot run.
        let copied = Command::new("cp").arg(REGAIN).arg(self.path().join("regain")).status().unwrap();
        assert!(copied.success());
        let open =
            |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        open(self.path(), 0o755);
        for path in ["config", "config/regain", "config/regain/config.toml", "config/regain/regain.key"] {
            std::os::unix::fs::chown(self.path().join(path), Some(uid), None).unwrap();
        }
        true
    }

    /// A command by the user who was let in.
    pub fn run_as(&self, uid: u32, arguments: &[impl AsRef<OsStr>]) -> Ended {
        ended(self.command_as(uid, arguments).spawn().unwrap(), "")
    }

    /// The same, not yet started. It may open what is another's, as in a service, and here without its sudo.
    pub fn command_as(&self, uid: u32, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.program("setpriv", &[format!("--reuid={uid}"), format!("--regid={uid}")]);
        command.args(["--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]);
        command.arg(self.path().join("regain")).args(arguments);
        command
    }

    /// One value of the store, as text.
    pub fn ask(&self, sql: &str) -> String {
        self.open()
            .query_row(sql, [], |row| row.get::<_, rusqlite::types::Value>(0))
            .map(|value| match value {
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => format!("{other:?}"),
            })
            .unwrap()
    }

    /// Text with everything that differs between two runs replaced by its kind.
    pub fn normalised(&self, text: &str) -> String {
        normalised(&text.replace(&*self.path().to_string_lossy(), "SITE"))
    }

    /// Exit code and both streams, normalised, for a snapshot.
    pub fn shown(&self, ended: &Ended) -> String {
        let mut text = format!("exit {}\n", ended.code);
        for (name, stream) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
            if !stream.is_empty() {
                text.extend(["--- ", name, "\n", &self.normalised(stream)]);
            }
        }
        // Blanks at the end of a table's cell would not survive an editor.
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }
}

/// A command as it will run after this time (`+15m`), or nothing where libfaketime is not installed; `tests/run`
/// installs it.
pub fn later(site: &Site, span: &str, arguments: &[&str], input: &str) -> Option<Ended> {
    const PLACES: [&str; 3] = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib64/faketime/libfaketime.so.1",
    ];
    let library = PLACES.iter().find(|path| Path::new(path).exists());
    let Some(library) = library else {
        skipped("libfaketime is not installed: what time does is not tested");
        return None;
    };
    let mut command = site.command(arguments);
    command.env("LD_PRELOAD", library).env("FAKETIME", span).stdin(Stdio::piped());
    Some(ended(command.spawn().unwrap(), input))
}

/// Says that a test could not be made here. On a build server nothing may be left out, so there it fails.
#[allow(clippy::print_stderr, reason = "there is no other way to say it from within a test")]
pub fn skipped(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{why}");
    eprintln!("{why}");
}

/// What of a text differs between runs.
pub fn normalised(text: &str) -> String {
    static KINDS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\b([a-z]{3})_[0-9a-hjkmnp-z]{24}\b", "${1}_ID"),
            (r"\bapl(-[a-hjkmnp-z]{5}){3}\b", "apl-SERIAL"),
            (r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME"),
            (r"\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC", "TIME"),
            (r"\b[0-9]{2}:[0-9]{2} UTC", "CLOCK"),
            // As letters are written that no code is seen in.
            (r"(=3[0-9]){2}:(=3[0-9]){2} UTC", "CLOCK"),
            (r"\b[0-9a-f]{32}\b", "CHALLENGE"),
        ]
        .map(|(pattern, kind)| (Regex::new(pattern).unwrap(), kind))
        .into()
    });
    KINDS.iter().fold(text.to_owned(), |text, (pattern, kind)| pattern.replace_all(&text, *kind).into_owned())
}

/// Feeds a process and waits for it.
pub fn ended(mut child: std::process::Child, input: &(impl AsRef<[u8]> + ?Sized)) -> Ended {
    if let Some(mut stdin) = child.stdin.take() {
        // One that ends without reading is judged by how it ends.
        let _ = stdin.write_all(input.as_ref());
    }
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ended {
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error object on stderr.
    pub fn error(&self) -> Value {
        let value: Value =
            serde_json::from_str(self.stderr.trim()).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        value["error"].clone()
    }
}
