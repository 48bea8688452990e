//! `regain store rotate-key`

use serde::Serialize;

use crate::cli::shared::runner;
use crate::cli::shared::{Failure, Session};
use crate::flow::RotateKey;
use crate::ui::{Column, Row, column};

#[derive(Debug, Serialize)]
struct RotatedView {
    key_id: String,
    keys: u64,
    resealed: u64,
    key_file: String,
}

impl Row for RotatedView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("new key", |row| row.key_id.clone()),
        column("keys", |row| row.keys.to_string()),
        column("messages sealed anew", |row| row.resealed.to_string()),
        column("key file", |row| row.key_file.clone()),
    ];
}

pub(super) fn run(session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let file = session.config.locations.key.clone();
    let key_file = file.display().to_string();
    let env = session.operating();
    let change = RotateKey::plan(&env, file, session.context.identity.uid)?;
    let Some(rotated) = runner::run(session.context, &env, change)? else { return Ok(()) };
    printer.done(&format!("Put the new key {} into {key_file}.", rotated.key_id));
    printer.hint("make a new copy of the key file, and keep it apart from the backups");
    let view =
        RotatedView { key_id: rotated.key_id, keys: rotated.keys, resealed: rotated.resealed, key_file };
    Ok(printer.one_if_data(&view)?)
}
