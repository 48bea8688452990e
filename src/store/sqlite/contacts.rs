//! Contacts.

use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Columns, Connected, ms};
use crate::domain::contact::Confirmation;
use crate::domain::{Address, Channel, Contact, User};
use crate::store::{Contacts, Result};

/// The columns of a contact that is joined to a row of users by this name.
macro_rules! contact_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id, ",
            $table,
            ".address, ",
            $table,
            ".address_key, ",
            $table,
            ".verified_at, ",
            $table,
            ".usable_from, ",
            $table,
            ".bound_at, ",
            $table,
            ".security, ",
            $table,
            ".confirmation"
        )
    };
}
pub(super) use contact_columns;

/// The contacts that were joined to a user's row, of each channel the verified one and then the other: those that count,
/// and those that wait to take the place of one.
pub(super) fn add_contacts(row: &mut Columns<'_>, user: &mut User) -> Result<()> {
    for channel in Channel::ALL {
        let (verified, unverified) = (contact(row, *channel, &user.id)?, contact(row, *channel, &user.id)?);
        match (verified, unverified) {
            (Some(verified), unverified) => {
                user.contacts.push(verified);
                user.pending.extend(unverified);
            }
            (None, unverified) => user.contacts.extend(unverified),
        }
    }
    Ok(())
}

fn contact(row: &mut Columns<'_>, channel: Channel, user_id: &str) -> Result<Option<Contact>> {
    let Some(id) = row.get("id")? else {
        row.skip(7);
        return Ok(None);
    };
    Ok(Some(Contact {
        id,
        user_id: user_id.to_owned(),
        channel,
        address: row.get("address")?,
        key: row.get("address_key")?,
        verified_at: row.time_maybe("verified_at")?,
        usable_from: row.time("usable_from")?,
        bound_at: row.time("bound_at")?,
        security: row.get("security")?,
        confirmation: row.word("confirmation")?,
    }))
}

impl Contacts for Connected<'_> {
    fn insert_contact(&mut self, contact: &Contact, skeleton: &str, ascii: bool) -> Result<()> {
        self.insert(
            "contacts",
            &[
                ("id", &contact.id),
                ("user_id", &contact.user_id),
                ("channel", &contact.channel.as_str()),
                ("address", &contact.address),
                ("address_key", &contact.key),
                ("look", &skeleton),
                ("ascii", &ascii),
                ("verified_at", &contact.verified_at.map(ms)),
                ("usable_from", &ms(contact.usable_from)),
                ("bound_at", &ms(contact.bound_at)),
                ("security", &contact.security),
                ("confirmation", &contact.confirmation.as_str()),
            ],
        )
    }

    fn contact_taken(&mut self, address: &Address, except: &str) -> Result<bool> {
        // Two look-ups, each by its index, and both whatever the first one finds: so that a taken address takes as long
        // as a free one (security E1).
        let found = self.number(
            "SELECT (SELECT count(*) FROM contacts WHERE channel = ?1 AND address_key = ?2 AND user_id <> ?5) \
                  + (SELECT count(*) FROM contacts WHERE channel = ?1 AND look = ?3 AND NOT (ascii AND ?4) \
                         AND user_id <> ?5)",
            params![
                address.channel().as_str(),
                address.key(),
                address.skeleton(),
                address.is_ascii(),
                except
            ],
        )?;
        Ok(found > 0)
    }

    fn set_contact_verified(&mut self, id: &str, at: Timestamp, usable_from: Timestamp) -> Result<()> {
        self.change_one(
            "UPDATE contacts SET verified_at = ?2, usable_from = ?3 WHERE id = ?1",
            params![id, ms(at), ms(usable_from)],
        )
    }

    fn set_contact_confirmation(&mut self, id: &str, by: Confirmation) -> Result<()> {
        self.change_one(
            "UPDATE contacts SET confirmation = ?2 WHERE id = ?1 AND verified_at IS NULL",
            params![id, by.as_str()],
        )
    }

    fn delete_contact(&mut self, id: &str) -> Result<()> {
        self.change_one("DELETE FROM contacts WHERE id = ?1", [id])
    }
}
