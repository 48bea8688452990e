//! `regain store rotate-key`

use serde::Serialize;

use crate::cli::shared::{Failure, Planned, Session, runner};
use crate::flow::{RotateKey, Rotated};
use crate::ui::{Column, Row, column};

#[derive(Debug, Serialize)]
struct RotatedView {
    #[serde(flatten)]
    rotated: Rotated,
    key_file: String,
}

impl Row for RotatedView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("new key", |row| row.rotated.key_id.clone()),
        column("keys", |row| row.rotated.keys.to_string()),
        column("messages sealed anew", |row| row.rotated.resealed.to_string()),
        column("key file", |row| row.key_file.clone()),
    ];
    const FIELDS: &'static [&'static str] = &["key_id", "keys", "resealed", "key_file"];
}

pub(super) fn run(session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let file = session.config.locations.key.clone();
    let key_file = file.display().to_string();
    let env = session.operating();
    let change = RotateKey::plan(&env, file, session.context.identity.uid)?;
    let planned = Planned::<RotatedView>::unknown()
        .with("keys", session.keys.list().count() + 1)
        .with("key_file", key_file.as_str());
    let Some((rotated, changed)) = runner::run(session, planned, change)? else { return Ok(()) };
    printer.done(&format!("Put the new key {} into {key_file}.", rotated.key_id));
    printer.hint("make a new copy of the key file, and keep it apart from the backups");
    Ok(printer.written(&RotatedView { rotated, key_file }, changed)?)
}
