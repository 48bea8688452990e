//! A device that somebody signed in from.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::device::Device;
use crate::ui::Row;

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
    fn columns() -> &'static [&'static str] {
        &["id", "device", "known", "first sign-in", "last sign-in"]
    }

    fn prose() -> &'static [&'static str] {
        &["device"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.label.clone(),
            if self.known { "yes" } else { "no" }.to_owned(),
            crate::cli::shared::views::moment(Some(self.first_seen)),
            crate::cli::shared::views::moment(Some(self.last_seen)),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &["id", "user", "label", "known", "first_seen", "last_seen", "forgotten_from"]
    }
}
