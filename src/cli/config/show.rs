//! `regain config show`

use serde::Serialize;

use crate::cli::shared::{Context, Failure};
use crate::config::{Intent, Shown};
use crate::domain::{Role, Task};
use crate::ui::{Column, Row, column, prose};

/// A setting.
#[derive(Debug, Serialize)]
struct SettingView {
    key: &'static str,
    value: String,
    origin: String,
}

impl From<Shown> for SettingView {
    fn from(shown: Shown) -> Self {
        Self { key: shown.key, value: shown.value, origin: shown.origin.to_string() }
    }
}

impl Row for SettingView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("setting", |row| row.key.to_owned()),
        prose("value", |row| row.value.clone()),
        column("from", |row| row.origin.clone()),
    ];
}

pub(super) fn run(context: &Context<'_>) -> Result<(), Failure> {
    let config = context.load(Intent::Use)?;
    // Through somebody else's process only an admin reads its config; the store records that others tried.
    if config.locations.foreign && context.role(&config) != Role::Admin {
        context.open()?.operating().authorize(Task::ManageStore, None)?;
    }
    Ok(context.printer.list(config.shown().into_iter().map(SettingView::from), "")?)
}
