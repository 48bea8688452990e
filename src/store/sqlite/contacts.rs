//! Contacts.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, time, time_maybe, word};
use crate::domain::contact::Confirmation;
use crate::domain::{Address, Channel, Contact};
use crate::store::{Contacts, Result};

/// The columns of one contact in a row of users.
type Columns = [&'static str; 8];

macro_rules! columns {
    ($prefix:literal) => {
        [
            concat!($prefix, "_id"),
            concat!($prefix, "_address"),
            concat!($prefix, "_key"),
            concat!($prefix, "_verified_at"),
            concat!($prefix, "_usable_from"),
            concat!($prefix, "_bound_at"),
            concat!($prefix, "_security"),
            concat!($prefix, "_confirmation"),
        ]
    };
}

/// Those of the verified contact of a channel, and of the one that is not.
fn columns_of(channel: Channel) -> [Columns; 2] {
    match channel {
        Channel::Email => [columns!("e"), columns!("ep")],
        Channel::Mobile => [columns!("m"), columns!("mp")],
    }
}

/// The contacts of a user that were joined to its row: those that count, and those that wait to take the place of one.
pub(super) fn contacts_of(row: &Row<'_>, user_id: &str) -> Result<(Vec<Contact>, Vec<Contact>)> {
    let (mut contacts, mut pending) = (Vec::new(), Vec::new());
    for channel in Channel::ALL {
        let [verified, unverified] =
            columns_of(*channel).map(|columns| contact(row, *channel, columns, user_id));
        match (verified?, unverified?) {
            (Some(verified), unverified) => {
                contacts.push(verified);
                pending.extend(unverified);
            }
            (None, unverified) => contacts.extend(unverified),
        }
    }
    Ok((contacts, pending))
}

fn contact(row: &Row<'_>, channel: Channel, columns: Columns, user_id: &str) -> Result<Option<Contact>> {
    let [id, address, key, verified_at, usable_from, bound_at, security, confirmation] = columns;
    let Some(id) = get::<Option<String>>(row, id)? else { return Ok(None) };
    Ok(Some(Contact {
        id,
        user_id: user_id.to_owned(),
        channel,
        address: get(row, address)?,
        key: get(row, key)?,
        verified_at: time_maybe(row, verified_at)?,
        usable_from: time(row, usable_from)?,
        bound_at: time(row, bound_at)?,
        security: get(row, security)?,
        confirmation: word(row, confirmation)?,
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
