//! `regain config set`

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::check::setting_of;
use crate::cli::shared::{Context, Failure, Planned, runner};
use crate::config::{self, Config, EditError, Edited, Intent, Shown, With};
use crate::domain::shell;
use crate::guidance::notes;
use crate::os::{self, FileError};
use crate::texts;
use crate::ui::{Column, Format, Row};

/// Set values in your config
///
/// The rest of the file stays unchanged, including comments. Values that `regain config check` would reject are not
/// written. Settings that need each other, such as a transport and its host, are given together: all of them are
/// written, or none. If you may not write the config, such as that of a service, the command prints the lines for its
/// owner to insert and ends with exit code 4.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain config set codes.lifetime 5m\n  \
                        regain config set delivery.email.transport smtp delivery.email.host mx.example.com\n  \
                        regain config set delivery.email.from noreply@example.com\n  \
                        regain config set reset.methods '[\"email\"]'")]
pub(in crate::cli) struct Set {
    /// The name of the setting, from `regain config show`
    #[arg(value_name = "KEY")]
    key: String,
    /// The new value, as TOML or as plain text
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
    /// More settings, each with its value; all are judged together
    #[arg(value_names = ["KEY", "VALUE"], num_args = 1..)]
    more: Vec<String>,
}

impl Set {
    fn pairs(&self) -> Result<Vec<(&str, &str)>, Failure> {
        let (more, alone) = self.more.as_chunks::<2>();
        if let [key] = alone {
            let number = more.len() + 2;
            let message = match config::keys().find(|known| known == key) {
                Some(known) => format!("setting number {number} has no value: {known}"),
                None => format!("setting number {number} has no value"),
            };
            return Err(Failure::usage_with(message, "give each KEY its VALUE").of("<VALUE>"));
        }
        let first = (self.key.as_str(), self.value.as_str());
        Ok(std::iter::once(first)
            .chain(more.iter().map(|[key, value]| (key.as_str(), value.as_str())))
            .collect())
    }
}

/// One of several settings, as it is now.
#[derive(Debug, Serialize)]
struct SetView {
    #[serde(flatten)]
    shown: Shown,
    changed: bool,
}

impl Row for SetView {
    const COLUMNS: &'static [Column<Self>] = &[];
}

pub(super) fn run(arguments: &Set, context: &Context<'_>) -> Result<(), Failure> {
    let pairs = arguments.pairs()?;
    let config = context.load(Intent::Use)?;
    let path = &config.locations.config;
    let foreign = context.acts_for_another();
    // A file that this process may not write to is shown no more of than the line that was typed.
    let text = if foreign {
        String::new()
    } else {
        config::load_text(&config.locations, context.identity.uid)?.to_string()
    };
    let edited = config::set(&text, &pairs).map_err(|error| refused(&error))?;
    let after = Config::from_text(&edited.text, config.locations.clone())?;
    refuse_texts(context, &config, &after)?;
    if foreign || !is_ours(path, context.identity.uid) {
        return for_its_owner(context, path, &pairs);
    }
    let changed = edited.text != text;
    let done = || pairs.iter().map(|(key, _)| *key).zip(&edited.set);
    let already = |key: &str, set: &config::Set| format!("{key} is {} already", set.value);
    if context.globals.dry_run {
        let effect = |(key, set): (&str, &config::Set)| {
            if set.changed {
                format!("{key} becomes {} in {}", set.value, path.display())
            } else {
                already(key, set)
            }
        };
        let effects: Vec<_> = done().map(effect).collect();
        // Several are a list, which no one object stands for.
        let alone = (pairs.len() == 1).then(|| after.shown_one(&arguments.key)).flatten();
        return runner::preview(context, alone.map_or_else(Planned::unknown, Planned::of), &effects, changed);
    }
    if changed {
        write(path, &edited.text)?;
    }
    for (key, set) in done() {
        context.printer.done(&if set.changed {
            format!("Set {key} to {} in {}.", set.value, path.display())
        } else {
            already(key, set) + "."
        });
    }
    tell(context, &after, &pairs, &edited, changed)
}

