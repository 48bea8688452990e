//! `regain user export`

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::shared::selection::Shown;
use crate::cli::shared::sink::Sink;
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::selection::{Reach, Selection};
use crate::domain::time::counted;
use crate::exchange::{Format, Hashes, Writer, Written};
use crate::flow::{self, ExportUsers};
use crate::ui::{self, Column, Row, column};

/// Export users with their contacts in full, in a format that other programs read; this is recorded
///
/// The ending of the file name decides the format, else it is csv. csv and jsonl hold everything that regain knows, and
/// name the account of each user; the other formats hold the users of one account. Rows are written as they are read.
///
/// With --with-hashes, the file also holds the password hashes that its format can express. Existing files are never
/// overwritten.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain user export everybody.csv\n  regain user export - acme --format jsonl\n  \
                        regain user export realm.json acme --format keycloak --with-hashes"
)]
pub(in crate::cli) struct Export {
    /// The file to create; - is standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    shown: Shown,
    /// The format of the file
    #[arg(long, value_name = "FORMAT", value_parser = input::words::<Format>(Format::WORDS))]
    format: Option<Format>,
    /// Include password hashes; only into a new private file
    #[arg(long)]
    with_hashes: bool,
}

const FILE: &str = "<FILE>";
const FORMAT: &str = "--format";
const WITH_HASHES: &str = "--with-hashes";

/// Bytes that are gathered before they are written.
const BUFFER: usize = 64 * 1024;

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Exported {
    people: u64,
    file: String,
    format: Format,
    hashes: bool,
    /// Hashes that the format cannot express.
    hashes_left_out: u64,
    /// Hashes that are of use in this store alone.
    hashes_of_this_store: u64,
}

impl Row for Exported {
    const COLUMNS: &'static [Column<Self>] = &[
        column("people", |row| row.people.to_string()),
        column("file", |row| row.file.clone()),
        column("format", |row| row.format.to_string()),
    ];
    const FIELDS: &'static [&'static str] =
        &["people", "file", "format", "hashes", "hashes_left_out", "hashes_of_this_store"];
}

pub(super) fn run(arguments: &Export, session: &Session<'_>) -> Result<(), Failure> {
    let context = session.context;
    let printer = &context.printer;
    let file = Some(arguments.file.as_path()).filter(|path| *path != Path::new("-"));
    if file.is_some() {
        context.own_file("use - and redirect standard output").map_err(|failure| failure.of(FILE))?;
    }
    let format = format(arguments, file, printer.format())?;
    let selection = arguments.shown.read(session)?;
    judge(arguments, format, &selection, file)?;
    if context.globals.dry_run {
        let effect = match file {
            Some(file) => format!("{} is written", file.display()),
            None => "the users are written to standard output".to_owned(),
        };
        let planned = Planned::<Exported>::unknown()
            .with("file", file.map(|file| file.display().to_string()))
            .with("format", format.as_str())
            .with("hashes", arguments.with_hashes);
        return runner::preview(context, planned, &[effect], true);
    }
    let mut sink = file.map_or(Ok(Sink::Stdout(printer)), |path| Sink::new_file(path, FILE))?;
    let export =
        ExportUsers { selection: &selection, format: format.as_str(), hashes: arguments.with_hashes };
    let written = write(&export, format, session, &mut sink)?;
    sink.finish()?;
    let Some(file) = file else { return Ok(()) };
    printer.stands(true);
    printer.done(&format!("Exported {} to {}.", counted(written.people, "user"), file.display()));
    tell_of_hashes(printer, format, written);
    let exported = Exported {
        people: written.people,
        file: file.display().to_string(),
        format,
        hashes: arguments.with_hashes,
        hashes_left_out: written.hashes_left_out,
        hashes_of_this_store: written.peppered,
    };
    Ok(printer.written(&exported, true)?)
}

/// The format that is meant: as it is said, else by the file's name; on standard output, as other data are shown.
fn format(arguments: &Export, file: Option<&Path>, shown: ui::Format) -> Result<Format, Failure> {
    match (arguments.format, file, shown) {
        (Some(format), ..) => Ok(format),
        (None, Some(path), _) => Format::of_path(path).ok_or_else(|| {
            let message = format!("the name {} does not tell the format of the file", path.display());
            Failure::usage_with(message, "say which one with --format").of(FORMAT)
        }),
        (None, None, ui::Format::Json | ui::Format::Jsonl) => Ok(Format::Jsonl),
        (None, None, ui::Format::Csv | ui::Format::Table) => Ok(Format::Csv),
    }
}

/// Refuses what the format cannot say, and hashes anywhere but in a private file.
fn judge(
    arguments: &Export,
    format: Format,
    selection: &Selection,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let title = format.title();
    if arguments.with_hashes && file.is_none() {
        let message = "password hashes are never written to standard output";
        return Err(
            Failure::usage_with(message, "name a new file, which nobody else can read").of(WITH_HASHES)
        );
    }
    match (format.hashes(), arguments.with_hashes) {
        (Hashes::Never, true) => {
            let message = format!("a file of {title} has no place for password hashes");
            return Err(Failure::usage_with(message, "leave --with-hashes out").of(WITH_HASHES));
        }
        (Hashes::Required, false) => {
            let message = format!("a file of {title} holds password hashes and nothing else");
            return Err(Failure::usage_with(message, "add --with-hashes").of(FORMAT));
        }
        (Hashes::Optional, _) | (Hashes::Never, false) | (Hashes::Required, true) => {}
    }
    let of_one_account = matches!(&selection.reach, Reach::Accounts(accounts) if accounts.len() == 1);
    if !of_one_account && !format.has_accounts() {
        let message = format!("a file of {title} does not say which account somebody is in");
        let instead = "name the account behind the file, or use --format csv or jsonl";
        return Err(Failure::usage_with(message, instead).of("<ACCOUNT>"));
    }
    Ok(())
}

fn write(
    export: &ExportUsers<'_>,
    format: Format,
    session: &Session<'_>,
    sink: &mut Sink<'_>,
) -> Result<Written, Failure> {
    let mut writer = Writer::new(format, export.hashes, Vec::with_capacity(2 * BUFFER));
    flow::export_users(&session.operating(), export, |record| {
        writer.write(record).map_err(anyhow::Error::from)?;
        if writer.out().len() < BUFFER {
            return Ok(std::ops::ControlFlow::Continue(()));
        }
        let written = sink.write(text(writer.out())?)?;
        writer.out().clear();
        Ok::<_, Failure>(written)
    })?;
    let (rest, written) = writer.finish().map_err(anyhow::Error::from)?;
    let _ = sink.write(text(&rest)?)?;
    Ok(written)
}

/// What is written is UTF-8, a record at a time.
fn text(bytes: &[u8]) -> Result<&str, Failure> {
    Ok(std::str::from_utf8(bytes).map_err(anyhow::Error::from)?)
}

fn tell_of_hashes(printer: &ui::Printer, format: Format, written: Written) {
    if written.hashes_left_out > 0 {
        let title = format.title();
        let count = hashes(written.hashes_left_out);
        printer.warn(&format!("left out, because a file of {title} cannot hold them: {count}"));
    }
    if written.peppered > 0 {
        let count = hashes(written.peppered);
        printer.warn(&format!("of no use elsewhere, because they need the key of this store: {count}"));
    }
}

fn hashes(count: u64) -> String {
    if count == 1 { "1 password hash".to_owned() } else { format!("{count} password hashes") }
}
