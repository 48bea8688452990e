//! `regain texts …`: the words of messages, for whoever writes their own.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::cli::shared::{Context, Failure, Session};
use crate::domain::address::Channel;
use crate::domain::operator::Task;
use crate::flow::FlowError;
use crate::texts::{CATALOGUE, Entry, Segments, TextError, segments};
use crate::ui::{Format, Row, escape};

/// The words of messages.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// List the messages with their fields and what an SMS of each costs
    List,
    Show(Show),
}

/// Show messages as people get them, with made-up names and codes
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain texts show                                   # all of them\n  \
                        regain texts show code_reset\n  \
                        regain texts show code_reset --source > code_reset.txt   # to begin your own with")]
pub(in crate::cli) struct Show {
    /// The messages; all if there is none
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Show the templates instead; those that others extend are `code`, `notice` and `span`
    #[arg(long, requires = "names")]
    source: bool,
}

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

/// A message as somebody gets it.
#[derive(Debug, Serialize)]
struct SampleView {
    name: &'static str,
    channel: Channel,
    language: String,
    subject: String,
    body: String,
}

impl Row for SampleView {
    fn columns() -> &'static [&'static str] {
        &["name", "channel", "language", "subject", "text"]
    }

    fn cells(&self) -> Vec<String> {
        let Self { name, channel, language, subject, body } = self;
        vec![(*name).to_owned(), channel.to_string(), language.clone(), subject.clone(), body.clone()]
    }

    fn fields() -> &'static [&'static str] {
        &["name", "channel", "language", "subject", "body"]
    }
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    session.operating().authorize(Task::ReadCodes, None)?;
    match command {
        Command::List => {
            let rows = CATALOGUE.iter().map(|entry| TextView::of(&session, entry));
            context.printer.list(rows.collect::<Result<Vec<_>, _>>()?, "")?;
        }
        Command::Show(arguments) if arguments.source => sources(&session, &arguments.names)?,
        Command::Show(arguments) => samples(&session, &arguments.names)?,
    }
    let faults = session.texts.check();
    if !faults.is_empty() {
        context.printer.warn("some of your own texts are not used; `regain config check` tells why");
    }
    Ok(())
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
            rows.push(SampleView {
                name: entry.name,
                channel: *channel,
                language: session.texts.language().to_owned(),
                subject: message.subject.clone(),
                body: message.body.clone(),
            });
            if printer.format() == Format::Table {
                let size = sms(session, entry)?;
                let head = match channel {
                    Channel::Email => format!("{} by email: {}", entry.name, message.subject),
                    Channel::Mobile => format!("{} by SMS: {}", entry.name, cost(size)),
                };
                printer.text(&format!("── {}\n", escape::visible(&head)))?;
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

fn sms(session: &Session<'_>, entry: &Entry) -> Result<Segments, Failure> {
    let now = session.operating().clock.now();
    let size = |message: crate::domain::message::Message| segments(message.body.trim_end());
    Ok(session
        .texts
        .sample(entry, Channel::Mobile, now)
        .map(size)
        .map_err(|error: TextError| FlowError::from(error))?)
}

fn cost(size: Segments) -> String {
    let Segments { alphabet, length, count } = size;
    format!("{count} SMS, {length} characters of {alphabet}")
}

fn unknown() -> Failure {
    Failure::usage_with("there is no message of that name", "`regain texts list` tells the names")
}
