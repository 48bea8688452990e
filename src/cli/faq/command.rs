//! The command.

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::topic::Topic;
use crate::cli::shared::kind::customer_service;
use crate::cli::shared::{Context, Failure};
use crate::config::{Help, Intent, Settings};
use crate::guidance::notes;
use crate::ui::{Column, Format, Row, column, escape};

/// Answer frequent questions, in plain words
///
/// Without a topic, the command lists the topics. It needs no config and no store.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain faq forgot")]
pub(in crate::cli) struct Faq {
    /// The topic to read about
    #[arg(value_name = "TOPIC")]
    topic: Option<Topic>,
}

/// A topic in the list of them.
#[derive(Debug, Serialize)]
struct TopicView {
    topic: String,
    title: &'static str,
}

impl Row for TopicView {
    const COLUMNS: &'static [Column<Self>] =
        &[column("topic", |row| row.topic.clone()), column("about", |row| row.title.to_owned())];
}

/// A page, for programs that show it somewhere else.
#[derive(Debug, Serialize)]
struct PageView {
    topic: String,
    title: &'static str,
    text: String,
    /// Whom the config sends people to, a line each.
    pointers: Vec<String>,
}

impl Row for PageView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("topic", |row| row.topic.clone()),
        column("about", |row| row.title.to_owned()),
        column("text", |row| row.text.clone()),
    ];
}

pub(in crate::cli) fn run(arguments: &Faq, context: &Context<'_>) -> Result<(), Failure> {
    let printer = &context.printer;
    let Some(topic) = arguments.topic else {
        let topics = Topic::value_variants().iter();
        let rows = topics.map(|topic| TopicView { topic: topic.name(), title: topic.title() });
        printer.list(rows, "")?;
        printer.hint(notes::READ_A_PAGE);
        return Ok(());
    };
    // The pages are for everybody, also where there is no config or none that can be read.
    let config = context.load(Intent::Use).ok();
    let settings = config.as_ref().map(|config| &config.settings);
    let pointers = settings.filter(|_| topic.sends_on()).map(|settings| whom_to_ask(&settings.help));
    let pointers = pointers.unwrap_or_default();
    let text = printer.program().name_in(&page(topic, settings));
    if printer.format() != Format::Table {
        let (name, title) = (topic.name(), topic.title());
        return Ok(printer.one(&PageView { topic: name, title, text, pointers })?);
    }
    printer.page(&text)?;
    if !pointers.is_empty() {
        printer.text("\nWhom to ask\n")?;
        for line in pointers {
            printer.prose(&format!("  {}", escape::visible(&line)))?;
        }
    }
    Ok(())
}

/// The page, without the commands that are switched off here.
fn page(topic: Topic, settings: Option<&Settings>) -> String {
    let off = settings.is_some_and(|settings| !settings.register.enabled);
    let here = |line: &&str| !(off && line.contains(notes::REGISTER));
    topic.text().split_inclusive('\n').filter(here).collect()
}

/// What the config says.
fn whom_to_ask(help: &Help) -> Vec<String> {
    // The pages say themselves what the config says where nobody wrote another text.
    let shipped = Settings::parse("").is_ok_and(|all| all.help.administrator_text == help.administrator_text);
    let own = (!shipped).then(|| help.administrator_text.clone());
    let mut lines = Vec::from_iter(own);
    lines.extend(customer_service(help));
    lines.extend(help.ticket_url.iter().map(|url| format!("Service tickets: {url}")));
    lines.extend(help.unified_id_url.iter().map(|url| format!("Unified IDs: {url}")));
    lines.extend(help.register_url.iter().map(|url| format!("A new account or ID: {url}")));
    lines
}
