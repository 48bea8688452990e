//! A person changes their own contact: the password, a code to the old contact where it can still be asked, then
//! a code to the new one. Only then is anything changed.
//!
//! Until it is proven the new address is nobody's contact and stands nowhere in the store but in the sealed
//! message to it. Its code belongs to an identifier made for this one attempt, which only the process that
//! sent the code knows together with the address (security K3): a code proves the address it went to.

use crate::domain::code::Purpose;
use crate::domain::message::Change;
use crate::domain::{Action, Address, Contact, Fact, NewEvent, Principal, Secret, User, id};
use crate::flow::foundation::{Env, FlowError, Refusal, Stop, audit, people, policies};
use crate::flow::messages::notices;
use crate::flow::proofs::admission;
use crate::flow::proofs::codes;
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in;
use crate::flow::proofs::step_up::{self, Guard};
use crate::flow::story::contacts::{self, Bound};

/// Somebody who proved their password and may now prove their contacts.
pub struct ContactChange {
    guard: Guard,
    address: Address,
    /// What the code to the new address belongs to; in no table of contacts.
    pending: Contact,
    /// The contact that can agree.
    old: Option<Contact>,
    agreed: bool,
}

impl ContactChange {
    /// Judges the password, and the code of a bound authenticator, as a sign-in would. A password that must be
    /// changed first is not enough.
    pub fn begin(
        env: &Env<'_>,
        who: &Principal,
        presented: &Presented<'_>,
        address: Address,
    ) -> Result<Self, FlowError> {
        let action = contacts::action(address.channel());
        let purpose = admission::Purpose::Own(action);
        let user = sign_in::prove(env, who, presented, purpose)?.into_result()?.user;
        let now = env.clock.now();
        let policy = env.read(|tx| policies::protection(tx, &user.account_id))?;
        // The switches are for IAM users: nobody manages a root user but itself.
        if !policy.manages(address.channel()) && !user.root {
            return env.turn_down(action, audit::target(&user), Refusal::SelfManagementOff);
        }
        let bound = user.contact(address.channel());
        if bound.is_some_and(|contact| address.names(&contact.key) && contact.verified_at.is_some()) {
            return Err(Refusal::VerifiedAlready.into());
        }
        let pending = Contact::pending(id::new_at(env.entropy, "con", now)?, &user.id, &address, now);
        // One in its own cool-down cannot vouch: a thief with the password would else go on to a third address
        // by way of a second, and need not wait (security S5).
        let old = bound.filter(|contact| contact.receives(now)).cloned();
        // Whoever has just proved by the old contact is not asked there again.
        let proven_by = env.write(|tx| Ok(step_up::live(tx, &user)?))?;
        let agreed = old.as_ref().is_some_and(|old| Some(&old.id) == proven_by.as_ref());
        Ok(Self { guard: Guard::new(user, action, now), address, pending, old, agreed })
    }

    /// What operation protection asks before the change is settled with this. The word of the old contact settles
    /// it, too.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Whether the old contact has agreed.
    pub fn has_agreed(&self) -> bool {
        self.agreed
    }

    /// Whom it is about.
    pub fn user(&self) -> &User {
        self.guard.user()
    }

    /// The contact that can agree, by a code. Without its word the new one waits for the cool-down.
    pub fn old(&self) -> Option<&Contact> {
        self.old.as_ref()
    }

    /// Whether the new contact replaces another on the word of the password alone, and so receives no reset codes
    /// for a while (security S5). One that takes no other's place does not wait.
    pub fn cools_down(&self) -> bool {
        !self.agreed && self.user().contact(self.address.channel()).is_some()
    }

    /// Sends a code to the old contact, if one to the new address can follow; one sent before ends.
    pub fn ask_old(&self, env: &Env<'_>) -> Result<(), FlowError> {
        let Some(old) = &self.old else { return Ok(()) };
        env.write_and_send(|tx| {
            let user = self.guard.unchanged(tx)?;
            codes::send_code(tx, &user, old, Purpose::LeaveContact)?;
            // Whoever gives up the old contact's code must be able to get the new one's: neither goes out alone.
            codes::require_room(tx, &user, &self.pending, Purpose::BindContact).map_err(Stop::undone)
        })
    }

