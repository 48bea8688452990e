//! `regain init`: config, key and an empty store.

use std::path::Path;

use anyhow::Error;
use clap::Args;
use serde::Serialize;

use crate::cli::shared::{Context, Failure, Planned, runner};
use crate::config::{self, Config, Intent, Locations};
use crate::domain::entropy::SystemEntropy;
use crate::domain::operator::judge;
use crate::domain::time::SystemClock;
use crate::domain::{Role, Task};
use crate::flow::{self, Denial, FlowError, Refusal};
use crate::guidance::{self, notes};
use crate::keyring::KeyRing;
use crate::os::{self, FileError, Leavings, Unfinished};
use crate::store;
use crate::ui::{Column, Format, Row, column};

/// Create the config, the key and an empty store
///
/// Existing files stay unchanged. The key is stored beside the config and never beside the store, so that a stolen
/// store reveals nothing. Keep a copy of the key, apart from the backups.
///
/// If some of the three are lost, the command creates what it can replace: a config for an existing key. It never
/// creates a key for an existing store, because a new key cannot open it. It creates an empty store for an existing key
/// only with --new-store.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain init\n  sudo regain init        # for a service: /etc/regain, /var/lib/regain"
)]
pub(in crate::cli) struct Init {
    /// Create an empty store for an existing config and key, because the old store is lost
    #[arg(long)]
    new_store: bool,
}

/// What is there already.
#[derive(Clone, Copy)]
struct There {
    config: bool,
    key: bool,
    store: bool,
}

impl There {
    fn of(locations: &Locations) -> Self {
        let store = locations.store.file();
        let [config, key, store] =
            [&locations.config, &locations.key, store].map(|path: &Path| path.symlink_metadata().is_ok());
        Self { config, key, store }
    }

    /// What is yet to be made, or why nothing is.
    fn missing(self, locations: &Locations, new_store: bool) -> Result<Self, Refusal> {
        let store = locations.store.file();
        let named = |path: &Path| path.display().to_string();
        match (self.config, self.key, self.store) {
            (_, _, true) if new_store => Err(Refusal::InTheWay(named(store))),
            (true, true, true) => Err(Refusal::InTheWay(named(&locations.config))),
            (_, false, true) => Err(Refusal::KeyGone(named(&locations.key))),
            (true, true, false) if !new_store => Err(Refusal::StoreGone(named(store))),
            _ => Ok(Self {
                config: !self.config,
                key: !self.key,
                store: !self.store && (!self.key || new_store),
            }),
        }
    }

