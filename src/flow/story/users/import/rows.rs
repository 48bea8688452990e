//! The rows of one input beside each other: who is named twice, and what two of them would have.

use std::collections::HashMap;

use super::plan::{ImportUser, Step};
use crate::domain::name::key_of;
use crate::flow::foundation::{AboutUser, Refusal};

/// What the rows so far are about.
#[derive(Default)]
pub struct ImportedRows {
    people: HashMap<String, u64>,
    taken: HashMap<String, Refusal>,
    /// How many are new in an account.
    made: HashMap<String, u64>,
}

/// Why a row cannot stand beside those before it.
#[derive(Debug, PartialEq)]
pub enum Twice {
    /// That row is about this person, too.
    Duplicate(u64),
    /// An earlier row has what this one would have.
    Refused(Refusal),
}

impl ImportedRows {
    /// Takes a row up, unless one before it is about the same person, or leaves no room for it.
    pub fn add(&mut self, row: u64, plan: &ImportUser) -> Result<(), Twice> {
        let people = plan.identities();
        if let Some(first) = people.iter().find_map(|person| self.people.get(person)) {
            return Err(Twice::Duplicate(*first));
        }
        let claims = plan.claims();
        if let Some(refusal) = claims.iter().find_map(|(claim, _)| self.taken.get(claim)) {
            return Err(Twice::Refused(refusal.clone()));
        }
        if let Step::Create(newcomer) = &plan.step {
            let made = self.made.entry(newcomer.account.id.clone()).or_default();
            let users = newcomer.account.users + *made;
            if let Some(most) = newcomer.account.user_quota.filter(|most| users >= u64::from(*most)) {
                return Err(Twice::Refused(Refusal::Quota { account: newcomer.account.name.clone(), most }));
            }
            *made += 1;
        }
        self.people.extend(people.into_iter().map(|person| (person, row)));
        self.taken.extend(claims);
        Ok(())
    }
}

impl ImportUser {
    /// Texts that are the same where two rows are about the same person.
    pub fn identities(&self) -> Vec<String> {
        let after = self.after();
        let name = format!("{}/{}", after.account_id, key_of(&after.name));
        let id = (!matches!(self.step, Step::Create(_))).then(|| self.user.id.clone());
        [name].into_iter().chain(id).chain(self.key.clone()).collect()
    }

    /// What nobody else can have besides them, and as what somebody else is refused.
    pub fn claims(&self) -> Vec<(String, Refusal)> {
        let mut claims = Vec::new();
        if let Step::Create(newcomer) = &self.step {
            let look = format!("look {} {}", newcomer.account.id, newcomer.name.skeleton());
            claims.push((look, Refusal::LooksAlike(self.user.name.clone())));
        }
        if let (Some(id), true) = (&self.after.external_id, self.changes()) {
            let claim = format!("external {} {id}", self.after.account_id);
            claims.push((claim, Refusal::ExternalIdTaken(self.after.path())));
        }
        let contacts = self.after.every_contact().filter(|_| self.changes());
        let claim = |channel, key: &str| (format!("{channel} {key}"), Refusal::ContactTaken);
        claims.extend(contacts.map(|contact| claim(contact.channel, &contact.key)));
        claims
    }
}
