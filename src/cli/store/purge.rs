//! `regain store purge`

use clap::Args;

use crate::cli::shared::{Failure, Planned, Session, runner};
use crate::domain::span;
use crate::flow::{PurgeStore, Purged};
use crate::ui::{Column, Row, column};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain store purge\n  regain store purge --older-than 7d")]
pub(in crate::cli) struct Purge {
    /// Override the age in the config, such as 7d; at least 1d
    #[arg(long, value_name = "SPAN")]
    older_than: Option<String>,
}

impl Row for Purged {
    const COLUMNS: &'static [Column<Self>] = &[column("deleted", |row| row.rows.to_string())];
    const FIELDS: &'static [&'static str] = &["deleted"];
}

pub(super) fn run(arguments: &Purge, session: &Session<'_>) -> Result<(), Failure> {
    let older_than = arguments.older_than.as_deref().map(span::parse).transpose();
    let older_than = older_than.map_err(|error| Failure::usage(format!("--older-than: {error}")))?;
    let env = session.operating();
    let plan = PurgeStore::plan(&env, older_than)?;
    let planned = Planned::<Purged>::unknown().with("deleted", plan.due());
    let Some((purged, _)) = runner::run(session, planned, plan)? else {
        return Ok(());
    };
    session.context.printer.done(&format!("Deleted {} rows that had ended long ago.", purged.rows));
    Ok(session.context.printer.written(&purged, purged.rows > 0)?)
}
