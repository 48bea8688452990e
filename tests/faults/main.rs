//! D1: a change that is killed or fails at any write is all there or not at all, and the next run just works.
//!
//! strace makes the N-th system call of a kind fail, or kills the program at it, for every N until the command gets
//! through untouched.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use regain::flow::verify_chain;
use regain::keyring::KeyRing;
use regain::store::sqlite::Sqlite;
use regain::store::{Engine, Transactions};

mod disk;
mod doubt;
mod guesses;
mod held;
mod leavings;
mod limits;
mod stops;
mod waits;

const CONFIG: &str = "[captcha]\nmode = \"off\"\n[delivery]\nbackground = false\n";
const PASSWORD: &str = "correct horse battery staple 9\n";

/// What SQLite changes a file by.
const CALLS: [&str; 4] = ["pwrite64", "fdatasync", "fsync", "ftruncate"];

/// No command here makes so many of one of them; a loop that never ends is a failure too.
const MOST: u32 = 400;

/// Config, key and store in a folder of their own.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.succeed(&["init"], "");
        fs::write(site.at("config/regain/config.toml"), CONFIG).unwrap();
        site.succeed(&["account", "create", "acme", "--email", "root@acme.example", "-y"], "");
        site
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The same once more, to be spoilt.
    fn copy(&self) -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        let done = Command::new("cp").arg("-a").arg(self.at(".")).arg(copy.folder.path()).status().unwrap();
        assert!(done.success());
        copy
    }

    /// A command, with others before it that start it.
    fn command(&self, before: &[&str], arguments: &[&str], input: &str) -> Output {
        let words: Vec<&str> = before.iter().copied().chain([env!("CARGO_BIN_EXE_regain")]).collect();
        self.started(&words, arguments, input)
    }

    fn started(&self, words: &[&str], arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .args(arguments)
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.at("config"))
            .env("XDG_DATA_HOME", self.at("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} is needed here: {error}", words[0]));
        // Whoever was killed reads no more.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn succeed(&self, arguments: &[&str], input: &str) -> String {
        let output = self.command(&[], arguments, input);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Everything that a change can change, in words; what differs from run to run is only counted. The store must
    /// open, be sound, and hold an unbroken chain of records.
    fn state(&self) -> String {
        let path = self.at("data/regain/regain.db");
        let keys = KeyRing::parse(&fs::read_to_string(self.at("config/regain/regain.key")).unwrap()).unwrap();
        let store = Sqlite::open(&path).unwrap();
        assert_eq!(store.check().unwrap(), Vec::<String>::new());
        let engine: &dyn Engine = &store;
        let chain = engine.read(|tx| verify_chain(&keys, tx)).unwrap();
        assert_eq!(chain.first_bad, None, "the records are broken");
        facts(&path)
    }
}

fn facts(path: &Path) -> String {
    let eye = rusqlite::Connection::open(path).unwrap();
    let mut facts = String::new();
    for sql in [
        "SELECT 'account', name, status, count(*) FROM accounts GROUP BY name",
        "SELECT 'user', name, epoch, password_hash IS NOT NULL FROM users",
        "SELECT 'contact', address, verified_at IS NOT NULL, count(*) FROM contacts GROUP BY address",
        "SELECT 'history', '', '', count(*) FROM password_history",
        "SELECT 'request', state, method, last_sent_at IS NOT NULL FROM requests",
        "SELECT 'code', state, open, tries_left FROM codes",
        "SELECT 'message', kind, state, sealed IS NOT NULL FROM outbox",
        "SELECT 'budget', scope, '', count(*) FROM budgets GROUP BY scope",
        "SELECT 'event', action, outcome, count(*) FROM audit GROUP BY action, outcome",
    ] {
        let mut statement = eye.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..4 {
                let value = row.get_ref(column).unwrap();
                let text = match value {
                    rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                    rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    _ => "-".to_owned(),
                };
                let _ = write!(facts, "{text} ");
            }
            facts.push('\n');
        }
    }
    facts
}

/// A command, and the site as it is before it.
struct Change {
    site: Site,
    arguments: Vec<String>,
    input: &'static str,
    before: String,
    after: String,
}

impl Change {
    fn new(site: Site, arguments: &[&str], input: &'static str) -> Self {
        let before = site.state();
        let undisturbed = site.copy();
        undisturbed.succeed(arguments, input);
        let after = undisturbed.state();
        assert_ne!(before, after, "the command changes something");
        Self {
            site,
            arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
            input,
            before,
            after,
        }
    }

    fn arguments(&self) -> Vec<&str> {
        self.arguments.iter().map(String::as_str).collect()
    }

