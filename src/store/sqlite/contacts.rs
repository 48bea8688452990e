//! Contacts.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::columns::{Connected, get, ms, time, time_maybe};
use crate::domain::address::{Address, Channel};
use crate::domain::contact::Contact;
use crate::store::{Contacts, StoreError, ensure_rows};

/// The columns of one channel's contact in a row of users.
struct Prefixed {
    id: &'static str,
    address: &'static str,
    key: &'static str,
    verified_at: &'static str,
    usable_from: &'static str,
    bound_at: &'static str,
    security: &'static str,
}

const EMAIL: Prefixed = Prefixed {
    id: "e_id",
    address: "e_address",
    key: "e_key",
    verified_at: "e_verified_at",
    usable_from: "e_usable_from",
    bound_at: "e_bound_at",
    security: "e_security",
};

const MOBILE: Prefixed = Prefixed {
    id: "m_id",
    address: "m_address",
    key: "m_key",
    verified_at: "m_verified_at",
    usable_from: "m_usable_from",
    bound_at: "m_bound_at",
    security: "m_security",
};

/// The contact of a channel that was joined to a user's row, if there is one.
pub(super) fn contact_of(
    row: &Row<'_>,
    channel: Channel,
    user_id: &str,
) -> Result<Option<Contact>, StoreError> {
    let columns = match channel {
        Channel::Email => &EMAIL,
        Channel::Mobile => &MOBILE,
    };
    let Some(id) = get::<Option<String>>(row, columns.id)? else { return Ok(None) };
    Ok(Some(Contact {
        id,
        user_id: user_id.to_owned(),
        channel,
        address: get(row, columns.address)?,
        key: get(row, columns.key)?,
        verified_at: time_maybe(row, columns.verified_at)?,
        usable_from: time(row, columns.usable_from)?,
        bound_at: time(row, columns.bound_at)?,
        security: get(row, columns.security)?,
    }))
}

impl Contacts for Connected<'_> {
    fn insert_contact(&mut self, contact: &Contact, look: &str, ascii: bool) -> Result<(), StoreError> {
        self.change(
            "INSERT INTO contacts (id, user_id, channel, address, address_key, look, ascii, verified_at, \
             usable_from, bound_at, security) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                contact.id,
                contact.user_id,
                contact.channel.as_str(),
                contact.address,
                contact.key,
                look,
                ascii,
                contact.verified_at.map(ms),
                ms(contact.usable_from),
                ms(contact.bound_at),
                contact.security
            ],
        )
        .and_then(|changed| ensure_rows(changed, 1))
    }

    fn contact_taken(&mut self, address: &Address, except: &str) -> Result<bool, StoreError> {
        let found = self.one(
            "SELECT 1 AS found FROM contacts WHERE channel = ?1 AND user_id <> ?5 \
             AND (address_key = ?2 OR (look = ?3 AND NOT (ascii AND ?4)))",
            params![address.channel().as_str(), address.key(), address.look(), address.is_ascii(), except],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    fn set_contact_verified(
        &mut self,
        id: &str,
        at: Timestamp,
        usable_from: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(
            "UPDATE contacts SET verified_at = ?2, usable_from = ?3 WHERE id = ?1",
            params![id, ms(at), ms(usable_from)],
        )
        .and_then(|changed| ensure_rows(changed, 1))
    }

    fn delete_contact(&mut self, id: &str) -> Result<(), StoreError> {
        self.change("DELETE FROM contacts WHERE id = ?1", [id]).and_then(|changed| ensure_rows(changed, 1))
    }
}
