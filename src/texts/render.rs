//! From a template and its fields to a text, and the rules that a text is held to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::tz::TimeZone;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};
use zeroize::Zeroizing;

use super::catalogue::{Entry, Given};
use super::fault::What;
use super::set::{FRAMES, SPAN, Set};
use crate::domain::shell::word;
use crate::domain::time::{for_people_in, in_units, time_of_day_in};
use crate::domain::{Channel, Secret};

/// Stands in for the secret while the template is at work: of the private use area, so no text has it.
const MARK: char = '\u{e000}';

/// Runs of digits that may be a code: `codes.length` of the config.
const CODE_DIGITS: std::ops::RangeInclusive<usize> = 6..=8;

/// The block with a channel's body.
pub(super) fn block_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Mobile => "sms",
    }
}

/// What every text may use: `sms_domain`, for codes by SMS in the form that browsers recognise (`@domain #code`), and
/// `program`, what stands before a subcommand.
#[derive(Debug)]
pub(super) struct Always {
    pub(super) sms_domain: String,
    pub(super) program: String,
    /// In which moments are told beside UTC.
    pub(super) zone: TimeZone,
}

/// A finished text that still has the mark in the place of its secret.
pub(super) struct Draft {
    subject: String,
    body: String,
}

/// A template that failed, and where.
#[derive(Debug)]
pub(super) struct Failed {
    /// The template that it happened in, if that is known.
    pub(super) template: Option<String>,
    pub(super) line: Option<usize>,
    pub(super) what: What,
}

impl Failed {
    pub(super) fn from_engine(error: &minijinja::Error) -> Self {
        // An error in a parent or a block comes wrapped, and the innermost knows the place.
        let mut inner = error;
        while let Some(cause) =
            std::error::Error::source(inner).and_then(|source| source.downcast_ref::<minijinja::Error>())
        {
            inner = cause;
        }
        let detail = match (inner.kind(), inner.detail()) {
            (ErrorKind::UndefinedError, _) => "it uses a field that does not exist".to_owned(),
            (kind, None) => kind.to_string(),
            (kind, Some(detail)) => format!("{kind}: {detail}"),
        };
        Self {
            template: inner.name().map(str::to_owned),
            line: inner.line(),
            what: What::Template { detail },
        }
    }
}

/// The engine with the templates that a message may use, which are read once: a batch writes the same message many times.
pub(super) fn engine(set: &Set, name: &str) -> Result<Rc<Environment<'static>>, Failed> {
    if let Some(engine) = set.engines.borrow().get(name) {
        return Ok(Rc::clone(engine));
    }
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_syntax(syntax());
    engine.add_filter("shell", |text: &str| word(text).into_owned());
    for name in FRAMES.iter().map(|frame| frame.name).chain([name]) {
        for (name, source) in set.found(name) {
            engine.add_template_owned(name, source).map_err(|error| Failed::from_engine(&error))?;
        }
    }
    let engine = Rc::new(engine);
    set.engines.borrow_mut().insert(name.to_owned(), Rc::clone(&engine));
    Ok(engine)
}

/// A line with nothing but a tag leaves no line.
pub(super) fn syntax() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    syntax.build().unwrap_or_default()
}

/// Renders one message for one channel.
pub(super) fn draft(
    set: &Set,
    name: &str,
    given: &[(&'static str, Given<'_>)],
    channel: Channel,
    always: &Always,
) -> Result<Draft, Failed> {
    let failed = |error: minijinja::Error| Failed::from_engine(&error);
    let engine = engine(set, name)?;
    let mut fields: BTreeMap<_, _> = [("sms_domain", &always.sms_domain), ("program", &always.program)]
        .map(|(name, text)| (name, Value::from(text.as_str())))
        .into();
    for (field, value) in given {
        let value = match value {
            Given::Secret(_) => Value::from(MARK.to_string()),
            Given::Text(text) => Value::from(plain(text)),
            Given::Optional(text) => text.map_or(Value::from(()), |text| Value::from(plain(text))),
            Given::Span(span) => {
                let (count, unit) = in_units(*span);
                let fields = minijinja::context! { count, unit };
                let text = engine.get_template(SPAN).and_then(|span| span.render(fields)).map_err(failed)?;
                Value::from(text.trim())
            }
            Given::Moment(at) => Value::from(for_people_in(*at, &always.zone)),
            Given::Clock(at) => Value::from(time_of_day_in(*at, &always.zone)),
        };
        fields.insert(*field, value);
    }
    let template = engine.get_template(name).map_err(failed)?;
    let mut captured = template.render_captured(Value::from(fields)).map_err(failed)?;
    let mut block = |name: &str| captured.with_state_mut(|state| state.render_block(name)).map_err(failed);
    // A subject is one line, however it stands in the file.
    let subject = block("subject")?.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = format!("{}\n", block(block_of(channel))?.trim());
    Ok(Draft { subject, body })
}

/// A value without what could end a line or forge the mark.
fn plain(text: &str) -> Cow<'_, str> {
    let odd = |c: char| c.is_control() || c == MARK;
    if text.contains(odd) { text.replace(odd, " ").into() } else { text.into() }
}

impl Draft {
    /// Whether the text keeps the rules of its message.
    pub(super) fn judge(&self, entry: &Entry, channel: Channel) -> Result<(), What> {
        let block = block_of(channel);
        if self.subject.is_empty() {
            return Err(What::Empty { block: "subject" });
        }
        if self.body.trim().is_empty() {
            return Err(What::Empty { block });
        }
        if self.subject.chars().any(char::is_control) {
            return Err(What::Control { block: "subject" });
        }
        if self.body.chars().any(|c| c.is_control() && c != '\n') {
            return Err(What::Control { block });
        }
        if let Some(field) = entry.secret() {
            if self.subject.contains(MARK) {
                return Err(What::InSubject { field });
            }
            match self.body.matches(MARK).count() {
                0 => return Err(What::Missing { block, field }),
                1 => {}
                _ => return Err(What::Twice { block, field }),
            }
        }
        if entry.carries_code() {
            for (block, text) in [("subject", &self.subject), (block, &self.body)] {
                if has_other_digits(text) {
                    return Err(What::OtherDigits { block });
                }
            }
        }
        Ok(())
    }

    /// Subject and body, with the secret where it belongs.
    pub(super) fn reveal(self, secret: Option<&Secret>) -> (String, String) {
        let Some(secret) = secret else { return (self.subject, self.body) };
        // Made once, in its full size, so that no copy of a secret stays behind in memory.
        let mut body = Zeroizing::new(String::with_capacity(self.body.len() + secret.expose().len()));
        for (at, part) in self.body.split(MARK).enumerate() {
            if at > 0 {
                body.push_str(secret.expose());
            }
            body.push_str(part);
        }
        (self.subject, std::mem::take(&mut *body))
    }
}

/// Whether a run of digits could be a code, or a digit touches the one that is; digits of any script.
fn has_other_digits(text: &str) -> bool {
    let parts: Vec<&str> = text.split(MARK).collect();
    let runs = text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count());
    let touching = parts.iter().enumerate().any(|(at, part)| {
        let (first, last) = (at == 0, at + 1 == parts.len());
        !first && part.starts_with(char::is_numeric) || !last && part.ends_with(char::is_numeric)
    });
    touching || runs.into_iter().any(|run| CODE_DIGITS.contains(&run))
}
