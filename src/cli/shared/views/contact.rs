//! A contact, masked unless somebody may see it in full.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::address::Channel;
use crate::domain::contact::Contact;
use crate::ui::Row;

/// A contact as shown.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ContactView {
    channel: Channel,
    address: String,
    verified: bool,
    verified_at: Option<Timestamp>,
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
            usable_from: contact.usable_from,
            security: contact.security,
        }
    }

    /// In one cell of a user's row.
    pub(super) fn brief(&self) -> String {
        if self.verified { self.address.clone() } else { format!("{} (unverified)", self.address) }
    }
}

impl Row for ContactView {
    fn columns() -> &'static [&'static str] {
        &["channel", "address", "verified", "usable from"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            if self.security { format!("{} (security)", self.channel) } else { self.channel.to_string() },
            self.address.clone(),
            self.verified_at
                .map_or_else(|| "no".to_owned(), |at| crate::cli::shared::views::moment(Some(at))),
            crate::cli::shared::views::moment(Some(self.usable_from).filter(|_| self.verified)),
        ]
    }

    fn fields() -> &'static [&'static str] {
        &["channel", "address", "verified", "verified_at", "usable_from", "security"]
    }
}
