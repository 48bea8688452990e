//! `regain man DIR`

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use serde::Serialize;

use crate::cli::shared::{Context, Exit, Failure, Planned, runner};
use crate::os;
use crate::ui::{Column, Row, column};

/// The day of the last change of the pages: that of the release in CHANGELOG.md, never of the build, so that
/// the same sources make the same pages.
const DATE: &str = "2026-11-21";

const SECTION: &str = "1";

/// Write the manual pages to a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain man man1 && man -l man1/regain.1")]
pub(in crate::cli) struct Manual {
    /// The folder, which is created if it does not exist; the folder that it is in must exist
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes a page for each command of the tree.
pub(in crate::cli) fn run(arguments: &Manual, tree: Command, context: &Context<'_>) -> Result<(), Failure> {
    let own = context.own_file("run it as yourself: it needs no store");
    own.map_err(|failure| failure.of("<DIR>"))?;
    let beyond = arguments.folder.parent().filter(|beyond| !beyond.as_os_str().is_empty());
    if let Some(missing) = beyond.filter(|beyond| !beyond.is_dir()) {
        return Err(Failure::usage(format!("there is no folder {}", missing.display())).of("<DIR>"));
    }
    let pages = pages(tree)?;
    let is_new = |(name, text): &&(String, String)| {
        std::fs::read(arguments.folder.join(name)).ok().is_none_or(|old| old != text.as_bytes())
    };
    let new: Vec<_> = pages.iter().filter(is_new).collect();
    let folder = arguments.folder.display().to_string();
    let held = PagesView { folder: folder.clone(), pages: pages.len() };
    if context.globals.dry_run {
        let effect = match new.len() {
            0 => format!("{folder} has all {} pages as they are", pages.len()),
            count => format!("{count} pages are written into {folder}"),
        };
        return runner::preview(context, Planned::of(held), &[effect], !new.is_empty());
    }
    for (name, text) in &new {
        let written = os::write_public(&arguments.folder.join(name), text.as_bytes());
        written.map_err(|error| Failure::from(error).of("<DIR>"))?;
        context.printer.stands(true);
    }
    context.printer.done(&if new.is_empty() {
        format!("Nothing to change: {folder} has all {} pages as they are.", pages.len())
    } else {
        format!("Wrote {} pages into {folder}.", new.len())
    });
    Ok(context.printer.written(&held, !new.is_empty())?)
}

/// What the folder holds now.
#[derive(Serialize)]
struct PagesView {
    folder: String,
    pages: usize,
}

impl Row for PagesView {
    const COLUMNS: &'static [Column<Self>] = &[column("pages", |row| row.pages.to_string())];
}

/// Every page: its file name and text.
fn pages(mut command: Command) -> Result<Vec<(String, String)>, Failure> {
    command.build();
    let mut pages = Vec::new();
    collect(&command, "regain", &mut pages).context("a manual page could not be made")?;
    Ok(pages)
}

fn collect(command: &Command, name: &str, pages: &mut Vec<(String, String)>) -> std::io::Result<()> {
    let text = page(command, name)?;
    pages.push((format!("{name}.{SECTION}"), text));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, &format!("{name}-{}", below.get_name()), pages)?;
    }
    Ok(())
}

fn page(command: &Command, name: &str) -> std::io::Result<String> {
    let is_root = name == "regain";
    let examples = examples(command);
    let shown = if is_root { command.clone() } else { without_globals(command.clone()) };
    let man = Man::new(shown)
        .title(name.to_uppercase())
        .section(SECTION)
        .date(DATE)
        .source(concat!("regain ", env!("CARGO_PKG_VERSION")))
        .manual("regain manual");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let mut rest = Roff::new();
    if is_root {
        files(&mut rest);
        exit_status(&mut rest);
        rest.control("SH", ["EXAMPLES"]);
        preformatted(
            &mut rest,
            "regain demo\nregain init\nregain account create acme --email owner@example.com\n\
             regain user create acme/alice --email alice@example.com\nregain password reset acme/alice",
        );
    } else {
        if let Some((heading, examples)) = examples {
            rest.control("SH", [heading]);
            preformatted(&mut rest, &examples);
        }
        rest.control("SH", ["SEE ALSO"]);
        rest.text([bold("regain"), roman("(1), for the global options, files and exit codes")]);
    }
    rest.to_writer(&mut text)?;
    Ok(without_idle_breaks(&String::from_utf8_lossy(&text)))
}

/// `clap_mangen` breaks the line beside vertical space, which breaks it already: linters complain.
fn without_idle_breaks(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let is_space =
        |at: Option<usize>| at.and_then(|at| lines.get(at)).is_some_and(|line| matches!(*line, "" | ".sp"));
    let idle = |at: usize| lines[at] == ".br" && (is_space(at.checked_sub(1)) || is_space(Some(at + 1)));
    let kept = (0..lines.len()).filter(|at| !idle(*at));
    kept.flat_map(|at| [lines[at], "\n"]).collect()
}

/// The options of every command stand on the first page alone.
fn without_globals(command: Command) -> Command {
    command.mut_args(|argument| if argument.is_global_set() { argument.hide(true) } else { argument })
}

/// What the help says last: examples, or how to install.
fn examples(command: &Command) -> Option<(&'static str, String)> {
    let after = command.get_after_long_help().or_else(|| command.get_after_help())?.to_string();
    let (heading, rest) = after.split_once('\n')?;
    let heading = match heading {
        "Examples:" => "EXAMPLES",
        "Install:" => "INSTALLATION",
        _ => return Some(("NOTES", after)),
    };
    let lines: Vec<&str> = rest.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
    Some((heading, lines.join("\n")))
}

fn preformatted(roff: &mut Roff, text: &str) {
    roff.control("nf", []);
    for line in text.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

fn files(roff: &mut Roff) {
    roff.control("SH", ["FILES"]);
    for (path, what) in [
        ("$XDG_CONFIG_HOME/regain/config.toml", "the settings; if missing, those in /etc/regain/config.toml"),
        ("regain.key", "the keys, beside the config; backups of the store do not contain them"),
        ("$XDG_DATA_HOME/regain/regain.db", "the store; for a service, /var/lib/regain/regain.db"),
        ("$XDG_DATA_HOME/regain/outbox", "messages, if they are delivered to folders"),
    ] {
        roff.control("TP", []);
        roff.text([roman(path)]);
        roff.text([roman(what)]);
    }
}

fn exit_status(roff: &mut Roff) {
    roff.control("SH", ["EXIT STATUS"]);
    for (number, name, when) in Exit::described_all() {
        roff.control("TP", []);
        roff.text([bold(number.to_string())]);
        roff.text([roman(format!("{name}: {when}"))]);
    }
}
