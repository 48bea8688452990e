//! Somebody new, judged and written in one way, whatever brings them.

use jiff::{SignedDuration, Timestamp};

use super::names::{judge_external_id, judge_name};
use crate::domain::account::Account;
use crate::domain::time::after;
use crate::domain::{Action, Address, Contact, Credential, Fact, Name, NewEvent, User, id};
use crate::flow::foundation::{Env, FlowError, Missing, Refusal, Stop, Transaction, audit};
use crate::flow::proofs::credentials::{self, Prepared};
use crate::flow::story::contacts::{self, Bound};
use crate::store::{StoreError, Tx};

/// The first password of somebody, which somebody else chose.
pub(super) struct FirstPassword<'a> {
    pub(super) prepared: &'a Prepared,
    /// How it came, for the record.
    pub(super) mode: &'static str,
    pub(super) must_change: bool,
    /// How long it works, if not for ever.
    pub(super) life: Option<SignedDuration>,
}

/// Somebody who is to be made in an account.
pub(super) struct Newcomer {
    pub(super) account: Account,
    pub(super) name: Name,
    /// As they will be written, but for what is made later.
    pub(super) user: User,
    pub(super) contacts: Vec<(Address, Bound)>,
    /// When they were made elsewhere.
    pub(super) made_at: Option<Timestamp>,
}

impl Newcomer {
    /// Without a contact, and enabled.
    pub(super) fn new(env: &Env<'_>, account: Account, name: Name) -> Result<Self, FlowError> {
        let now = env.clock.now();
        let id = id::new_at(env.entropy, "usr", now)?;
        let user = User::newborn(id, &account, name.to_string(), false, now);
        Ok(Self { account, name, user, contacts: Vec::new(), made_at: None })
    }

    /// Why they may not be made in the account as it is now.
    pub(super) fn judge(&self, tx: &mut dyn Tx, account: &Account) -> Result<Option<Refusal>, StoreError> {
        if let Some(refusal) = self.judge_place(tx, account)? {
            return Ok(Some(refusal));
        }
        for (address, _) in &self.contacts {
            if tx.contact_taken(address, "")? {
                return Ok(Some(Refusal::ContactTaken));
            }
        }
        Ok(None)
    }

    /// [`Self::judge`] but for the contacts, each of which is judged when it is bound.
    fn judge_place(&self, tx: &mut dyn Tx, account: &Account) -> Result<Option<Refusal>, StoreError> {
        if let Some(refusal) = judge_name(tx, &self.user, &self.name)? {
            return Ok(Some(refusal));
        }
        if let Some(quota) = account.user_quota.filter(|quota| account.users >= u64::from(*quota)) {
            return Ok(Some(Refusal::Quota { account: account.name.clone(), most: quota }));
        }
        judge_external_id(tx, &self.user)
    }

    /// [`Self::judge`], in the account as it was found.
    pub(super) fn judge_now(&self, env: &Env<'_>) -> Result<Option<Refusal>, FlowError> {
        env.read(|tx| self.judge(tx, &self.account))
    }

    /// [`Self::judge`], in the account as it has become since the plan.
    pub(super) fn judge_again(&self, tx: &mut dyn Tx) -> Result<Option<Refusal>, Stop> {
        let account = self.account_again(tx)?;
        Ok(self.judge(tx, &account)?)
    }

    /// [`Self::judge_again`] but for the contacts.
    pub(super) fn judge_place_again(&self, tx: &mut dyn Tx) -> Result<Option<Refusal>, Stop> {
        let account = self.account_again(tx)?;
        Ok(self.judge_place(tx, &account)?)
    }

    fn account_again(&self, tx: &mut dyn Tx) -> Result<Account, Stop> {
        let account = tx.account_by_id(&self.account.id)?;
        account.ok_or_else(|| Stop::keep(Missing::Account(self.account.name.clone())))
    }

    /// As they will be, as far as the plan knows.
    pub(super) fn after(&self) -> User {
        let contact = |(address, bound): &(Address, Bound)| {
            let contact = Contact::pending(String::new(), &self.user.id, address, self.user.created_at);
            let verified_at = (!matches!(bound, Bound::Unverified(_))).then_some(self.user.created_at);
            Contact { verified_at, ..contact }
        };
        User { contacts: self.contacts.iter().map(contact).collect(), ..self.user.clone() }
    }

    /// Writes them down with their contacts, and with a first password if there is one.
    pub(super) fn write(
        &self,
        tx: &mut Transaction<'_>,
        first: Option<&FirstPassword<'_>>,
    ) -> Result<User, Stop> {
        let mut user = User { created_at: self.made_at.unwrap_or(tx.now), ..self.user.clone() };
        if let Some(first) = first {
            user.credential = first.credential(tx.now);
        }
        tx.store.insert_user(&user, &self.name.key(), &self.name.skeleton())?;
        if self.made_at.is_some() {
            // They may not have signed in here before.
            tx.store.set_active_from(&user.id, tx.now)?;
        }
        let mut verified = Vec::new();
        for (address, bound) in &self.contacts {
            // Half a user is worse than none: a refusal undoes all of it.
            let contact = contacts::insert(tx, &user, address, *bound).map_err(Stop::undone)?;
            verified.extend(contact.verified_at.map(|_| contact.channel.as_str()));
            user.contacts.push(contact);
        }
        let event = NewEvent::success(Action::CreateUser, audit::target(&user))
            .with("status", Fact::Word(user.status.as_str()))
            .with("password", Fact::Flag(first.is_some()));
        let event = if verified.is_empty() { event } else { event.with("verified", Fact::Words(verified)) };
        credentials::facts(event, &user.credential).append(tx)?;
        if let Some(first) = first {
            credentials::set_by_admin(&user, first.mode, &user.credential).append(tx)?;
        }
        Ok(user)
    }
}

impl FirstPassword<'_> {
    fn credential(&self, now: Timestamp) -> Credential {
        Credential {
            hash: Some(self.prepared.hash.clone()),
            must_change: self.must_change,
            changed_at: Some(now),
            expires_at: self.life.map(|life| after(now, life)),
            leans_on_mfa: false,
            epoch: 0,
        }
    }
}
