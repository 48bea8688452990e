//! `regain doctor`

use std::path::Path;

use clap::Args;

use crate::cli::shared::transports::transports;
use crate::cli::shared::{Context, Exit, Failure};
use crate::config::{self, Config, ConfigError, Intent, Locations};
use crate::domain::time::SystemClock;
use crate::domain::{Clock, Role, Task};
use crate::flow::doctor::{self, Eyes, Finding, Level};
use crate::os;
use crate::store::{self, StoreError};
use crate::ui::{Column, Row, column, prose};

/// Find problems and explain how to fix them
///
/// Nothing is changed. The exit code is 0 unless an error keeps regain from working. Then it is 6 if the config, the
/// key or the settings are at fault, and 7 otherwise. With --strict, warnings set the exit code in the same way; notes
/// never do.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain doctor\n  regain doctor --probe\n  \
                        regain doctor --strict >/dev/null   # for a monitor: the exit code, and no table\n  regain doctor -o json")]
pub(in crate::cli) struct Doctor {
    /// Also connect to the mail server and log in; nothing is sent
    #[arg(long)]
    probe: bool,
    /// Also end with 6 or 7 for warnings
    #[arg(long)]
    strict: bool,
}

impl Row for Finding {
    const COLUMNS: &'static [Column<Self>] = &[
        column("check", |row| row.check.replace('_', " ")),
        column("level", |row| row.level.to_string()),
        prose("finding", |row| row.message.clone()),
        prose("remedy", |row| row.remedy.clone().unwrap_or_default()),
    ];
}

/// Checks whose errors are the store's; all others are those of config and key.
const OF_THE_STORE: [&str; 10] =
    ["store", "schema", "modes", "integrity", "records", "clock", "queue", "batches", "ceiling", "purge"];

pub(in crate::cli) fn run(arguments: &Doctor, context: &Context<'_>) -> Result<(), Failure> {
    let findings = match context.load(Intent::Use) {
        Ok(config) => {
            refuse_others(context, &config)?;
            let mut findings =
                vec![Finding::ok("config", format!("{} is in order.", config.locations.config.display()))];
            findings.extend(everything(context, &config.locations, Some(&config)));
            if arguments.probe {
                findings.extend(doctor::probe(&mut transports(context, &config)));
            }
            findings.extend(doctor::texts(&context.texts(&config)));
            findings
        }
        // Somebody else's process reads what only its owner may know of.
        Err(error @ ConfigError::ForeignName { .. }) => return Err(error.into()),
        Err(error) => {
            let mut findings = without_config(&error);
            if let Ok(locations) = config::locate(&context.places(Intent::Use), &|path| path.exists())
                && !locations.foreign
                && locations.store.file().exists()
            {
                findings.extend(everything(context, &locations, None));
            }
            findings
        }
    };
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let counts = |level| level == Level::Error || arguments.strict && level == Level::Warning;
    let worst = findings.iter().filter(|finding| counts(finding.level)).fold(None, worse);
    let program = context.printer.program();
    let rows = findings.into_iter().map(|finding| Finding {
        message: program.name_in(&finding.message),
        remedy: finding.remedy.map(|remedy| program.name_in(&remedy)),
        ..finding
    });
    context.printer.list(rows, "")?;
    worst.map_or(Ok(()), |exit| {
        let (reason, number, level) = if errors > 0 {
            ("doctor_errors", errors, "an error")
        } else {
            ("doctor_warnings", warnings, "a warning")
        };
        let message = format!("{number} of the findings {} {level}", if number == 1 { "is" } else { "are" });
        Err(Failure::Found { exit, reason, message })
    })
}

fn worse(so_far: Option<Exit>, finding: &Finding) -> Option<Exit> {
    match so_far {
        Some(Exit::Config) => so_far,
        _ if OF_THE_STORE.contains(&finding.check) => Some(Exit::Store),
        _ => Some(Exit::Config),
    }
}

/// Who is no admin gets no answer, and the store records that they asked.
fn refuse_others(context: &Context<'_>, config: &Config) -> Result<(), Failure> {
    if !config.locations.foreign || context.role(config) == Role::Admin {
        return Ok(());
    }
    Ok(context.open()?.operating().authorize(Task::ManageStore, None)?)
}

fn without_config(error: &ConfigError) -> Vec<Finding> {
    let remedy = error.hint().unwrap_or_else(|| "look at the file".to_owned());
    if error.problems().is_empty() {
        return vec![Finding::error("config", format!("regain cannot {error}."), remedy)];
    }
    let problems = error.problems().iter();
    problems.map(|problem| Finding::error("config", format!("In the config, {problem}."), &remedy)).collect()
}

/// Without settings, where the config cannot be read, nothing is said of what it might ask for.
fn everything(context: &Context<'_>, locations: &Locations, config: Option<&Config>) -> Vec<Finding> {
    let uid = context.identity.uid;
    let store = locations.store.file();
    let (mut findings, keys) = doctor::key(locations, store, uid);
    findings.extend(doctor::installation(&context.identity, locations, os::owner_of(store)));
    findings.extend(doctor::surroundings());
    let now = SystemClock.now();
    match store::open_read_only(&locations.store) {
        Ok(open) => {
            findings.push(Finding::ok("store", format!("{} opens.", store.display())));
            findings.extend(doctor::store_files(store, uid));
            findings.extend(doctor::integrity(open.as_ref()));
            if let Some(keys) = &keys {
                findings.extend(doctor::records(open.as_ref(), keys));
            }
            findings.extend(doctor::clock(open.as_ref(), now));
            findings.extend(doctor::queue(open.as_ref(), now));
            findings.extend(doctor::batches(open.as_ref(), now));
            if let Some(config) = config {
                findings.extend(doctor::ceilings(open.as_ref(), &config.settings.budgets, now));
            }
            findings.extend(doctor::purging(open.as_ref(), now));
        }
        Err(error) => findings.push(closed(store, error)),
    }
    findings.extend(doctor::writable(store));
    findings.extend(doctor::leftovers(locations, store));
    if let Some(config) = config {
        findings.extend(doctor::half_written(config));
        let credentials = context.credentials();
        let host = context.identity.host();
        let eyes = Eyes { credentials: credentials.as_deref(), process_uid: uid, host, now };
        findings.extend(doctor::transports(config, eyes));
        let settings = &config.settings;
        findings.extend(doctor::captcha(settings));
        findings.extend(doctor::customer_service(settings));
        findings.extend(doctor::extra_list(settings));
        findings.extend(doctor::breached_list(settings));
        findings.extend(doctor::operators(settings, config.locations.foreign));
    }
    findings
}

/// A store that cannot be opened.
fn closed(store: &Path, error: StoreError) -> Finding {
    let check = match error {
        StoreError::Older { .. } => {
            let remedy = "any other command updates it; make a backup first";
            return Finding::note(
                "schema",
                format!("The store {} has an older schema.", store.display()),
                remedy,
            );
        }
        StoreError::Newer { .. } => "schema",
        _ => "store",
    };
    let failure = Failure::from(error);
    let hints = failure.hints();
    let remedy = if hints.is_empty() { "look at the file".to_owned() } else { hints.join("; ") };
    Finding::error(check, format!("regain cannot {failure}."), remedy)
}
