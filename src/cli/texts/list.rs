//! `regain texts list`

use serde::Serialize;

use crate::cli::shared::{Failure, Session};
use crate::domain::Channel;
use crate::domain::sms::{Alphabet, foreign, segments};
use crate::flow::FlowError;
use crate::guidance::sms::why_long;
use crate::texts::{CATALOGUE, Entry};
use crate::ui::{Column, Row, column, prose};

#[derive(Debug, Serialize)]
struct TextView {
    name: &'static str,
    fields: Vec<&'static str>,
    /// Whether what goes out is the site's own text.
    own_email: bool,
    own_sms: bool,
    #[serde(flatten)]
    sms: SmsView,
}

/// What an SMS costs, and why.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SmsView {
    #[serde(rename = "sms_alphabet")]
    pub(super) alphabet: Alphabet,
    #[serde(rename = "sms_length")]
    pub(super) length: usize,
    #[serde(rename = "sms_count")]
    pub(super) count: usize,
    /// Characters that make it UCS-2.
    #[serde(rename = "sms_foreign")]
    pub(super) foreign: Vec<char>,
    #[serde(rename = "sms_why_long")]
    pub(super) why_long: Option<String>,
}

impl SmsView {
    pub(super) fn of(body: &str) -> Self {
        let body = body.trim_end();
        let (size, foreign) = (segments(body), foreign(body));
        let why_long = why_long(&size, &foreign);
        Self { alphabet: size.alphabet, length: size.length, count: size.count, foreign, why_long }
    }
}

impl TextView {
    fn of(session: &Session<'_>, entry: &Entry) -> Result<Self, Failure> {
        let now = session.operating().clock.now();
        let message = session.texts.sample(entry, Channel::Mobile, now).map_err(FlowError::from)?;
        Ok(Self {
            name: entry.name,
            fields: entry.fields.iter().map(|(name, _)| *name).collect(),
            own_email: session.texts.is_own(entry, Channel::Email),
            own_sms: session.texts.is_own(entry, Channel::Mobile),
            sms: SmsView::of(&message.body),
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
        column("SMS", |row| format!("{}: {} of {}", row.sms.count, row.sms.length, row.sms.alphabet)),
        prose("what makes it long", |row| row.sms.why_long.clone().unwrap_or_default()),
    ];
}

pub(super) fn run(session: &Session<'_>) -> Result<(), Failure> {
    let rows = CATALOGUE.iter().map(|entry| TextView::of(session, entry));
    Ok(session.context.printer.list(rows.collect::<Result<Vec<_>, _>>()?, "")?)
}
