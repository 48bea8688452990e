//! Contacts.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, time, time_maybe};
use crate::domain::{Address, Channel, Contact};
use crate::store::{Contacts, Result};

/// The columns of one channel's contact in a row of users.
type Columns = [&'static str; 7];

const EMAIL: Columns =
    ["e_id", "e_address", "e_key", "e_verified_at", "e_usable_from", "e_bound_at", "e_security"];

const MOBILE: Columns =
    ["m_id", "m_address", "m_key", "m_verified_at", "m_usable_from", "m_bound_at", "m_security"];

/// The contact of a channel that was joined to a user's row, if there is one.
pub(super) fn contact_of(row: &Row<'_>, channel: Channel, user_id: &str) -> Result<Option<Contact>> {
    let [id, address, key, verified_at, usable_from, bound_at, security] = match channel {
        Channel::Email => EMAIL,
        Channel::Mobile => MOBILE,
    };
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
            ],
        )
    }

    fn contact_taken(&mut self, address: &Address, except: &str) -> Result<bool> {
        let found = self.one(
            "SELECT 1 AS found FROM contacts WHERE channel = ?1 AND user_id <> ?5 \
             AND (address_key = ?2 OR (look = ?3 AND NOT (ascii AND ?4)))",
            params![address.channel().as_str(), address.key(), address.look(), address.is_ascii(), except],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    fn set_contact_verified(&mut self, id: &str, at: Timestamp, usable_from: Timestamp) -> Result<()> {
        self.change_one(
            "UPDATE contacts SET verified_at = ?2, usable_from = ?3 WHERE id = ?1",
            params![id, ms(at), ms(usable_from)],
        )
    }

    fn delete_contact(&mut self, id: &str) -> Result<()> {
        self.change_one("DELETE FROM contacts WHERE id = ?1", [id])
    }
}
