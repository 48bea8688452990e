//! Contacts: binding, verifying, unbinding. Binding one is as strong as setting a password, so only an admin,
//! or the person with their password, does it (security S9).

use crate::domain::code::{EndReason, Purpose};
use crate::domain::message::Change;
use crate::domain::request::State as RequestState;
use crate::domain::time::after;
use crate::domain::{Action, Address, Channel, Contact, Fact, NewEvent, Principal, Secret, Task, User, id};
use crate::flow::foundation::{
    Confirmed, Env, FlowError, Missing, Refusal, Stop, Transaction, audit, counted, people,
};
use crate::flow::messages::notices;
use crate::flow::proofs::codes;
use crate::flow::proofs::guesses;
use crate::store::CodesOf;

/// On whose word a contact is bound, which decides when reset codes may go to it (security S5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// An admin vouches for it: verified, and used at once.
    ByAdmin,
    /// Not verified yet.
    Unverified,
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

/// Binds an address to a person in place of the one of that channel, whose codes end and who is told.
pub(crate) fn insert(
    tx: &mut Transaction<'_>,
    user: &User,
    address: &Address,
    bound: Bound,
) -> Result<Contact, Stop> {
    if tx.store.contact_taken(address, &user.id)? {
        return Err(Stop::keep(Refusal::ContactTaken));
    }
    let old = user.contact(address.channel());
    if let Some(old) = old {
        remove(tx, user, old, Change::ContactReplaced(address.channel()))?;
    }
    let cools_down = bound == Bound::WithPasswordOnly;
    let contact = Contact {
        verified_at: (bound != Bound::Unverified).then_some(tx.now),
        usable_from: if cools_down { after(tx.now, tx.env.settings.contacts.cooldown) } else { tx.now },
        // What takes the place of a security phone number is the security phone number.
        security: bound == Bound::Registered || old.is_some_and(|old| old.security),
        ..Contact::pending(id::new(tx.env.entropy, "con")?, &user.id, address, tx.now)
    };
    tx.store.insert_contact(&contact, &address.skeleton(), address.is_ascii())?;
    Ok(contact)
}

/// Takes a contact away: its live codes end, and it is told. Requests that are proved already end too: whoever
/// reads the old mailbox may have done that, and must not set a password afterwards (security S5).
pub(crate) fn remove(
    tx: &mut Transaction<'_>,
    user: &User,
    contact: &Contact,
    notified_as: Change,
) -> Result<(), FlowError> {
    tx.store.end_codes(CodesOf::Contact(&contact.id), EndReason::ContactChanged)?;
    for request in tx.store.requests_of(&user.id, u32::MAX)? {
        if matches!(request.state, RequestState::Second | RequestState::Password) {
            tx.store.advance_request(&request.id, &[request.state], RequestState::Cancelled)?;
        }
    }
    let only_this = User { contacts: vec![contact.clone()], ..user.clone() };
    notices::notify(tx, &only_this, notified_as)?;
    Ok(tx.store.delete_contact(&contact.id)?)
}

/// The planned binding of a contact by an admin.
pub struct BindContact {
    user: User,
    address: Address,
    verified: bool,
    notified: Option<String>,
}

impl BindContact {
    pub fn plan(env: &Env<'_>, who: &Principal, address: Address, verified: bool) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::ManageContacts)?;
        if env.read(|tx| tx.contact_taken(&address, &user.id))? {
            return Err(Refusal::ContactTaken.into());
        }
        if !verified && bound(&user, &address).is_ok_and(|contact| contact.verified_at.is_some()) {
            return Err(Refusal::VerifiedAlready.into());
        }
        let notified = notices::effect(env, &user.contacts);
        Ok(Self { user, address, verified, notified })
    }
}

impl crate::flow::foundation::Change for BindContact {
    /// The person with the contact.
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let (who, channel) = (self.user.path(), self.address.channel().noun());
        let mut effects = vec![format!("{} becomes the {channel} of {who}", self.address)];
        let old = self.user.contact(self.address.channel());
        if let Some(old) = old.filter(|old| old.key != self.address.key()) {
            effects.push(format!("{} is no longer theirs, and codes sent to it end", old.masked()));
        }
        effects.push(if self.verified {
            "it counts as verified, on your word".to_owned()
        } else {
            "a code is sent to it, and it is of no use until the code is entered".to_owned()
        });
        effects.extend(self.notified.clone());
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        let bound = if self.verified { Bound::ByAdmin } else { Bound::Unverified };
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            let contact = insert(tx, &user, &self.address, bound)?;
            event(&user, &contact, "verified", self.verified).append(tx)?;
            // The old one knows already; the others may be all that the owner still has.
            let change = match user.contact(contact.channel) {
                Some(_) => Change::ContactReplaced(contact.channel),
                None => Change::ContactBound(contact.channel),
            };
            notices::notify_all(tx, &user, change)?;
            for tried_on in [counted::contact(env, &contact), counted::sign_in(env, &contact)] {
                guesses::forget(tx.store, &tried_on)?;
            }
            if !self.verified {
                // Bound without a code would leave the admin waiting: all of it or nothing.
                codes::send_code(tx, &user, &contact, Purpose::BindContact).map_err(Stop::undone)?;
            }
            people::reload(tx.store, &user)
        })
    }
}

