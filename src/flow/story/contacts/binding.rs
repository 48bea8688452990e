//! What every change of a contact does in the store.

use crate::domain::code::{EndReason, Purpose};
use crate::domain::contact::Confirmation;
use crate::domain::message::Change;
use crate::domain::request::State as RequestState;
use crate::domain::time::after;
use crate::domain::{Action, Address, Channel, Contact, Fact, NewEvent, User, id};
use crate::flow::foundation::{FlowError, Refusal, Stop, Transaction, audit, counted};
use crate::flow::messages::notices;
use crate::flow::proofs::guesses;
use crate::store::{CodesOf, TokensOf};

/// On whose word a contact is bound, which decides when reset codes may go to it (security S5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// An admin vouches for it: verified, and used at once.
    ByAdmin,
    /// Not verified yet: a verified one of its channel stays until it is.
    Unverified(Confirmation),
    /// Verified by the person, and the old contact agreed: used at once.
    WithOldContact,
    /// Verified by the person where there was none: it takes nobody's place, and is used at once.
    First,
    /// Verified by whoever registered with it: the security phone number of a new unified ID.
    Registered,
    /// Verified by the person in place of another, on the word of a password alone: used after the cool-down.
    WithPasswordOnly,
}

/// The action that a change of this channel is recorded as.
pub(crate) fn action(channel: Channel) -> Action {
    match channel {
        Channel::Email => Action::ModifyUserEmail,
        Channel::Mobile => Action::ModifyUserMobile,
    }
}

/// That a contact is verified, or not, or unbound.
pub(crate) fn event(user: &User, contact: &Contact, fact: &'static str, flag: bool) -> NewEvent {
    NewEvent::success(action(contact.channel), audit::target(user))
        .with("contact", Fact::Masked(contact.masked()))
        .with(fact, Fact::Flag(flag))
}

/// Binds an address to a person in place of those of that channel, whose codes end and of whom the verified one is told. One
/// that is not verified yet takes no verified one's place.
pub(crate) fn insert(
    tx: &mut Transaction<'_>,
    user: &User,
    address: &Address,
    bound: Bound,
) -> Result<Contact, Stop> {
    if tx.store.contact_taken(address, &user.id)? {
        return Err(Stop::keep(Refusal::ContactTaken));
    }
    let channel = address.channel();
    let confirmation = if let Bound::Unverified(by) = bound { Some(by) } else { None };
    for old in user.contacts_of(channel) {
        if confirmation.is_none() || old.verified_at.is_none() {
            remove(tx, user, old, Change::ContactReplaced(channel))?;
        }
    }
    let cools_down = bound == Bound::WithPasswordOnly;
    let contact = Contact {
        verified_at: confirmation.is_none().then_some(tx.now),
        usable_from: if cools_down { after(tx.now, tx.env.settings.contacts.cooldown) } else { tx.now },
        // What takes the place of a security phone number is the security phone number.
        security: bound == Bound::Registered || user.contacts_of(channel).any(|old| old.security),
        confirmation: confirmation.unwrap_or(Confirmation::Owner),
        ..Contact::pending(id::new_at(tx.env.entropy, "con", tx.now)?, &user.id, address, tx.now)
    };
    tx.store.insert_contact(&contact, &address.skeleton(), address.is_ascii())?;
    Ok(contact)
}

/// Makes a contact that waited a verified one, in place of the one before, which is told. `cools_down`: reset codes go to it
/// later, where it takes another's place (security S5).
pub(super) fn confirm(
    tx: &mut Transaction<'_>,
    user: &User,
    contact: &Contact,
    cools_down: bool,
) -> Result<(), FlowError> {
    let old = user.contact(contact.channel).filter(|old| old.id != contact.id);
    if let Some(old) = old {
        remove(tx, user, old, Change::ContactReplaced(contact.channel))?;
    }
    let wait = if old.is_some() && cools_down {
        tx.env.settings.contacts.cooldown
    } else {
        jiff::SignedDuration::ZERO
    };
    tx.store.end_codes(CodesOf::Contact(&contact.id), EndReason::ContactChanged)?;
    tx.store.set_contact_verified(&contact.id, tx.now, after(tx.now, wait))?;
    event(user, contact, "verified", true).with("usable_from", Fact::Time(after(tx.now, wait))).append(tx)?;
    tell(tx, user, contact, old.is_some())
}

/// Tells every contact that another one of a person is bound, or took a place; the one before knows already.
pub(super) fn tell(
    tx: &mut Transaction<'_>,
    user: &User,
    contact: &Contact,
    replaced: bool,
) -> Result<(), FlowError> {
    let channel = contact.channel;
    let change = if replaced { Change::ContactReplaced(channel) } else { Change::ContactBound(channel) };
    notices::notify_all(tx, user, change)
}

/// A new binding begins its counts of wrong codes anew.
pub(super) fn forget_guesses(tx: &mut Transaction<'_>, contact: &Contact) -> Result<(), FlowError> {
    for tried_on in [counted::contact(tx.env, contact), counted::sign_in(tx.env, contact)] {
        guesses::forget(tx.store, &tried_on)?;
    }
    Ok(())
}

/// Takes a contact away: its live codes end, and it is told. Requests that are proved already end too: whoever
/// reads the old mailbox may have done that, and must not set a password afterwards (security S5). One that was never
/// verified has proved nothing, and is told nothing.
pub(crate) fn remove(
    tx: &mut Transaction<'_>,
    user: &User,
    contact: &Contact,
    notified_as: Change,
) -> Result<(), FlowError> {
    if contact.verified_at.is_none() {
        return withdraw(tx, contact);
    }
    end_what_went_there(tx, contact)?;
    for request in tx.store.requests_of(&user.id, u32::MAX)? {
        if matches!(request.state, RequestState::Second | RequestState::Password) {
            tx.store.advance_request(&request.id, &[request.state], RequestState::Cancelled)?;
        }
    }
    let only_this = User { contacts: vec![contact.clone()], ..user.clone() };
    notices::notify(tx, &only_this, notified_as)?;
    Ok(tx.store.delete_contact(&contact.id)?)
}

/// Takes away a contact that was never verified: its code ends.
pub(crate) fn withdraw(tx: &mut Transaction<'_>, contact: &Contact) -> Result<(), FlowError> {
    end_what_went_there(tx, contact)?;
    Ok(tx.store.delete_contact(&contact.id)?)
}

/// Codes, and a setup token that may be on its way there still.
fn end_what_went_there(tx: &mut Transaction<'_>, contact: &Contact) -> Result<(), FlowError> {
    tx.store.end_codes(CodesOf::Contact(&contact.id), EndReason::ContactChanged)?;
    if tx.store.end_tokens(TokensOf::Contact(&contact.id), EndReason::ContactChanged)? > 0 {
        tx.store.withdraw_setups(Some(&contact.user_id))?;
    }
    Ok(())
}

/// What the code proves that goes to a contact when it is bound.
pub(super) const PURPOSE: Purpose = Purpose::BindContact;
