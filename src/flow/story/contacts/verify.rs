//! Proving a contact with the code that went to it: by the person, who gives their password, too, so that a mistyped
//! address hands nothing to its owner; or by an operator, to whom somebody reads it out.

use super::binding::{PURPOSE, action, confirm};
use crate::domain::contact::Confirmation;
use crate::domain::{Action, Address, Channel, Contact, Fact, NewEvent, Principal, Secret, Task, User};
use crate::flow::foundation::{Env, FlowError, Missing, Refusal, Stop, Transaction, audit, people};
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::step_up::Guard;
use crate::flow::proofs::{admission, codes, sign_in};

/// Which contact of somebody is to be verified.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub channel: Channel,
    /// Without it, the one that waits.
    pub address: Option<Address>,
}

impl Wanted {
    fn of<'u>(&self, user: &'u User) -> Option<&'u Contact> {
        let mut meant = user
            .contacts_of(self.channel)
            .filter(|contact| self.address.as_ref().is_none_or(|address| address.names(&contact.key)));
        let first = meant.next()?;
        let unverified = |contact: &&Contact| contact.verified_at.is_none();
        Some(meant.find(unverified).filter(|_| !unverified(&first)).unwrap_or(first))
    }
}

/// A contact that somebody asks about.
pub enum Standing<T> {
    Waits(T),
    /// There is nothing to do: who has it, and the contact.
    Verified(String, Box<Contact>),
}

/// A contact that waits for its code.
pub struct Awaited {
    pub user: User,
    pub contact: Contact,
    /// Whether an operator enters the code: it is read out to them, or there is no password to give.
    pub by_operator: bool,
}

/// For admins: what there is to enter a code for, before one is asked for in vain.
pub fn awaited(env: &Env<'_>, who: &Principal, wanted: &Wanted) -> Result<Standing<Awaited>, FlowError> {
    let user = people::require(env, who, Task::ManageContacts)?;
    let contact = wanted.of(&user).cloned();
    let contact = contact.ok_or_else(|| Missing::Contact(user.path(), wanted.channel.noun()))?;
    if contact.verified_at.is_some() {
        return Ok(Standing::Verified(user.path(), Box::new(contact)));
    }
    let by_operator = contact.confirmation.is_by_operator() || user.credential.hash.is_none();
    Ok(Standing::Waits(Awaited { user, contact, by_operator }))
}

impl Awaited {
    /// Judges the code that was read out to an operator; the person with the verified contact. In place of another one it
    /// receives no reset codes for a while, unless the caller was verified.
    pub fn enter(&self, env: &Env<'_>, digits: &Secret) -> Result<User, FlowError> {
        let cools_down = self.contact.confirmation != Confirmation::VerifiedCaller;
        judge(env, &self.contact, digits, cools_down, |tx| self.unchanged(tx))
    }

    /// Sends another code; the one before ends.
    pub fn send(&self, env: &Env<'_>) -> Result<(), FlowError> {
        env.write_and_send(|tx| {
            let user = self.unchanged(tx)?;
            codes::send_code(tx, &user, &self.contact, PURPOSE).map(drop)
        })
    }

    fn unchanged(&self, tx: &mut Transaction<'_>) -> Result<User, Stop> {
        tx.env.authorize(Task::ManageContacts, Some(&self.user))?;
        if self.by_operator {
            return people::unchanged(tx.store, &self.user);
        }
        let refusal = Refusal::OwnerConfirms(self.user.path());
        tx.refuse(action(self.contact.channel), audit::target(&self.user), refusal)
    }
}

/// Somebody who proved who they are, and may now prove their contact.
pub struct VerifyContact {
    guard: Guard,
    contact: Contact,
}

impl VerifyContact {
    /// Judges the password, and the code of a bound authenticator, as a sign-in would. A password that must be
    /// changed first is not enough.
    pub fn begin(
        env: &Env<'_>,
        who: &Principal,
        presented: &Presented<'_>,
        wanted: &Wanted,
    ) -> Result<Standing<Self>, FlowError> {
        let action = action(wanted.channel);
        let purpose = admission::Purpose::Own(action);
        let user = sign_in::prove(env, who, presented, purpose)?.into_result()?.user;
        let Some(contact) = wanted.of(&user).cloned() else {
            let refusal = Refusal::NothingToVerify(wanted.channel);
            return env.turn_down(action, audit::target(&user), refusal);
        };
        if contact.verified_at.is_some() {
            return Ok(Standing::Verified(user.path(), Box::new(contact)));
        }
        // An admin chose the address: what operation protection asks was theirs to decide.
        let guard = Guard::new(user, action, env.clock.now()).exempt();
        Ok(Standing::Waits(Self { guard, contact }))
    }

    /// Whom it is about, as they were when they proved who they are.
    pub fn user(&self) -> &User {
        self.guard.user()
    }

    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// Judges the code; the person with the verified contact.
    pub fn enter(&self, env: &Env<'_>, digits: &Secret) -> Result<User, FlowError> {
        judge(env, &self.contact, digits, false, |tx| self.guard.revalidate(tx))
    }

    /// Sends another code; the one before ends.
    pub fn send(&self, env: &Env<'_>) -> Result<(), FlowError> {
        env.write_and_send(|tx| {
            let user = self.guard.unchanged(tx)?;
            codes::send_code(tx, &user, &self.contact, PURPOSE).map(drop)
        })
    }
}

/// The try in a transaction of its own, then the judgement (security K11). `person` reads them, if they may.
fn judge(
    env: &Env<'_>,
    contact: &Contact,
    digits: &Secret,
    cools_down: bool,
    person: impl Fn(&mut Transaction<'_>) -> Result<User, Stop>,
) -> Result<User, FlowError> {
    let tried = codes::take_try(env, Action::VerifyCodeFailed, |tx| {
        let user = person(tx)?;
        Ok((audit::target(&user), codes::try_of_contact(tx, contact, PURPOSE)?))
    })?;
    env.write_and_send(|tx| {
        tried.conclude(tx.store, tx.now)?;
        let user = person(tx)?;
        let wrong = NewEvent::failure(Action::VerifyCodeFailed, audit::target(&user), "wrong_code");
        tried.accept(tx, digits, wrong)?;
        confirm(tx, &user, contact, cools_down)?;
        people::reload(tx.store, &user)
    })
}

/// Records that somebody saw a person's contacts in full (security O4).
pub fn record_unmasking(env: &Env<'_>, user: &User) -> Result<(), FlowError> {
    let event = NewEvent::success(Action::LookupContact, audit::target(user));
    env.record_or_hide(&event.with("unmasked", Fact::Flag(true)))
}
