//! `regain texts show`

use clap::Args;
use serde::Serialize;

use super::list::SmsView;
use crate::cli::shared::{Failure, Session};
use crate::domain::Channel;
use crate::flow::FlowError;
use crate::guidance::notes;
use crate::texts::{CATALOGUE, Entry};
use crate::ui::{Column, Format, Row, column, escape};

/// Show messages as users receive them, with sample names and codes
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain texts show                                   # all of them\n  \
                        regain texts show code_reset\n  \
                        regain texts show code_reset --source > code_reset.txt   # as a start for your own")]
pub(in crate::cli) struct Show {
    /// The messages to show; all by default
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Show the templates instead; `code`, `notice` and `span` are shared by others
    #[arg(long, requires = "names")]
    source: bool,
}

/// A message as somebody gets it.
#[derive(Debug, Serialize)]
struct SampleView {
    name: &'static str,
    channel: Channel,
    language: String,
    subject: String,
    body: String,
    /// Of an SMS.
    sms_count: Option<usize>,
    sms_why_long: Option<String>,
}

impl Row for SampleView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("name", |row| row.name.to_owned()),
        column("channel", |row| row.channel.to_string()),
        column("language", |row| row.language.clone()),
        column("subject", |row| row.subject.clone()),
        column("text", |row| row.body.clone()),
    ];
}

pub(super) fn run(arguments: &Show, session: &Session<'_>) -> Result<(), Failure> {
    if arguments.source { sources(session, &arguments.names) } else { samples(session, &arguments.names) }
}

fn sources(session: &Session<'_>, names: &[String]) -> Result<(), Failure> {
    let printer = &session.context.printer;
    for name in names {
        let (source, _) = session.texts.source(name).ok_or_else(unknown)?;
        printer.text(source)?;
    }
    Ok(())
}

fn samples(session: &Session<'_>, names: &[String]) -> Result<(), Failure> {
    let chosen: Vec<&Entry> = if names.is_empty() {
        CATALOGUE.iter().collect()
    } else {
        let find = |name: &String| CATALOGUE.iter().find(|entry| entry.name == name).ok_or_else(unknown);
        names.iter().map(find).collect::<Result<_, _>>()?
    };
    let printer = &session.context.printer;
    let mut rows = Vec::new();
    for entry in chosen {
        for channel in Channel::ALL {
            let message = session.texts.sample(entry, *channel, session.operating().clock.now());
            let message = message.map_err(FlowError::from)?;
            let size = (*channel == Channel::Mobile).then(|| SmsView::of(&message.body));
            rows.push(SampleView {
                name: entry.name,
                channel: *channel,
                language: session.texts.language().to_owned(),
                subject: message.subject.clone(),
                body: message.body.clone(),
                sms_count: size.as_ref().map(|size| size.count),
                sms_why_long: size.as_ref().and_then(|size| size.why_long.clone()),
            });
            if printer.format() == Format::Table {
                let (head, why) = match size {
                    None => (format!("{} by email: {}", entry.name, message.subject), None),
                    Some(size) => (format!("{} by SMS: {}", entry.name, cost(&size)), size.why_long),
                };
                printer.text(&format!("── {}\n", escape::visible(&head)))?;
                if let Some(why) = why {
                    printer.text(&format!("   ({})\n", escape::visible(&why)))?;
                }
                for line in message.body.lines() {
                    printer.text(&format!("   {}\n", escape::visible(line)))?;
                }
                printer.text("\n")?;
            }
        }
    }
    if printer.format() == Format::Table {
        return Ok(());
    }
    Ok(printer.list(rows, "")?)
}

fn cost(size: &SmsView) -> String {
    let SmsView { alphabet, length, count, .. } = size;
    format!("{count} SMS, {length} characters of {alphabet}")
}

fn unknown() -> Failure {
    Failure::usage_with("there is no message of that name", notes::TEXT_NAMES)
}
