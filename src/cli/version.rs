//! `regain version`

use clap::Args;
use serde::Serialize;

use crate::cli::shared::{Context, Failure};
use crate::store::{self, SCHEMA};
use crate::ui::{Column, Row, column};

/// Show the version of regain and of its built-in components
///
/// The command needs no config and no store.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain version\n  regain version -o json")]
pub(in crate::cli) struct Version {}

#[derive(Debug, Serialize)]
struct About {
    name: &'static str,
    version: &'static str,
    /// The newest schema that it reads and writes.
    schema: i64,
    sqlite: &'static str,
    os: &'static str,
    architecture: &'static str,
}

impl Row for About {
    const COLUMNS: &'static [Column<Self>] = &[
        column("regain", |row| row.version.to_owned()),
        column("schema", |row| row.schema.to_string()),
        column("SQLite", |row| row.sqlite.to_owned()),
        column("system", |row| format!("{} {}", row.os, row.architecture)),
    ];
}

pub(in crate::cli) fn run(context: &Context<'_>) -> Result<(), Failure> {
    let about = About {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        schema: SCHEMA,
        sqlite: store::engine_version(),
        os: std::env::consts::OS,
        architecture: std::env::consts::ARCH,
    };
    Ok(context.printer.one(&about)?)
}
