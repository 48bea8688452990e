//! `regain texts list`

use serde::Serialize;

use crate::cli::shared::{Failure, Session};
use crate::domain::address::Channel;
use crate::flow::FlowError;
use crate::texts::{CATALOGUE, Entry, Segments, segments};
use crate::ui::Row;

#[derive(Debug, Serialize)]
struct TextView {
    name: &'static str,
    fields: Vec<&'static str>,
    /// Whether what goes out is the site's own text.
    own_email: bool,
    own_sms: bool,
    sms_alphabet: &'static str,
    sms_length: usize,
    sms_count: usize,
}

impl TextView {
    fn of(session: &Session<'_>, entry: &Entry) -> Result<Self, Failure> {
        let size = sms(session, entry)?;
        Ok(Self {
            name: entry.name,
            fields: entry.fields.iter().map(|(name, _)| *name).collect(),
            own_email: session.texts.is_own(entry, Channel::Email),
            own_sms: session.texts.is_own(entry, Channel::Mobile),
            sms_alphabet: size.alphabet.as_str(),
            sms_length: size.length,
            sms_count: size.count,
        })
    }
}

impl Row for TextView {
    fn columns() -> &'static [&'static str] {
        &["name", "fields", "from", "SMS"]
    }

    fn prose() -> &'static [&'static str] {
        &["fields"]
    }

    fn cells(&self) -> Vec<String> {
        let from = match (self.own_email, self.own_sms) {
            (true, true) => "your own",
            (false, false) => "regain",
            _ => "both",
        };
        let cost = format!("{}: {} of {}", self.sms_count, self.sms_length, self.sms_alphabet);
        vec![self.name.to_owned(), self.fields.join(", "), from.to_owned(), cost]
    }
}

pub(super) fn run(session: &Session<'_>) -> Result<(), Failure> {
    let rows = CATALOGUE.iter().map(|entry| TextView::of(session, entry));
    Ok(session.context.printer.list(rows.collect::<Result<Vec<_>, _>>()?, "")?)
}

/// What an SMS of this message costs.
pub(super) fn sms(session: &Session<'_>, entry: &Entry) -> Result<Segments, Failure> {
    let now = session.operating().clock.now();
    let message = session.texts.sample(entry, Channel::Mobile, now).map_err(FlowError::from)?;
    Ok(segments(message.body.trim_end()))
}
