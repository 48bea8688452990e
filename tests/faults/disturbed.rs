//! Commands that are disturbed, and what is in the store afterwards.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Output, Stdio};

use regain::flow::verify_chain;
use regain::keyring::KeyRing;
use regain::store::Transactions;

use crate::site::{REGAIN, Row, Site, engine};

pub(crate) const CONFIG: &str = "[captcha]\nmode = \"off\"\n[delivery]\nbackground = false\n";
pub(crate) const PASSWORD: &str = "correct horse battery staple 9\n";

/// With the account `acme`, whose root user has an email address.
pub(crate) fn acme() -> Site {
    let site = Site::with("[captcha]\nmode = \"off\"\n");
    site.succeed(&["account", "create", "acme", "--email", "root@acme.example", "-y"], "");
    site
}

/// The id of a request that was just opened.
pub(crate) fn opened(site: &Site) -> String {
    let view: serde_json::Value =
        serde_json::from_str(&site.succeed(&["request", "start", "acme", "-o", "json"], "")).unwrap();
    view["id"].as_str().unwrap().to_owned()
}

/// What a change can change, table by table; of columns with a `?`, whether they hold anything.
const FACTS: [(&str, &str, &[&str]); 9] = [
    ("account", "accounts", &["name", "status"]),
    ("user", "users", &["name", "epoch", "password_hash?"]),
    ("contact", "contacts", &["address", "verified_at?"]),
    ("history", "password_history", &[]),
    ("request", "requests", &["state", "method", "last_sent_at?"]),
    ("code", "codes", &["state", "open", "tries_left"]),
    ("message", "outbox", &["kind", "state", "sealed?"]),
    ("budget", "budgets", &["scope"]),
    ("event", "audit", &["action", "outcome"]),
];

pub(crate) trait Disturbed {
    /// A command, with others before it that start it.
    fn under(&self, before: &[&str], arguments: &[&str], input: &str) -> Output;
    fn started(&self, words: &[&str], arguments: &[&str], input: &str) -> Output;
    /// A command that must work; what it prints.
    fn succeed(&self, arguments: &[&str], input: &str) -> String;
    /// Everything that a change can change, in words; what differs from run to run is only counted. The store must
    /// open, be sound, and hold an unbroken chain of records.
    fn state(&self) -> String;
}

impl Disturbed for Site {
    fn under(&self, before: &[&str], arguments: &[&str], input: &str) -> Output {
        let words: Vec<&str> = before.iter().copied().chain([REGAIN]).collect();
        self.started(&words, arguments, input)
    }

    fn started(&self, words: &[&str], arguments: &[&str], input: &str) -> Output {
        let arguments: Vec<&OsStr> = words[1..].iter().chain(arguments).map(OsStr::new).collect();
        let mut child = self
            .program(words[0], &arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} is needed here: {error}", words[0]));
        // Whoever was killed reads no more.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn succeed(&self, arguments: &[&str], input: &str) -> String {
        self.pipe(arguments, input).succeeded().stdout
    }

    fn state(&self) -> String {
        let keys = KeyRing::parse(&std::fs::read_to_string(self.key()).unwrap()).unwrap();
        let store = engine::open(&self.store());
        assert_eq!(store.check(true).unwrap(), Vec::<String>::new());
        let chain = store.read(|tx| verify_chain(&keys, tx)).unwrap();
        assert_eq!(chain.first_bad, None, "the records are broken");
        let (raw, mut facts) = (self.raw(), Vec::new());
        for (what, table, columns) in FACTS {
            let word = |row: &Row, column: &&str| match column.strip_suffix('?') {
                Some(column) => row.has(column).to_string(),
                None => row.line(&[column]),
            };
            let line = |row: &Row| {
                let words = columns.iter().map(|column| word(row, column));
                [what.to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
            };
            facts.extend(raw.rows(table).iter().map(line));
        }
        facts.sort();
        facts.join("\n")
    }
}
