//! `regain audit export`

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::verify::AnchorLine;
use crate::cli::shared::sink::Sink;
use crate::cli::shared::{Failure, Planned, Session, runner};
use crate::domain::Task;
use crate::domain::anchor::Anchor;
use crate::domain::event::StoredEvent;
use crate::flow;
use crate::guidance::notes;
use crate::ui::{Column, Format, Row, column, json_line};

/// Export operation records as JSON lines, oldest first, with an anchor
///
/// The anchor is the last line of the export, or a separate file with --anchor. It holds the number and hash of the
/// last record, the time, and a message authentication code that requires the key. Keep it where people who can write
/// to the store cannot change it. Then `regain audit verify --anchor` detects records that were cut off. To continue
/// with the next export, use --after with the number in the anchor.
///
/// Existing files are never overwritten. If the chain is broken, no anchor is created and the command ends with exit
/// code 7.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain audit export records.jsonl\n  \
                        regain audit export --after 1200 --anchor anchor.json | gzip > records.jsonl.gz")]
pub(in crate::cli) struct Export {
    /// The file to create; - or nothing is standard output
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Export only records after this number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    after: u64,
    /// Write the anchor to this new file instead of the last line; - is standard output
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
}

const FILE: &str = "<FILE>";
const ANCHOR: &str = "--anchor";

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Exported {
    events: u64,
    file: String,
    anchor: Anchor,
}

impl Row for Exported {
    const COLUMNS: &'static [Column<Self>] = &[
        column("records", |row| row.events.to_string()),
        column("file", |row| row.file.clone()),
        column("anchor at", |row| row.anchor.seq.to_string()),
    ];
    const FIELDS: &'static [&'static str] = &["events", "file", "anchor"];
}

pub(super) fn run(arguments: &Export, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let printer = &context.printer;
    env.authorize(Task::ReadRecords, None)?;
    if printer.format() == Format::Csv {
        return Err(Failure::usage_with(
            "an export is JSON lines, whatever -o says",
            notes::RECORDS_AS_TABLE,
        ));
    }
    let file = arguments.file.as_deref().filter(|path| *path != Path::new("-"));
    let anchor_to = arguments.anchor.as_deref();
    let anchor_file = anchor_to.filter(|path| *path != Path::new("-"));
    // Beside records on standard output it is their last line anyway.
    let anchor_apart = anchor_to.is_some() && (anchor_file.is_some() || file.is_some());
    let places: Vec<&Path> = file.into_iter().chain(anchor_file).collect();
    if session.config.locations.foreign && !places.is_empty() {
        let no_file = Failure::usage_with(
            "no file can be written for you here",
            "leave the file and --anchor out, and redirect standard output",
        );
        return Err(no_file.of(if file.is_some() { FILE } else { ANCHOR }));
    }
    if context.globals.dry_run {
        let shown = |path: &&Path| format!("{} is written", path.display());
        let mut effects: Vec<String> = places.iter().map(shown).collect();
        if file.is_none() {
            effects.insert(0, "the records are written to standard output".to_owned());
        }
        let planned =
            Planned::<Exported>::unknown().with("file", file.map(|file| file.display().to_string()));
        return runner::preview(context, planned, &effects, true);
    }
    let mut sink = file.map_or(Ok(Sink::Stdout(printer)), |path| Sink::new_file(path, FILE))?;
    let beside = match anchor_file {
        Some(path) => Some(Sink::new_file(path, ANCHOR)?),
        None => anchor_apart.then_some(Sink::Stdout(printer)),
    };
    let line = |event: &StoredEvent<'_>| Ok::<_, Failure>(json_line(event)?);
    let (events, anchor) = match flow::export_records(&env, arguments.after, line, |page| sink.write(page))? {
        flow::Export::Whole(events, anchor) => (events, anchor),
        flow::Export::Abandoned => return Ok(()),
        flow::Export::Broken(at, what) => {
            // What is there may be evidence: it is kept, without an anchor.
            sink.finish()?;
            return Err(Failure::Records { at, what });
        }
    };
    let last = AnchorLine { anchor };
    match beside {
        // The records first: an anchor beside an export that failed would vouch for nothing.
        Some(mut beside) => {
            sink.finish()?;
            printer.stands(file.is_some());
            let _ = beside.write(&json_line(&last)?)?;
            beside.finish()?;
        }
        None => {
            let _ = sink.write(&json_line(&last)?)?;
            sink.finish()?;
        }
    }
    let Some(file) = file else { return Ok(()) };
    if anchor_apart && anchor_file.is_none() {
        // What stands on standard output is the anchor and nothing else.
        return Ok(());
    }
    printer.done(&format!(
        "Wrote {events} records to {}; the anchor is at number {}.",
        file.display(),
        last.anchor.seq
    ));
    let file = file.display().to_string();
    Ok(printer.written(&Exported { events, file, anchor: last.anchor }, true)?)
}
