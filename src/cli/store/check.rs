//! `regain store check`

use serde::Serialize;

use crate::cli::shared::{Context, Failure};
use crate::config::Intent;
use crate::flow::{self, FlowError};
use crate::store::{self, StoreError};
use crate::ui::{Column, Row, column};

#[derive(Debug, Serialize)]
struct Checked {
    ok: bool,
    findings: Vec<String>,
}

impl Row for Checked {
    const COLUMNS: &'static [Column<Self>] =
        &[column(
            "result",
            |row| if row.ok { "The store is sound.".to_owned() } else { row.findings.join("; ") },
        )];
}

pub(super) fn run(context: &Context<'_>) -> Result<(), Failure> {
    let findings = match context.open() {
        Ok(session) => flow::check_store(&session.operating())?,
        Err(Failure::Flow(FlowError::Store(error))) => check_closed(context, error)?,
        Err(other) => return Err(other),
    };
    let count = findings.len();
    context.printer.one(&Checked { ok: count == 0, findings })?;
    if count == 0 { Ok(()) } else { Err(Failure::Unsound { findings: count }) }
}

/// The check of a store that does not open: looked at without a write where that can be done, so that nothing
/// in it runs.
fn check_closed(context: &Context<'_>, error: StoreError) -> Result<Vec<String>, Failure> {
    match error {
        StoreError::Tampered { .. } => {
            let config = context.load(Intent::Use)?;
            let keys = context.keys(&config)?;
            let store = store::open_read_only(&config.locations.store)?;
            let session = context.session(config, keys, store);
            Ok(flow::check_store(&session.operating())?)
        }
        StoreError::Corrupt(_) | StoreError::Damaged { .. } => Ok(vec![flow::describe_damage(&error)]),
        other => Err(other.into()),
    }
}
