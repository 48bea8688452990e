//! A step stopped at every page that it could write, by a limit on the size of files; and what came of it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Output;

use super::disturbed::{CONFIG, Disturbed, acme};
use crate::site::{RawStore, Site};

/// The password that everybody is given, and the one that alice has changed hers to.
pub(crate) const RIGHT: &str = "seven bronze kettles hum softly";
pub(crate) const CHANGED: &str = "eight copper pans ring loudly";

/// Whoever tries so often spends no budget and waits for nothing: tries are what counts here.
pub(crate) const TRIES: &str = "[budgets]\nsource_per_hour = 100000\n[sources]\nslow_most = \"0s\"\n";

/// How many layouts of the store are tried: where its pages split decides what a write takes. `REGAIN_LONG=1` tries as
/// many as an attacker would.
pub(crate) fn layouts() -> u32 {
    if std::env::var_os("REGAIN_LONG").is_some() { 45 } else { 3 }
}

/// One way to take a step: what is typed, and who it is for.
pub(crate) struct Variant {
    pub(crate) what: &'static str,
    pub(crate) arguments: Vec<String>,
    pub(crate) input: String,
}

pub(crate) fn variant(what: &'static str, arguments: &[&str], input: &str) -> Variant {
    Variant {
        what,
        arguments: arguments.iter().map(|&word| word.to_owned()).collect(),
        input: input.to_owned(),
    }
}

/// How a step ended under a limit.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
    /// Records of attempts that the step left.
    pub(crate) attempts: usize,
    /// Whether anything else came of it: records of outcomes.
    pub(crate) outcomes: usize,
}

pub(crate) fn recorded(site: &Site, attempted: bool) -> usize {
    site.count("audit", |event| (event["outcome"] == "attempted") == attempted)
}

/// What the store holds open, while `held` is.
pub(crate) fn hold(site: &Site) -> RawStore {
    let store = site.raw();
    store.count("meta");
    store
}

pub(crate) fn frames(site: &Site) -> u64 {
    let log = fs::metadata(site.at("data/regain/regain.db-wal")).map_or(0, |log| log.len());
    log.saturating_sub(32) / 4_120
}

pub(crate) fn limited(site: &Site, variant: &Variant, frames: u64) -> Seen {
    let before = (recorded(site, true), recorded(site, false));
    let limit = format!("--fsize={}", 32 + frames * 4_120);
    let words = ["env", "--ignore-signal=XFSZ", "prlimit", limit.as_str()];
    let arguments: Vec<&str> = variant.arguments.iter().map(String::as_str).collect();
    let output = site.under(&words, &arguments, &variant.input);
    seen(site, &output, before)
}

pub(crate) fn seen(site: &Site, output: &Output, before: (usize, usize)) -> Seen {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Seen {
        code: output.status.code(),
        text: format!("{}{}", text(&output.stdout), text(&output.stderr)),
        attempts: recorded(site, true) - before.0,
        outcomes: recorded(site, false) - before.1,
    }
}

/// Runs every variant under every limit, over every layout, alone and while another process has the store open.
/// `prepare` makes the store and the variants; the first variant is the one that is right.
pub(crate) fn alike(prepare: impl Fn(&Site) -> Vec<Variant>) {
    for layout in 0..layouts() {
        let site = people();
        shift(&site, layout);
        let variants = prepare(&site);
        settle(&site);
        for held in [false, true] {
            under_each_limit(&site, &variants, &format!("layout {layout}, held {held}"), held);
        }
    }
}

pub(crate) fn under_each_limit(site: &Site, variants: &[Variant], what: &str, held: bool) {
    let (mut unspent, mut stopped, mut whole) = (0, 0, 0);
    let end = frames(site);
    for number in [8].into_iter().chain(end..) {
        let all: Vec<(&str, Seen)> = variants
            .iter()
            .map(|variant| {
                let copy = site.copy();
                let _held = held.then(|| hold(&copy));
                (variant.what, limited(&copy, variant, number))
            })
            .collect();
        let first = &all[0].1;
        for (_, seen) in &all {
            assert_eq!(seen.attempts, first.attempts, "{what}, limit {number}: {all:#?}");
            if seen.attempts == 0 {
                assert_eq!(
                    (seen.code, &seen.text),
                    (Some(7), &first.text),
                    "{what}, limit {number}: {all:#?}"
                );
                assert_eq!(seen.outcomes, 0, "{what}, limit {number}: {all:#?}");
            }
        }
        // Those that could not be told their outcome are told one and the same.
        let untold: BTreeSet<&str> =
            all.iter().filter(|(_, seen)| seen.code == Some(7)).map(|(_, seen)| seen.text.as_str()).collect();
        assert!(untold.len() < 2, "{what}, limit {number}: {all:#?}");
        if first.attempts == 0 {
            unspent += 1;
        } else if all.iter().any(|(_, seen)| seen.code == Some(7)) {
            stopped += 1;
        } else {
            whole += 1;
        }
        if whole == 3 {
            break;
        }
        assert!(number < end + 100, "{what}: no limit lets it through: {all:#?}");
    }
    // The control: limits were met before the try was spent, and after.
    assert!(unspent > 3 && stopped > 0, "{what}: {unspent} before, {stopped} after");
}

/// Empties the log, and writes a little: so that its end is where the next frame goes, and past the least that a limit
/// leaves to the log's index.
pub(crate) fn settle(site: &Site) {
    assert!(site.raw().fold_log());
    for _ in 0..2 {
        site.under(&[], &["verify", "acme/nobody", "--password-stdin"], "wrong\n");
    }
    assert!(frames(site) > 8);
}

/// A store with one of each, before anything is guessed.
pub(crate) fn people() -> Site {
    let site = acme();
    fs::write(site.at("config/regain/config.toml"), [CONFIG, TRIES].concat()).unwrap();
    let create = |user: &str, more: &[&str]| {
        let arguments = [&["user", "create", user, "-y", "-q"][..], more].concat();
        site.succeed(&arguments, &format!("{RIGHT}\n"));
    };
    create("acme/alice", &["--email", "alice@example.com", "--password-stdin"]);
    create("acme/bobby", &["--password-stdin"]);
    create("acme/carol", &["--password-stdin"]);
    let change = ["password", "change", "acme/alice", "--password-stdin"];
    site.succeed(&change, &format!("{RIGHT}\n{CHANGED}\n"));
    site.succeed(&["user", "disable", "acme/bobby", "-y"], "");
    site
}

/// Moves what comes next to another place of its pages.
pub(crate) fn shift(site: &Site, layout: u32) {
    for number in 0..layout {
        site.under(&[], &["request", "disown", "bdfgh-jkmnp-qrstv"], "");
        if number % 3 == 0 {
            site.under(&[], &["verify", "acme/nobody", "--password-stdin"], "wrong\n");
        }
    }
}

/// Under each limit, all end with the same exit code.
pub(crate) fn same_ends(site: &Site, variants: &[Variant], layout: u32) {
    settle(site);
    let (mut failed, mut done) = (0, 0);
    for number in frames(site).. {
        let codes: Vec<Option<i32>> =
            variants.iter().map(|variant| limited(&site.copy(), variant, number).code).collect();
        assert!(codes.iter().all(|code| *code == codes[0]), "layout {layout}, limit {number}: {codes:?}");
        let count = if codes[0] == Some(0) { &mut done } else { &mut failed };
        *count += 1;
        if done == 2 {
            break;
        }
        assert!(failed < 100);
    }
    assert!(failed > 3, "layout {layout}: only {failed} limits stopped it");
}
