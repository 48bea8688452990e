//! A device that somebody signed in from.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::shared::views::moment;
use crate::domain::device::Device;
use crate::ui::{Column, Row, column, prose};

/// A device as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct DeviceView {
    id: String,
    user: String,
    label: String,
    known: bool,
    first_seen: Timestamp,
    last_seen: Timestamp,
    forgotten_from: Timestamp,
}

impl DeviceView {
    pub(in crate::cli) fn of(user: &str, device: Device, now: Timestamp) -> Self {
        Self {
            user: user.to_owned(),
            known: device.known(now),
            first_seen: device.first_seen,
            last_seen: device.last_seen,
            forgotten_from: device.forgotten_from(),
            id: device.id,
            label: device.label,
        }
    }
}

impl Row for DeviceView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("id", |row| row.id.clone()),
        prose("device", |row| row.label.clone()),
        column("known", |row| if row.known { "yes" } else { "no" }.to_owned()),
        column("first sign-in", |row| moment(Some(row.first_seen))),
        column("last sign-in", |row| moment(Some(row.last_seen))),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "user", "label", "known", "first_seen", "last_seen", "forgotten_from"];
}
