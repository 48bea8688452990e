//! `regain texts list`

use serde::Serialize;

use crate::cli::shared::{Failure, Session};
use crate::domain::Channel;
use crate::domain::sms::{Segments, segments};
use crate::flow::FlowError;
use crate::texts::{CATALOGUE, Entry};
use crate::ui::{Column, Row, column, prose};

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

    fn origin(&self) -> &'static str {
        match (self.own_email, self.own_sms) {
            (true, true) => "your own",
            (false, false) => "regain",
            _ => "both",
        }
    }
}

impl Row for TextView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("name", |row| row.name.to_owned()),
        prose("fields", |row| row.fields.join(", ")),
        column("from", |row| row.origin().to_owned()),
        column("SMS", |row| format!("{}: {} of {}", row.sms_count, row.sms_length, row.sms_alphabet)),
    ];
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
