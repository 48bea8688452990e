//! `regain config set`

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use clap::Args;

use crate::cli::shared::{Context, Failure, Planned, runner};
use crate::config::{self, Config, EditError, Intent};
use crate::domain::shell;
use crate::guidance::notes;
use crate::os::{self, FileError};

/// Set a value in your config
///
/// The rest of the file stays unchanged, including comments. A value that `regain config check` would reject is not
/// written. If you may not write the config, such as that of a service, the command prints the lines for its owner to
/// insert and ends with exit code 4.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain config set codes.lifetime 5m\n  \
                        regain config set delivery.email.from noreply@example.com\n  \
                        regain config set reset.methods '[\"email\"]'")]
pub(in crate::cli) struct Set {
    /// The name of the setting, from `regain config show`
    #[arg(value_name = "KEY")]
    key: String,
    /// The new value, as TOML or as plain text
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
}

pub(super) fn run(arguments: &Set, context: &Context<'_>) -> Result<(), Failure> {
    let config = context.load(Intent::Use)?;
    let path = &config.locations.config;
    let foreign = context.acts_for_another();
    // A file that this process may not write to is shown no more of than the line that was typed.
    let text = if foreign {
        String::new()
    } else {
        config::load_text(&config.locations, context.identity.uid)?.to_string()
    };
    let edited = config::set(&text, &arguments.key, &arguments.value).map_err(|error| refused(&error))?;
    if foreign || !is_ours(path, context.identity.uid) {
        return for_its_owner(context, path, arguments);
    }
    let after = Config::from_text(&edited.text, config.locations.clone())?;
    let changed = edited.text != text;
    let shown = after.shown_one(&arguments.key);
    if context.globals.dry_run {
        let effect = if changed {
            format!("{} becomes {} in {}", arguments.key, edited.value, path.display())
        } else {
            format!("{} is {} already", arguments.key, edited.value)
        };
        let planned = shown.map_or_else(Planned::unknown, Planned::of);
        return runner::preview(context, planned, &[effect], changed);
    }
    if changed {
        write(path, &edited.text)?;
        context.printer.done(&format!("Set {} to {} in {}.", arguments.key, edited.value, path.display()));
    } else {
        context.printer.done(&format!("{} is {} already.", arguments.key, edited.value));
    }
    match shown {
        Some(shown) => Ok(context.printer.written(&shown, changed)?),
        None => Ok(()),
    }
}

fn refused(error: &EditError) -> Failure {
    let option = if matches!(error, EditError::BadValue { .. }) { "<VALUE>" } else { "<KEY>" };
    Failure::usage_with(error.to_string(), notes::ALL_SETTINGS).of(option)
}

/// Whether the file belongs to the user this process runs as, and can be written.
fn is_ours(path: &Path, uid: u32) -> bool {
    path.metadata().is_ok_and(|found| found.uid() == uid) && os::can_write_to(path)
}

/// The lines that somebody else has to put in: with a value of its own, so that they can be copied.
fn for_its_owner(context: &Context<'_>, path: &Path, arguments: &Set) -> Result<(), Failure> {
    let lines = config::set("", &arguments.key, &arguments.value).map_err(|error| refused(&error))?;
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