    fn in_words(self) -> String {
        let parts = [(self.config, "the config"), (self.key, "the key"), (self.store, "an empty store")];
        let parts: Vec<&str> = parts.into_iter().filter(|(made, _)| *made).map(|(_, name)| name).collect();
        match parts.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => "nothing".to_owned(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Made {
    config: String,
    key: String,
    store: String,
}

impl Row for Made {
    const COLUMNS: &'static [Column<Self>] = &[
        column("config", |row| row.config.clone()),
        column("key", |row| row.key.clone()),
        column("store", |row| row.store.clone()),
    ];
}

pub(in crate::cli) fn run(arguments: &Init, context: &Context<'_>) -> Result<(), Failure> {
    let mut locations = config::locate(&context.places(Intent::Create), &|path| path.exists())?;
    // Of many at once, one makes everything and the others find it made.
    let _alone = match locations.config.parent() {
        Some(folder) if !context.globals.dry_run => {
            os::create_folder(folder).map_err(FlowError::File)?;
            Some(os::lock_folder(folder).map_err(FlowError::File)?)
        }
        _ => None,
    };
    let mut there = There::of(&locations);
    let mut settings = None;
    if there.config {
        // It may name another place for the store.
        let config = context.load(Intent::Create)?;
        locations = config.locations.clone();
        there = There::of(&locations);
        settings = Some(config);
    }
    if there.config || there.key || there.store {
        refuse_others(context, settings.as_ref(), &locations)?;
    }
    let store = locations.store.file();
    let new_store = arguments.new_store || !there.store && os::was_begun(store);
    let missing = there.missing(&locations, new_store).map_err(FlowError::from)?;
    let made = Made {
        config: locations.config.display().to_string(),
        key: locations.key.display().to_string(),
        store: store.display().to_string(),
    };
    if context.globals.dry_run {
        if context.printer.format() == Format::Table {
            context.printer.one(&made)?;
        } else {
            let effects = [format!("init makes {}", missing.in_words())];
            runner::preview(context, Planned::of(made), &effects, true)?;
        }
        context
            .printer
            .note(&format!("Nothing was created; without --dry-run it would be {}.", missing.in_words()));
        return Ok(());
    }
    make(context, &locations, missing)?;
    context.printer.written_and_shown(&made, true)?;
    context.printer.done(&format!("Made {}.", missing.in_words()));
    if missing.key {
        context.printer.hint("keep a copy of the key apart from the backups: no backup holds it");
    }
    if missing.store {
        context.printer.hint(notes::FIRST_ACCOUNT);
    } else if !there.store {
        for hint in guidance::refusal(&Refusal::StoreGone(made.store)) {
            context.printer.hint(&hint);
        }
    }
    Ok(())
}

/// To complete what others began takes their admin; without a config there is none but the process's own user.
fn refuse_others(
    context: &Context<'_>,
    settings: Option<&Config>,
    locations: &Locations,
) -> Result<(), Failure> {
    let role = match settings {
        Some(config) => context.role(config),
        // Root could write it by hand.
        None if locations.foreign && context.identity.uid != 0 => Role::Stranger,
        None => Role::Admin,
    };
    if role == Role::Admin {
        return Ok(());
    }
    let task = Task::ManageStore;
    Err(FlowError::from(Denial::Role { role, task, verdict: judge(role, task, None, &[]) }).into())
}

/// Makes what is missing: all of it, or nothing.
fn make(context: &Context<'_>, locations: &Locations, missing: There) -> Result<(), Failure> {
    let store = locations.store.file();
    let text = settings(context, store)?;
    for folder in [locations.config.parent(), store.parent()].into_iter().flatten() {
        os::create_folder(folder).map_err(FlowError::File)?;
    }
    let mut made: Vec<&Path> = Vec::new();
    // First of all: what a killed `init` leaves tells by it that no store was lost.
    let begin = || Unfinished::begin_new(store, Leavings::Removed).map_err(in_the_way);
    let unfinished = missing.store.then(begin).transpose()?;
    let done = files(locations, missing, &text, &mut made)
        .and_then(|()| unfinished.map_or(Ok(()), |unfinished| begin_store(context, unfinished)));
    if done.is_err() {
        // Half of it would keep the next `init` from working.
        undo(&made)?;
    }
    done
}

/// An empty store with its first record, which gets its name when all of it is in the file.
fn begin_store(context: &Context<'_>, unfinished: Unfinished) -> Result<(), Failure> {
    let config = context.load(Intent::Use)?;
    let keys = context.keys(&config)?;
    let url = config.locations.store.clone();
    store::furnish(&url, unfinished.beside(), |fresh| {
        flow::record_creation(&context.session(config, keys, fresh).operating()).map_err(Failure::from)
    })?;
    unfinished.finish().map_err(in_the_way)
}

/// The settings that a new config begins with.
fn settings(context: &Context<'_>, store: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut text = Vec::new();
    // After `sudo regain init` the one who typed it stays the admin (cli.md, "Small decisions").
    if context.identity.actor_uid != context.identity.uid {
        text.push(("operators.admin", config::toml_list(&[context.identity.actor_name()])));
    }
    if context.globals.store.is_some() {
        let url = store.to_str().ok_or_else(|| Failure::usage("the path of the store is not valid UTF-8"))?;
        text.push(("store.url", config::toml_text(url)));
    }
    Ok(text)
}

/// Key and config; `made` takes what is there to be undone.
fn files<'l>(
    locations: &'l Locations,
    missing: There,
    text: &[(&'static str, String)],
    made: &mut Vec<&'l Path>,
) -> Result<(), Failure> {
    if missing.key {
        let keys = KeyRing::generate(&SystemEntropy, &SystemClock)?;
        new_file(&locations.key, keys.to_text().as_bytes())?;
        made.push(&locations.key);
    }
    if missing.config {
        new_file(&locations.config, config::initial_text(text).as_bytes())?;
        made.push(&locations.config);
    }
    Ok(())
}

fn new_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    os::write_new(path, bytes).map_err(in_the_way)
}

/// Another `init` may have made it since we looked.
fn in_the_way(error: FileError) -> Failure {
    match error {
        FileError::Open { path, source } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            FlowError::from(Refusal::InTheWay(path.display().to_string())).into()
        }
        other => other.into(),
    }
}

fn undo(paths: &[&Path]) -> Result<(), Failure> {
    for path in paths {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::new(error).context(format!("{} is left behind", path.display())).into());
            }
            _ => {}
        }
    }
    Ok(())
}