/// Enters the code that was sent to a bound contact; the person with the verified contact.
pub fn verify_contact(
    env: &Env<'_>,
    who: &Principal,
    address: &Address,
    digits: &Secret,
) -> Result<User, FlowError> {
    let (user, contact) = unverified(env, who, address)?;
    let tried = codes::take_try(env, Action::VerifyCodeFailed, |tx| {
        let tried = codes::try_of_contact(tx, &contact, Purpose::BindContact)?;
        Ok((audit::target(&user), tried))
    })?;
    env.write_and_send(|tx| {
        tried.conclude(tx.store, tx.now)?;
        let wrong = NewEvent::failure(Action::VerifyCodeFailed, audit::target(&user), "wrong_code");
        tried.accept(tx, digits, wrong)?;
        tx.store.set_contact_verified(&contact.id, tx.now, tx.now)?;
        event(&user, &contact, "verified", true).append(tx)?;
        notices::notify_all(tx, &user, Change::ContactBound(contact.channel))?;
        people::reload(tx.store, &user)
    })
}

/// Sends a fresh code to a bound contact that is not verified yet.
pub fn send_contact_code(env: &Env<'_>, who: &Principal, address: &Address) -> Result<(), FlowError> {
    let (user, contact) = unverified(env, who, address)?;
    env.write_and_send(|tx| codes::send_code(tx, &user, &contact, Purpose::BindContact).map(drop))
}

/// A contact that waits for its code, with its person.
fn unverified(env: &Env<'_>, who: &Principal, address: &Address) -> Result<(User, Contact), FlowError> {
    let user = people::require(env, who, Task::ManageContacts)?;
    let contact = bound(&user, address)?;
    if contact.verified_at.is_some() {
        return Err(Refusal::VerifiedAlready.into());
    }
    Ok((user, contact))
}

/// Whether there is anything to enter a code for: before one is asked for in vain.
pub fn require_unverified(env: &Env<'_>, who: &Principal, address: &Address) -> Result<(), FlowError> {
    unverified(env, who, address).map(drop)
}

fn bound(user: &User, address: &Address) -> Result<Contact, FlowError> {
    user.contact(address.channel())
        .filter(|contact| address.names(&contact.key))
        .cloned()
        .ok_or_else(|| Missing::Contact(user.path(), address.channel().noun()).into())
}

/// The planned unbinding of a contact.
pub struct UnbindContact {
    user: User,
    contact: Contact,
    notified: Option<String>,
}

impl UnbindContact {
    pub fn plan(env: &Env<'_>, who: &Principal, channel: Channel) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::ManageContacts)?;
        let contact = user.contact(channel).cloned();
        let contact = contact.ok_or_else(|| Missing::Contact(user.path(), channel.noun()))?;
        let notified = notices::effect(env, &user.contacts);
        Ok(Self { user, contact, notified })
    }
}

impl crate::flow::foundation::Change for UnbindContact {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let who = self.user.path();
        let mut effects = vec![format!(
            "{} is no longer the {} of {who}",
            self.contact.masked(),
            self.contact.channel.noun()
        )];
        effects.push("codes sent to it end".to_owned());
        effects.extend(self.notified.clone());
        if self.user.contacts.len() == 1 {
            effects.push(format!("{who} has no contact left and cannot recover the password alone"));
        }
        if self.user.login_protection.channel() == Some(self.contact.channel) {
            effects.push("login protection needs one: no sign-in before another is bound".to_owned());
        }
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            let channel = self.contact.channel;
            remove(tx, &user, &self.contact, Change::ContactUnbound(channel))?;
            event(&user, &self.contact, "unbound", true).append(tx)?;
            notices::notify_all(tx, &user, Change::ContactUnbound(channel))?;
            people::reload(tx.store, &user)
        })
    }
}

/// Records that somebody saw a person's contacts in full (security O4).
pub fn record_unmasking(env: &Env<'_>, user: &User) -> Result<(), FlowError> {
    let event = NewEvent::success(Action::LookupContact, audit::target(user));
    env.record_or_hide(&event.with("unmasked", Fact::Flag(true)))
}
