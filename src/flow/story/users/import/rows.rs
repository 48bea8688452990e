//! What a row has that no other row of its input can have.

use super::plan::{ImportUser, Step};
use crate::domain::account::Account;
use crate::domain::name::key_of;
use crate::flow::foundation::Refusal;

/// What nobody else can have, and as what whoever would is refused, with the number of the row that has it.
type Claim = (String, fn(u64) -> Refusal);

impl ImportUser {
    /// Texts that are the same where two rows are about the same person.
    pub fn identities(&self) -> Vec<String> {
        let name = format!("name {}/{}", self.after.account_id, key_of(&self.after.name));
        let id = self.joins().is_none().then(|| format!("id {}", self.user.id));
        [name].into_iter().chain(id).chain(self.key.as_ref().map(|key| format!("key {key}"))).collect()
    }

    /// What nobody else can have besides them.
    pub fn claims(&self) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        if let Step::Create(newcomer) = &self.step {
            let look = format!("look {} {}", newcomer.account.id, newcomer.name.skeleton());
            claims.push((look, Refusal::LooksLikeRow));
        }
        if let (Some(id), true) = (&self.after.external_id, self.changes()) {
            claims.push((format!("external {} {id}", self.after.account_id), Refusal::ExternalIdOfRow));
        }
        for contact in self.after.every_contact().filter(|_| self.changes()) {
            claims.push((format!("{} {}", contact.channel, contact.key), Refusal::ContactOfRow));
        }
        claims
    }

    /// The account in which they are new.
    pub fn joins(&self) -> Option<&Account> {
        match &self.step {
            Step::Create(newcomer) => Some(&newcomer.account),
            Step::Change(_) | Step::Leave(_) => None,
        }
    }
}
