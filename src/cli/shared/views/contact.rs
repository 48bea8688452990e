//! A contact, masked unless somebody may see it in full.

use jiff::Timestamp;
use serde::Serialize;

use super::moment::moment;
use crate::domain::time::in_seconds;
use crate::domain::{Channel, Contact};
use crate::ui::{Column, Row, column};

/// A contact as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ContactView {
    channel: Channel,
    address: String,
    verified: bool,
    #[serde(serialize_with = "in_seconds")]
    verified_at: Option<Timestamp>,
    #[serde(serialize_with = "in_seconds")]
    usable_from: Timestamp,
    /// The security phone number of a unified ID.
    security: bool,
}

impl ContactView {
    pub(in crate::cli) fn of(contact: &Contact, unmask: bool) -> Self {
        Self {
            channel: contact.channel,
            address: if unmask { contact.address.clone() } else { contact.masked() },
            verified: contact.verified_at.is_some(),
            verified_at: contact.verified_at,
            usable_from: contact.receives_from(),
            security: contact.security && contact.verified_at.is_some(),
        }
    }

    /// Where there is no room for the address.
    pub(super) fn channel(&self) -> &'static str {
        self.channel.as_str()
    }

    /// In one cell of a user's row.
    pub(super) fn brief(&self) -> String {
        if self.verified { self.address.clone() } else { format!("{} (unverified)", self.address) }
    }
}

impl Row for ContactView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("channel", |row| {
            if row.security { format!("{} (security)", row.channel) } else { row.channel.to_string() }
        }),
        column("address", |row| row.address.clone()),
        column("verified", |row| row.verified_at.map_or_else(|| "no".to_owned(), |at| moment(Some(at)))),
        column("usable from", |row| moment(Some(row.usable_from).filter(|_| row.verified))),
    ];
    const FIELDS: &'static [&'static str] =
        &["channel", "address", "verified", "verified_at", "usable_from", "security"];
}