    /// Judges the code that went to the old contact.
    pub fn agree(&mut self, env: &Env<'_>, digits: &Secret) -> Result<(), FlowError> {
        let Some(old) = &self.old else { return Err(Refusal::CodeSpent.into()) };
        let tried = codes::take_try(env, Action::VerifyCodeFailed, |tx| {
            let user = self.guard.unchanged(tx)?;
            let tried = codes::try_of_contact(tx, old, Purpose::LeaveContact)?;
            Ok((audit::target(&user), tried))
        })?;
        env.write(|tx| {
            tried.conclude(tx.store, tx.now)?;
            let user = self.guard.unchanged(tx)?;
            tried.accept(tx, digits, wrong_code(&user))?;
            step_up::record(tx, &user, &old.id, tx.now)?;
            Ok(NewEvent::success(Action::VerifyCodePassed, audit::target(&user)).append(tx)?)
        })?;
        self.agreed = true;
        Ok(())
    }

    /// Sends a code to the new address; one sent before ends.
    pub fn ask_new(&self, env: &Env<'_>) -> Result<(), FlowError> {
        self.send(env, &self.pending, Purpose::BindContact)
    }

    /// Judges the code that went to the new address, and puts it in place of the old one, which is told.
    ///
    /// That it is somebody else's is said only here, to one who reads what is sent there.
    pub fn finish(&self, env: &Env<'_>, digits: &Secret) -> Result<User, FlowError> {
        let action = contacts::action(self.address.channel());
        let tried = codes::take_try(env, Action::VerifyCodeFailed, |tx| {
            let user = self.guard.revalidate(tx)?;
            let tried = codes::try_of_contact(tx, &self.pending, Purpose::BindContact)?;
            Ok((audit::target(&user), tried))
        })?;
        env.write_and_send(|tx| {
            tried.conclude(tx.store, tx.now)?;
            let user = self.guard.revalidate(tx)?;
            let target = audit::target(&user);
            tried.accept(tx, digits, wrong_code(&user))?;
            if tx.store.contact_taken(&self.address, &user.id)? {
                return tx.refuse(action, target, Refusal::ContactTaken);
            }
            let bound = match (self.agreed, user.contact(self.address.channel())) {
                (true, _) => Bound::WithOldContact,
                (false, None) => Bound::First,
                (false, Some(_)) => Bound::WithPasswordOnly,
            };
            let contact = contacts::insert(tx, &user, &self.address, bound)?;
            // The contacts of other channels hear of it as well: they may be all that the owner still has.
            let change = match bound {
                Bound::First => Change::ContactBound(contact.channel),
                _ => Change::ContactReplaced(contact.channel),
            };
            notices::notify_all(tx, &user, change)?;
            contacts::event(&user, &contact, "verified", true)
                .with("old_contact_agreed", Fact::Flag(self.agreed))
                .with("usable_from", Fact::Time(contact.usable_from))
                .append(tx)?;
            let changed = people::reload(tx.store, &user)?;
            let replaced = user.contact(contact.channel).map(|old| (old.id.as_str(), contact.id.as_str()));
            step_up::end_other_proofs(tx, &user, &changed, replaced)?;
            Ok(changed)
        })
    }

    fn send(&self, env: &Env<'_>, to: &Contact, purpose: Purpose) -> Result<(), FlowError> {
        env.write_and_send(|tx| {
            let user = self.guard.unchanged(tx)?;
            codes::send_code(tx, &user, to, purpose).map(drop)
        })
    }
}

fn wrong_code(user: &User) -> NewEvent {
    NewEvent::failure(Action::VerifyCodeFailed, audit::target(user), "wrong_code")
}

#[cfg(test)]
#[path = "change_contact_tests.rs"]
mod tests;
