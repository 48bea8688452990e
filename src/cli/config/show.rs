//! `regain config show`

use serde::Serialize;

use crate::cli::shared::{Context, Failure};
use crate::config::Shown;
use crate::domain::operator::{Role, Task};
use crate::ui::Row;

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
    fn columns() -> &'static [&'static str] {
        &["setting", "value", "from"]
    }

    fn prose() -> &'static [&'static str] {
        &["value"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.key.to_owned(), self.value.clone(), self.origin.clone()]
    }
}

pub(super) fn run(context: &Context<'_>) -> Result<(), Failure> {
    let config = context.config()?;
    // Through somebody else's process only an admin reads its config; the store records that others tried.
    if config.locations.foreign && context.role(&config) != Role::Admin {
        context.open()?.operating().authorize(Task::ManageStore, None)?;
    }
    Ok(context.printer.list(config.shown().into_iter().map(SettingView::from), "")?)
}