    /// Makes every single call of each kind go wrong in this way, one at a time.
    fn survives(&self, fault: &str) {
        let (mut unchanged, mut changed) = (0, 0);
        for call in CALLS {
            for number in 1.. {
                assert!(number < MOST, "{call} is called without end");
                let site = self.site.copy();
                let log = site.at("strace.log");
                let inject = format!("--inject={call}:{fault}:when={number}");
                let trace = format!("--trace={call}");
                let log_name = log.to_str().unwrap();
                let before = ["strace", "-f", "-o", log_name, trace.as_str(), inject.as_str()];
                let output = site.command(&before, &self.arguments(), self.input);
                let told = fs::read_to_string(&log).unwrap();
                assert!(
                    !told.is_empty(),
                    "strace could not trace: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                let hit = told.contains("INJECTED") || told.contains("killed by SIGKILL");
                let state = self.judge(&site, &output, &format!("{call} number {number}: {fault}"));
                if !hit {
                    assert!(output.status.success());
                    break;
                }
                if state { changed += 1 } else { unchanged += 1 }
            }
        }
        // The control: faults were met on both sides of the moment that counts.
        assert!(unchanged > 5, "only {unchanged} faults came before the change");
        assert!(changed > 0, "no fault came after the change");
    }

    /// Whether the change is there; it must be there whole or not at all.
    fn judge(&self, site: &Site, output: &Output, what: &str) -> bool {
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked"), "{what}: {told}");
        let state = site.state();
        let changed = state == self.after;
        assert!(changed || state == self.before, "{what}: between the two\n{state}");
        match output.status.code() {
            Some(0) => assert!(changed, "{what}: it was reported as done"),
            Some(7) => {}
            // Killed, or its tracer told so.
            None => assert_eq!(output.status.signal(), Some(9), "{what}"),
            Some(other) => panic!("{what}: exit {other}: {told}"),
        }
        if !changed {
            let next = site.command(&[], &self.arguments(), self.input);
            assert!(next.status.success(), "{what}: the next run: {}", String::from_utf8_lossy(&next.stderr));
            assert_eq!(site.state(), self.after, "{what}: the next run");
        }
        changed
    }
}

fn account_create() -> Change {
    Change::new(Site::new(), &["account", "create", "globex", "--email", "root@globex.example", "-y"], "")
}

fn contact_bind() -> Change {
    // In place of another, so that something goes and something comes.
    Change::new(
        Site::new(),
        &["contact", "bind", "acme", "--email", "new@acme.example", "--verified", "-y"],
        "",
    )
}

/// The id of a request that was just opened.
fn opened(site: &Site) -> String {
    let view: serde_json::Value =
        serde_json::from_str(&site.succeed(&["request", "start", "acme", "-o", "json"], "")).unwrap();
    view["id"].as_str().unwrap().to_owned()
}

fn request_send() -> Change {
    let site = Site::new();
    let id = opened(&site);
    Change::new(site, &["request", "send", &id, "--method", "account"], "")
}

fn set_password() -> Change {
    let site = Site::new();
    let id = opened(&site);
    // A second request, which must end with the first.
    opened(&site);
    site.succeed(&["request", "send", &id, "--method", "account"], "");
    site.succeed(&["delivery", "run", "--once"], "");
    let mail = fs::read_dir(site.at("data/regain/outbox/email/new")).unwrap().next().unwrap().unwrap();
    let text = fs::read_to_string(mail.path()).unwrap();
    let at = text.find("code is ").unwrap() + "code is ".len();
    let code = format!("{}\n", &text[at..at + 6]);
    site.succeed(&["request", "verify", &id, "--code-stdin"], &code);
    Change::new(site, &["request", "set-password", &id, "--password-stdin"], PASSWORD)
}

#[test]
fn d1_account_create_survives_a_full_disk() {
    account_create().survives("error=ENOSPC");
}

#[test]
fn d1_account_create_survives_being_killed() {
    account_create().survives("signal=KILL");
}

#[test]
fn d1_contact_bind_survives_a_full_disk() {
    contact_bind().survives("error=ENOSPC");
}

#[test]
fn d1_contact_bind_survives_being_killed() {
    contact_bind().survives("signal=KILL");
}

#[test]
fn d1_request_send_survives_a_broken_disk() {
    request_send().survives("error=EIO");
}

#[test]
fn d1_request_send_survives_being_killed() {
    request_send().survives("signal=KILL");
}

#[test]
fn d1_set_password_survives_a_broken_disk() {
    set_password().survives("error=EIO");
}

#[test]
fn d1_set_password_survives_being_killed() {
    set_password().survives("signal=KILL");
}
