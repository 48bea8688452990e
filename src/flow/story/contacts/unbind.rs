//! Taking a contact away from somebody, by an admin.

use super::binding::{event, remove};
use crate::domain::message::Change as Told;
use crate::domain::{Channel, Contact, Principal, Task, User};
use crate::flow::foundation::{AboutUser, Change, Confirmed, Env, FlowError, Transaction, people};
use crate::flow::messages::notices;

/// The planned unbinding of a contact, with the one that waits to take its place.
pub struct UnbindContact {
    user: User,
    channel: Channel,
    going: Vec<Contact>,
    notified: Option<String>,
    unverified: bool,
}

impl AboutUser for UnbindContact {
    fn user(&self) -> &User {
        &self.user
    }

    fn after(&self) -> User {
        let mut user = self.user.clone();
        user.contacts.retain(|contact| !self.going.contains(contact));
        user.pending.retain(|contact| !self.going.contains(contact));
        user
    }
}

impl UnbindContact {
    /// `unverified`: only what is not verified goes.
    pub fn plan(
        env: &Env<'_>,
        who: &Principal,
        channel: Channel,
        unverified: bool,
    ) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::ManageContacts)?;
        Ok(Self::of(env, user, channel, unverified))
    }

    /// For somebody who was found already, and whom the actor may treat so.
    pub(crate) fn of(env: &Env<'_>, user: User, channel: Channel, unverified: bool) -> Self {
        let goes = |contact: &&Contact| !unverified || contact.verified_at.is_none();
        let going: Vec<Contact> = user.contacts_of(channel).filter(goes).cloned().collect();
        let told =
            if going.iter().any(|contact| contact.verified_at.is_some()) { &user.contacts[..] } else { &[] };
        let notified = if going.is_empty() { None } else { notices::effect(env, told) };
        Self { user, channel, going, notified, unverified }
    }

    /// Takes them away within the transaction of a change, from the person as they are there.
    pub(crate) fn write(&self, tx: &mut Transaction<'_>, user: &User) -> Result<(), FlowError> {
        let told = Told::ContactUnbound(self.channel);
        for contact in &self.going {
            remove(tx, user, contact, told)?;
            event(user, contact, "unbound", true).append(tx)?;
        }
        if self.going.iter().any(|contact| contact.verified_at.is_some()) {
            notices::notify_all(tx, user, told)?;
        }
        Ok(())
    }
}

impl Change for UnbindContact {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let (who, noun) = (self.user.path(), self.channel.noun());
        if self.going.is_empty() {
            let what = if self.unverified { "that waits for its code" } else { "bound" };
            return vec![format!("{who} has no {noun} {what}")];
        }
        let gone = |contact: &Contact| match contact.verified_at {
            None if self.user.pending.contains(contact) => {
                format!("{} no longer waits to become the {noun} of {who}", contact.masked())
            }
            _ => format!("{} is no longer the {noun} of {who}", contact.masked()),
        };
        let mut effects: Vec<String> = self.going.iter().map(gone).collect();
        effects.push("codes sent to it end".to_owned());
        effects.extend(self.notified.clone());
        let stays = |contact: &Contact| !self.going.contains(contact);
        if !self.user.contacts.iter().any(stays) {
            effects.push(format!("{who} has no contact left and cannot recover the password alone"));
        }
        let verified = self.going.iter().any(|contact| contact.verified_at.is_some());
        if self.user.login_protection.channel() == Some(self.channel) && verified {
            effects.push("login protection needs one: no sign-in before another is bound".to_owned());
        }
        effects
    }

    fn changes(&self) -> bool {
        !self.going.is_empty()
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        if self.going.is_empty() {
            return Ok(self.user);
        }
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            self.write(tx, &user)?;
            people::reload(tx.store, &user)
        })
    }
}
