//! Binding a contact to somebody, by an admin.

use jiff::Timestamp;

use super::binding::{self, Bound, PURPOSE, action, event, forget_guesses, insert};
use super::verify::Awaited;
use crate::domain::contact::Confirmation;
use crate::domain::time::span_for_people;
use crate::domain::{Address, Contact, Fact, Principal, Task, User};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal, Stop, Transaction, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::codes;
use crate::flow::story::caller_challenge;
use crate::guidance::notes;
use crate::store::{StoreError, Tx};

/// How a contact is bound.
#[derive(Debug, Clone, Default)]
pub struct BindOptions {
    /// The admin vouches for it.
    pub verified: bool,
    /// The person reads the code out to the operator.
    pub read_out: bool,
    /// The confirmed challenge of whoever reads it out, which is used up.
    pub verified_caller: Option<String>,
    /// It waits for its proof, and nobody is sent a code for now.
    pub without_code: bool,
}

impl BindOptions {
    /// Who proves the contact. Somebody without a password cannot do it alone.
    pub(crate) fn confirmation(&self, has_password: bool) -> Confirmation {
        if self.verified_caller.is_some() {
            Confirmation::VerifiedCaller
        } else if self.read_out || !has_password {
            Confirmation::ReadOut
        } else {
            Confirmation::Owner
        }
    }
}

/// What there is to do.
#[derive(Debug, Clone)]
enum Step {
    Insert(Bound),
    /// It waited for its proof, and the admin vouches for it.
    Vouch(Contact),
    /// It waits for its proof, and goes on waiting for another one.
    Turn(Contact, Confirmation),
    /// It waits for its proof, and no code is on its way.
    SendAgain(Contact),
    Nothing(Contact),
}

/// What a binding came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is verified now.
    Verified,
    /// A code went to it.
    CodeSent,
    /// It was bound before, and not verified; a new code went to it.
    SentAgain,
    /// It was bound before, verified or with a code that can still be entered.
    Unchanged,
}

/// The person and the contact, after a binding.
pub struct BoundContact {
    pub user: User,
    pub contact: Contact,
    pub outcome: Outcome,
}

impl BoundContact {
    /// For whoever enters its code, which is read out to them.
    pub fn awaited(self) -> Awaited {
        let by_operator = self.contact.confirmation.is_by_operator();
        Awaited { user: self.user, contact: self.contact, by_operator }
    }
}

/// The planned binding of a contact by an admin.
pub struct BindContact {
    user: User,
    address: Address,
    step: Step,
    verified_caller: Option<String>,
    without_code: bool,
    cooldown: String,
    notified: Option<String>,
}

impl BindContact {
    pub fn plan(
        env: &Env<'_>,
        who: &Principal,
        address: Address,
        options: &BindOptions,
    ) -> Result<Self, FlowError> {
        let user = people::require(env, who, Task::ManageContacts)?;
        Self::of(env, user, address, options)
    }

    /// For somebody who was found already, and whom the actor may treat so.
    pub(crate) fn of(
        env: &Env<'_>,
        user: User,
        address: Address,
        options: &BindOptions,
    ) -> Result<Self, FlowError> {
        if env.read(|tx| tx.contact_taken(&address, &user.id))? {
            return Err(Refusal::ContactTaken.into());
        }
        if let Some(other) = user.contacts_of(address.channel()).find(|bound| bound.looks_like(&address)) {
            return Err(Refusal::ContactLooksAlike(other.masked()).into());
        }
        let (caller, now) = (options.verified_caller.as_deref(), env.clock.now());
        if let Some(id) = caller
            && let Some(refusal) = caller_challenge::judge(env, Task::ManageContacts, &user, Some(id))?
        {
            return env.turn_down(action(address.channel()), audit::target(&user), refusal);
        }
        let step = env.read(|tx| step(tx, &user, &address, options, now))?;
        let notified = match &step {
            Step::Insert(Bound::Unverified(_)) if stays(&user, &address).is_some() => None,
            Step::Insert(_) | Step::Vouch(_) => notices::effect(env, &user.contacts),
            Step::Turn(..) | Step::SendAgain(_) | Step::Nothing(_) => None,
        };
        Ok(Self {
            user,
            address,
            step,
            verified_caller: options.verified_caller.clone(),
            without_code: options.without_code,
            cooldown: span_for_people(env.settings.contacts.cooldown),
            notified,
        })
    }
}

/// The verified contact that stays until the new one is proven.
fn stays<'u>(user: &'u User, address: &Address) -> Option<&'u Contact> {
    user.contact(address.channel()).filter(|old| old.verified_at.is_some() && old.key != address.key())
}

