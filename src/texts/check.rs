//! Looking at the site's own templates before they matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::catalogue::{CATALOGUE, Entry};
use super::fault::{Fault, What};
use super::render::{self, Failed};
use super::set::{CODE, FRAMES, NOTICE, Own, SPAN};
use super::writer::Texts;
use crate::domain::Channel;
use crate::domain::sms::segments;

/// What every template may use besides its fields: the engine's own, the domain of codes by SMS, and how
/// commands are called.
const ALWAYS: [&str; 10] =
    ["sms_domain", "program", "self", "super", "loop", "range", "dict", "namespace", "true", "false"];
/// How far a slip of the finger goes.
const LIKE: f64 = 0.8;

impl Texts {
    /// Everything that is wrong with the site's own templates. A message with a fault goes out as regain brings it.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = self.of_templates();
        faults.extend(self.no_zone.clone());
        faults
    }

    /// Whether a text of the site's own is not used.
    pub fn is_any_unused(&self) -> bool {
        !self.of_templates().is_empty()
    }

    fn of_templates(&self) -> Vec<Fault> {
        let mut faults = self.unread.clone();
        for (name, own) in self.own.own() {
            faults.extend(lint(name, own));
        }
        if !faults.is_empty() {
            return faults;
        }
        // Each can be read by itself; now what comes out of them together.
        let mut told = BTreeSet::new();
        for entry in CATALOGUE.iter().filter(|entry| self.own.source(entry.name).is_some()) {
            for channel in Channel::ALL {
                if let Err(failed) = self.try_own(entry, *channel)
                    && let Some(fault) = self.located(entry, failed)
                    && told.insert(fault.to_string())
                {
                    faults.push(fault);
                }
            }
        }
        faults
    }

    /// The messages that go out in English because the language lacks them.
    pub fn untranslated(&self) -> Vec<&'static str> {
        let missing = CATALOGUE.iter().filter(|entry| self.own.source(entry.name).is_none());
        missing.map(|entry| entry.name).collect()
    }

    /// The messages whose SMS takes more parts than the one that regain brings, with a sample: the site's own texts, domain
    /// and time zone make it longer.
    pub fn longer_sms(&self) -> Vec<(&'static str, String)> {
        let brought = Self::shipped(&self.language, "");
        let body = |texts: &Self, entry| {
            let sample = texts.sample(entry, Channel::Mobile, jiff::Timestamp::UNIX_EPOCH).ok();
            sample.map(|message| message.body.trim_end().to_owned()).unwrap_or_default()
        };
        let longer = CATALOGUE.iter().filter_map(|entry| {
            let text = body(self, entry);
            let usual = segments(&body(&brought, entry));
            (segments(&text).count > usual.count).then_some((entry.name, text))
        });
        longer.collect()
    }

    /// A fault of the file it happened in, or of the one that is to blame.
    fn located(&self, entry: &Entry, failed: Failed) -> Option<Fault> {
        let own = self.own.own();
        let frame = if entry.name.starts_with(NOTICE) { NOTICE } else { CODE };
        let happened = failed.template.as_deref().and_then(|name| own.get(name));
        let line = happened.and(failed.line);
        let found = happened.or_else(|| own.get(entry.name)).or_else(|| own.get(frame));
        let path: PathBuf = found.or_else(|| own.get(SPAN))?.path.clone();
        Some(Fault { path, line, what: failed.what })
    }

    /// Whether what goes out by this channel is the site's own: it is there, and in order.
    pub fn is_own(&self, entry: &Entry, channel: Channel) -> bool {
        self.own.own().contains_key(entry.name) && self.try_own(entry, channel).is_ok()
    }
}

/// What is wrong with one file by itself.
fn lint(name: &str, own: &Own) -> Vec<Fault> {
    let fault = |line, what| Fault { path: own.path.clone(), line, what };
    let fields = fields();
    let Some(allowed) = fields.get(name) else {
        return vec![fault(None, What::NoSuchMessage { suggestion: like(name, fields.keys().copied()) })];
    };
    let mut engine = minijinja::Environment::new();
    engine.set_syntax(render::syntax());
    if let Err(error) = engine.add_template(name, &own.source) {
        let Failed { line, what, .. } = Failed::from_engine(&error);
        return vec![fault(line, what)];
    }
    let Ok(template) = engine.get_template(name) else { return Vec::new() };
    let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    unknown.retain(|field| !allowed.contains(field.as_str()) && !ALWAYS.contains(&field.as_str()));
    unknown.sort();
    let told = |field: String| {
        let line = line_of(&own.source, &field);
        let suggestion = like(&field, allowed.iter().copied());
        let allowed = allowed.iter().copied().collect::<Vec<_>>().join(", ");
        fault(line, What::UnknownField { field, suggestion, allowed })
    };
    unknown.into_iter().map(told).collect()
}

/// The fields of each template; a frame has those of all that may extend it.
fn fields() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut fields: BTreeMap<_, BTreeSet<_>> =
        FRAMES.iter().map(|frame| (frame.name, BTreeSet::new())).collect();
    fields.insert(SPAN, BTreeSet::from(["count", "unit"]));
    for entry in CATALOGUE {
        let names: BTreeSet<_> = entry.fields.iter().map(|(name, _)| *name).collect();
        let frame = if entry.carries_code() { CODE } else { NOTICE };
        if entry.carries_code() || entry.name.starts_with(NOTICE) {
            fields.entry(frame).or_default().extend(names.iter().copied());
        }
        fields.insert(entry.name, names);
    }
    fields
}

/// Where a name stands as a word between braces.
fn line_of(source: &str, name: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let has = |line: &str| line.contains('{') && line.split(|c: char| !is_word(c)).any(|word| word == name);
    source.lines().position(has).map(|at| at + 1)
}

fn like<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    let close = names.map(|other| (strsim::jaro_winkler(name, other), other));
    let best = close.filter(|(likeness, _)| *likeness >= LIKE).max_by(|one, other| one.0.total_cmp(&other.0));
    best.map(|(_, name)| name.to_owned())
}
