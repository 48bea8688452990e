//! By what a person can be asked.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use super::proof;
use crate::domain::code::Purpose;
use crate::domain::{Address, Channel, Contact, User};
use crate::flow::foundation::{Env, FlowError, Transaction, policies};
use crate::keyring::Purpose as MacPurpose;

/// A contact that a code can go to: one of the person's own, or the designated person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub(super) contact: Contact,
    verifier: bool,
}

impl Way {
    pub fn channel(&self) -> Channel {
        self.contact.channel
    }

    /// Where the code goes, as it may be shown.
    pub fn masked(&self) -> String {
        self.contact.masked()
    }

    /// Whether somebody else is asked.
    pub fn is_verifier(&self) -> bool {
        self.verifier
    }

    /// Whether it is this contact.
    pub fn is(&self, contact: &Contact) -> bool {
        self.contact.id == contact.id
    }

    pub(super) fn purpose(&self) -> Purpose {
        if self.verifier { Purpose::Approve } else { Purpose::Protect }
    }
}

/// What is still asked of somebody who has just proved who they are, any one of it; empty: nothing. Nobody is asked
/// who has nothing to be asked by (domain.md), and an authenticator has answered with the password.
pub(super) fn open_ways(tx: &mut Transaction<'_>, user: &User) -> Result<Vec<Way>, FlowError> {
    let policy = policies::protection(tx.store, &user.account_id)?;
    if !policy.operation_protection {
        return Ok(Vec::new());
    }
    let proven_by = proof::live(tx, user)?;
    if let Some(address) = policy.verifier() {
        let contact = designated(tx.env, user, &address, tx.now);
        let agreed = proven_by.as_ref() == Some(&contact.id);
        return Ok(if agreed { Vec::new() } else { vec![Way { contact, verifier: true }] });
    }
    let verified = || user.contacts.iter().filter(|contact| contact.verified_at.is_some());
    if user.mfa || verified().any(|contact| proven_by.as_ref() == Some(&contact.id)) {
        return Ok(Vec::new());
    }
    // One in its cool-down is asked only where there is no other: better than nothing.
    let settled = verified().any(|contact| contact.receives(tx.now));
    let asked = verified().filter(|contact| !settled || contact.receives(tx.now));
    Ok(asked.map(|contact| Way { contact: contact.clone(), verifier: false }).collect())
}

/// What the codes to the designated person belong to: in no table of contacts, and another for another person or
/// address (security K3).
fn designated(env: &Env<'_>, user: &User, address: &Address, now: Timestamp) -> Contact {
    let parts = [b"verifier".as_slice(), user.id.as_bytes(), address.key().as_bytes()];
    let (_, tag) = env.keys.mac(MacPurpose::Identifier, &parts);
    let id = format!("ver_{}", HEXLOWER.encode(&tag[..12]));
    Contact { verified_at: Some(now), ..Contact::pending(id, &user.id, address, now) }
}