/// One setting is an object, several are a list.
fn tell(
    context: &Context<'_>,
    after: &Config,
    pairs: &[(&str, &str)],
    edited: &Edited,
    changed: bool,
) -> Result<(), Failure> {
    let mut rows = pairs
        .iter()
        .zip(&edited.set)
        .filter_map(|((key, _), set)| Some(SetView { shown: after.shown_one(key)?, changed: set.changed }));
    if pairs.len() == 1 {
        return rows.next().map_or(Ok(()), |row| Ok(context.printer.written(&row.shown, changed)?));
    }
    context.printer.stands(changed);
    if context.printer.format() != Format::Table {
        context.printer.list(rows, "")?;
    }
    Ok(())
}

fn refused(error: &EditError) -> Failure {
    let option = match error {
        EditError::BadValue { .. } | EditError::Alone { .. } => "<VALUE>",
        EditError::NoSetting(_) | EditError::IsTable { .. } | EditError::Twice(_) | EditError::Form(_) => {
            "<KEY>"
        }
    };
    let hint = match error.together() {
        [] => notes::ALL_SETTINGS.to_owned(),
        with => notes::set_together(&with.iter().map(pair).collect::<Vec<_>>().join(" ")),
    };
    Failure::usage_with(error.to_string(), hint).of(option)
}

/// A key with its value for a shell. A value that only its owner knows is told by its name.
fn pair(With { key, value }: &With) -> String {
    let name = key.rsplit('.').next().unwrap_or_default().to_uppercase();
    let value = value.as_deref().map_or_else(|| name.into(), shell::word);
    format!("{key} {value}")
}

/// What `config check` finds about messages, beyond what it found before.
fn refuse_texts(context: &Context<'_>, before: &Config, after: &Config) -> Result<(), Failure> {
    let faults = |config: &Config| {
        let mut config = config.clone();
        if context.acts_for_another() {
            // The service looks into no folder for others.
            config.settings.texts.folder = None;
        }
        context.texts(&config).check()
    };
    let known = faults(before);
    let foreign = context.acts_for_another();
    let is_new = |fault: &texts::Fault| {
        !known.contains(fault) && (!foreign || matches!(fault.what, texts::What::NoSuchZone { .. }))
    };
    let Some(fault) = faults(after).into_iter().find(is_new) else { return Ok(()) };
    let key = setting_of(&fault, after);
    Err(match fault.what {
        texts::What::NoSuchZone { .. } => Failure::usage_with(
            format!("{key} must be a time zone that this machine knows, such as \"Europe/Berlin\""),
            "correct the name, or install the package tzdata",
        ),
        _ => Failure::usage_with(
            format!("{key} cannot have this value: {fault}"),
            "correct the text first, or name another folder or language",
        ),
    }
    .of("<VALUE>"))
}

/// Whether the file belongs to the user this process runs as, and can be written.
fn is_ours(path: &Path, uid: u32) -> bool {
    path.metadata().is_ok_and(|found| found.uid() == uid) && os::can_write_to(path)
}

/// The lines that somebody else has to put in: with a value of its own, so that they can be copied.
fn for_its_owner(context: &Context<'_>, path: &Path, pairs: &[(&str, &str)]) -> Result<(), Failure> {
    let lines = config::set("", pairs).map_err(|error| refused(&error))?;
    context.printer.text(&lines.text)?;
    let file = shell::word(&path.display().to_string()).into_owned();
    Err(Failure::NotYours { path: path.to_owned(), file })
}

/// In one step, with the mode it had, and where a link leads to.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    let place = std::fs::canonicalize(path).map_err(failed)?;
    let mode = place.metadata().map_err(failed)?.permissions().mode();
    os::replace(&place, text.as_bytes())?;
    Ok(std::fs::set_permissions(&place, PermissionsExt::from_mode(mode)).map_err(failed)?)
}