/// Binding the same address again, in whatever spelling, changes nothing, but that an admin may vouch for it now, or ask for its code otherwise.
fn step(
    tx: &mut dyn Tx,
    user: &User,
    address: &Address,
    options: &BindOptions,
    now: Timestamp,
) -> Result<Step, StoreError> {
    let confirmation = options.confirmation(user.credential.hash.is_some());
    let bound = user.contacts_of(address.channel()).find(|bound| bound.key == address.key()).cloned();
    Ok(match bound {
        Some(bound) if bound.verified_at.is_some() => Step::Nothing(bound),
        Some(bound) if options.verified && bound.address == address.as_str() => Step::Vouch(bound),
        _ if options.verified => Step::Insert(Bound::ByAdmin),
        None => Step::Insert(Bound::Unverified(confirmation)),
        Some(bound) if options.without_code => Step::Nothing(bound),
        Some(bound) if turns(bound.confirmation, confirmation) => Step::Turn(bound, confirmation),
        Some(bound) if codes::can_be_entered(tx, &bound, PURPOSE, now)? => Step::Nothing(bound),
        Some(bound) => Step::SendAgain(bound),
    })
}

/// Whether a code must go out with other words. A caller who was verified stays so.
fn turns(before: Confirmation, now: Confirmation) -> bool {
    before != now && (before, now) != (Confirmation::VerifiedCaller, Confirmation::ReadOut)
}

impl Change for BindContact {
    type Done = BoundContact;

    fn effects(&self) -> Vec<String> {
        let (who, channel, address) = (self.user.path(), self.address.channel(), &self.address);
        let noun = channel.noun();
        let stays = stays(&self.user, address);
        let mut effects = Vec::new();
        match (&self.step, stays) {
            (Step::Nothing(bound), _) => effects.push(match bound.verified_at {
                Some(_) => format!("{address} is bound to {who} already"),
                None if self.without_code => format!("{address} is bound to {who} already, not verified"),
                None => format!(
                    "{address} is bound to {who} already, and the code that went to it can be entered"
                ),
            }),
            (Step::SendAgain(_), _) => {
                effects.push(format!("{address} is bound to {who} already, and is sent a new code"));
            }
            (Step::Turn(..), _) => {
                effects.push(format!("a new code is sent to {address}, and the one before ends"));
            }
            (Step::Insert(Bound::Unverified(_)), Some(old)) => effects.push(format!(
                "{address} becomes the {noun} of {who} when it is confirmed; until then {} stays",
                old.masked()
            )),
            (Step::Insert(_) | Step::Vouch(_), _) => {
                effects.push(format!("{address} becomes the {noun} of {who}"));
            }
        }
        effects.extend(self.ending().map(|old| match old.verified_at {
            Some(_) => format!("{} is no longer theirs, and codes sent to it end", old.masked()),
            None => format!("{}, which was not confirmed, is no longer bound", old.masked()),
        }));
        effects.extend(self.proof());
        effects.extend(self.notified.clone());
        effects
    }

    fn changes(&self) -> bool {
        !matches!(self.step, Step::Nothing(_))
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<BoundContact, FlowError> {
        if let Step::Nothing(contact) = self.step {
            return Ok(BoundContact { user: self.user, contact, outcome: Outcome::Unchanged });
        }
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            if let Some(id) = &self.verified_caller
                && !tx.store.use_challenge(id, &user.id, env.actor.uid, tx.now)?
            {
                // Used, ended or over since the plan.
                let refusal = Refusal::CallerNotVerified(user.path());
                return tx.refuse(action(self.address.channel()), audit::target(&user), refusal);
            }
            let (contact, outcome) = self.write(tx, &user)?;
            if matches!(outcome, Outcome::CodeSent | Outcome::SentAgain) {
                send(tx, &user, &contact)?;
            }
            let user = people::reload(tx.store, &user)?;
            let found = user.every_contact().find(|bound| bound.id == contact.id).cloned();
            Ok(BoundContact { contact: found.unwrap_or(contact), user, outcome })
        })
    }
}

