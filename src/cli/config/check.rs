//! `regain config check`

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::shared::{Context, Exit, Failure};
use crate::config::{self, Config, ConfigError, Intent, Locations, Problem, Request};
use crate::domain::Task;
use crate::domain::time::counted;
use crate::texts;
use crate::ui::{Column, Row, column, prose, stdin};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain config check new.toml")]
pub(in crate::cli) struct Check {
    /// Check this file instead of the config; - is standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// A mistake in a config.
#[derive(Debug, Serialize)]
struct ProblemView {
    line: usize,
    key: Option<String>,
    message: String,
}

impl From<&Problem> for ProblemView {
    fn from(problem: &Problem) -> Self {
        Self {
            line: problem.line,
            key: (!problem.key.is_empty()).then(|| problem.key.clone()),
            message: problem.message.clone(),
        }
    }
}

impl ProblemView {
    /// A mistake in one of the site's own texts, which the message names with its line; the setting is what leads there.
    fn of_text(fault: &texts::Fault, config: &Config) -> Self {
        let key = setting_of(fault, config);
        Self { line: config.line_of(key).unwrap_or(1), key: Some(key.to_owned()), message: fault.to_string() }
    }
}

/// The setting that leads to a fault of the texts.
pub(super) fn setting_of(fault: &texts::Fault, config: &Config) -> &'static str {
    match fault.what {
        texts::What::NoSuchZone { .. } => "texts.time_zone",
        _ if config.line_of("texts.folder").is_some() => "texts.folder",
        _ => "texts.language",
    }
}

impl Row for ProblemView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("line", |row| row.line.to_string()),
        column("key", |row| row.key.clone().unwrap_or_default()),
        prose("problem", |row| row.message.clone()),
    ];
    const FIELDS: &'static [&'static str] = &["line", "key", "message"];
}

/// No config is longer.
const LONGEST: u64 = 1 << 20;

/// A config on standard input, for the places that there are here.
fn from_text(places: &Request<'_>) -> Result<Result<Config, ConfigError>, Failure> {
    let mut text = String::new();
    let read = stdin::claim_text()?.take(LONGEST).read_to_string(&mut text);
    read.map_err(|error| {
        Failure::usage(format!("standard input cannot be read as a config: {error}")).of("<FILE>")
    })?;
    let located = config::locate(places, &|_| true)?;
    Ok(Config::from_text(&text, Locations { config: PathBuf::from("standard input"), ..located }))
}

/// The mistakes are the result, so they go where results go.
pub(super) fn run(arguments: &Check, context: &Context<'_>) -> Result<(), Failure> {
    let places = context.places(Intent::Use);
    let from_stdin = arguments.file.as_deref() == Some(Path::new("-"));
    if arguments.file.is_some() && !from_stdin && places.is_foreign() {
        context.open()?.operating().authorize(Task::ManageStore, None)?;
        let own = context.own_file("copy it over the config, and check that");
        own.map_err(|failure| failure.of("<FILE>"))?;
    }
    let loaded = match &arguments.file {
        Some(_) if from_stdin => from_text(&places)?,
        Some(file) => config::load(&Request { config_flag: Some(file), ..places }),
        None => config::load(&places),
    };
    match loaded {
        Ok(config) => {
            let all_is_well = format!("{} is in order.", config.locations.config.display());
            let faults = context.texts(&config).check();
            let rows = faults.iter().map(|fault| ProblemView::of_text(fault, &config));
            context.printer.list(rows, &all_is_well)?;
            if faults.is_empty() { Ok(()) } else { Err(mistakes(faults.len())) }
        }
        Err(error @ ConfigError::Invalid { .. }) => {
            context.printer.list(error.problems().iter().map(ProblemView::from), "")?;
            Err(mistakes(error.problems().len()))
        }
        Err(error) if arguments.file.is_some() => Err(Failure::from(error).of("<FILE>")),
        Err(error) => Err(error.into()),
    }
}

fn mistakes(count: usize) -> Failure {
    let message = format!("the config has {}", counted(count as u64, "mistake"));
    Failure::Found { exit: Exit::Config, reason: "config_invalid", message }
}
