//! `regain config show`

use crate::cli::shared::{Context, Failure};
use crate::config::{Intent, Shown};
use crate::domain::{Role, Task};
use crate::ui::{Column, Row, column, prose};

impl Row for Shown {
    const COLUMNS: &'static [Column<Self>] = &[
        column("setting", |row| row.key.to_owned()),
        prose("value", |row| row.value.clone()),
        column("from", |row| row.origin.to_string()),
    ];
}

pub(super) fn run(context: &Context<'_>) -> Result<(), Failure> {
    let config = context.load(Intent::Use)?;
    // Through somebody else's process only an admin reads its config; the store records that others tried.
    if config.locations.foreign && context.role(&config) != Role::Admin {
        context.open()?.operating().authorize(Task::ManageStore, None)?;
    }
    Ok(context.printer.list(config.shown(), "")?)
}