impl BindContact {
    /// The contact as it would be bound, and whether only the run knows since when.
    pub fn contact(&self, now: Timestamp) -> (Contact, bool) {
        match &self.step {
            Step::Insert(bound) => {
                let verified_at = matches!(bound, Bound::ByAdmin).then_some(now);
                let security = self.user.contacts_of(self.address.channel()).any(|old| old.security);
                let contact = Contact::pending(String::new(), &self.user.id, &self.address, now);
                (Contact { verified_at, security, ..contact }, true)
            }
            Step::Vouch(contact) => (Contact { verified_at: Some(now), ..contact.clone() }, true),
            Step::Turn(contact, _) | Step::SendAgain(contact) | Step::Nothing(contact) => {
                (contact.clone(), false)
            }
        }
    }

    /// What goes when the binding is made.
    fn ending(&self) -> impl Iterator<Item = &Contact> {
        let (all, unverified) = match &self.step {
            Step::Insert(Bound::Unverified(_)) => (false, true),
            Step::Insert(_) | Step::Vouch(_) => (true, true),
            Step::Turn(..) | Step::SendAgain(_) | Step::Nothing(_) => (false, false),
        };
        let goes = move |old: &&Contact| {
            old.key != self.address.key() && if old.verified_at.is_some() { all } else { unverified }
        };
        self.user.contacts_of(self.address.channel()).filter(goes)
    }

    /// How the contact is proven.
    fn proof(&self) -> Vec<String> {
        let who = self.user.path();
        let confirmation = match &self.step {
            Step::Insert(Bound::Unverified(by)) | Step::Turn(_, by) => *by,
            Step::Insert(_) | Step::Vouch(_) => {
                return vec!["it counts as verified, on your word".to_owned()];
            }
            Step::SendAgain(_) | Step::Nothing(_) => return Vec::new(),
        };
        let mut proof = vec![if self.without_code {
            notes::verify_later(&who, self.address.channel())
        } else if confirmation.is_by_operator() {
            format!(
                "a code is sent to it, which {who} reads out to you; until you enter it, no codes go there"
            )
        } else {
            format!(
                "a code is sent to it; {}; until then no codes go there",
                notes::owner_confirms(&who, self.address.channel())
            )
        }];
        if let Some(old) = stays(&self.user, &self.address) {
            proof.push(format!("{} is told when it is replaced", old.masked()));
            if confirmation == Confirmation::ReadOut && !self.without_code {
                proof.push(format!(
                    "the new one receives reset codes {} after it is confirmed, because no verified caller is named \
                     (--verified-caller)",
                    self.cooldown
                ));
            }
        }
        proof
    }

    /// Binds it within the transaction of a change, to the person as they are there; a code that is due is sent after it.
    pub(crate) fn write(&self, tx: &mut Transaction<'_>, user: &User) -> Result<(Contact, Outcome), Stop> {
        let caller = |of| match &self.verified_caller {
            Some(id) => crate::domain::NewEvent::with(of, "verified_caller", Fact::Id(id.clone())),
            None => of,
        };
        match &self.step {
            Step::Insert(bound) => {
                let replaced = user.contact(self.address.channel()).is_some();
                let contact = insert(tx, user, &self.address, *bound)?;
                let verified = contact.verified_at.is_some();
                caller(event(user, &contact, "verified", verified)).append(tx)?;
                // Who is told of a replacement is told when it happens.
                if verified || stays(user, &self.address).is_none() {
                    binding::tell(tx, user, &contact, replaced)?;
                }
                forget_guesses(tx, &contact)?;
                if verified {
                    return Ok((contact, Outcome::Verified));
                }
                Ok((contact, Outcome::CodeSent))
            }
            Step::Vouch(contact) => {
                binding::confirm(tx, user, contact, false)?;
                forget_guesses(tx, contact)?;
                Ok((contact.clone(), Outcome::Verified))
            }
            Step::Turn(contact, by) => {
                tx.store.set_contact_confirmation(&contact.id, *by)?;
                // One that says otherwise who asks for it.
                codes::end_codes(tx.store, contact, PURPOSE)?;
                let contact = Contact { confirmation: *by, ..contact.clone() };
                caller(event(user, &contact, "verified", false)).append(tx)?;
                Ok((contact, Outcome::CodeSent))
            }
            Step::SendAgain(contact) => Ok((contact.clone(), Outcome::SentAgain)),
            Step::Nothing(contact) => Ok((contact.clone(), Outcome::Unchanged)),
        }
    }
}

/// Bound without a code would leave the admin waiting: all of it or nothing.
fn send(tx: &mut Transaction<'_>, user: &User, contact: &Contact) -> Result<(), Stop> {
    let user = User { pending: [user.pending.clone(), vec![contact.clone()]].concat(), ..user.clone() };
    codes::send_code(tx, &user, contact, PURPOSE).map(drop).map_err(Stop::undone)
}
