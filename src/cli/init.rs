//! `regain init`: config, key and an empty store.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::context::Context;
use super::failure::Failure;
use crate::config::{self, Intent, StoreUrl};
use crate::domain::entropy::SystemEntropy;
use crate::domain::time::SystemClock;
use crate::flow;
use crate::keyring::KeyRing;
use crate::os;
use crate::store::StoreError;
use crate::store::sqlite::Sqlite;
use crate::ui::Row;

/// Make the config, the key and an empty store
///
/// Nothing that exists is touched. The key lies beside the config and never beside the store, so that a stolen
/// store gives nothing away: keep a copy of the key apart from the backups.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain init\n  sudo regain init        # a service: /etc/regain, /var/lib/regain"
)]
pub(super) struct Init {}

#[derive(Debug, Serialize)]
struct Made {
    config: String,
    key: String,
    store: String,
}

impl Row for Made {
    fn columns() -> &'static [&'static str] {
        &["config", "key", "store"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.config.clone(), self.key.clone(), self.store.clone()]
    }
}

pub(super) fn run(_: &Init, context: &Context<'_>) -> Result<(), Failure> {
    let locations = config::locate(&context.places(Intent::Create), &|path| path.exists())?;
    let StoreUrl::Sqlite(store) = &locations.store;
    let made = Made {
        config: locations.config.display().to_string(),
        key: locations.key.display().to_string(),
        store: store.display().to_string(),
    };
    for path in [&locations.config, &locations.key, store] {
        if path.symlink_metadata().is_ok() {
            return Err(in_the_way(path));
        }
    }
    if context.globals.dry_run {
        return Ok(context.printer.one(&made)?);
    }
    let mut text = Vec::new();
    // After `sudo regain init` the one who typed it stays the admin (cli.md, "Small decisions").
    if context.identity.actor_uid != context.identity.uid {
        text.push(("operators.admin", config::toml_list(&[context.identity.actor_name()])));
    }
    if context.globals.store.is_some() {
        let url = store.to_str().ok_or_else(|| Failure::usage("the path of the store is not valid UTF-8"))?;
        text.push(("store.url", config::toml_text(url)));
    }
    for folder in [locations.config.parent(), store.parent()].into_iter().flatten() {
        os::create_folder(folder)?;
    }
    let keys = KeyRing::generate(&SystemEntropy, &SystemClock)?;
    // Whoever makes the key first goes on; half of it would keep the next `init` from working.
    new_file(&locations.key, keys.to_text().as_bytes())?;
    if let Err(failure) = new_file(&locations.config, config::initial_text(&text).as_bytes()) {
        undo(&[&locations.key])?;
        return Err(failure);
    }
    let store = match Sqlite::create(store) {
        Ok(store) => store,
        Err(error) => {
            undo(&[&locations.key, &locations.config])?;
            return Err(match error {
                StoreError::Exists(path) => in_the_way(&path),
                other => other.into(),
            });
        }
    };
    let config = config::load(&context.places(Intent::Use))?;
    let session = context.session(config, keys, store, None);
    flow::record_creation(&session.operating())?;
    context.printer.one(&made)?;
    context.printer.done("Made the config, the key and an empty store.");
    context.printer.hint("keep a copy of the key apart from the backups: no backup holds it");
    context.printer.hint("next: `regain account create NAME`");
    Ok(())
}

fn in_the_way(path: &Path) -> Failure {
    Failure::Flow(flow::Refusal::InTheWay(path.display().to_string()).into())
}

/// Another `init` may have made it since we looked.
fn new_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    os::write_new(path, bytes)
        .map_err(|error| if error.is_in_the_way() { in_the_way(path) } else { error.into() })
}

fn undo(paths: &[&Path]) -> Result<(), Failure> {
    for path in paths {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::Internal {
                    message: format!("{} is left behind: {error}", path.display()),
                });
            }
            _ => {}
        }
    }
    Ok(())
}
