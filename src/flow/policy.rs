//! The policies of an account: shown, and changed by an admin.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::change::{Change, Confirmed};
use super::credentials;
use super::env::Env;
use super::error::FlowError;
use super::events;
use super::people;
use super::refusal::Refusal;
use crate::domain::account::Account;
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::name::{Name, key_of};
use crate::domain::operator::Task;
use crate::domain::policy::{FieldTable, Kind, LoginPolicy, PasswordPolicy, ProtectionPolicy};
use crate::store::StoreError;

/// A policy that is kept with an account, as JSON.
pub trait Group: FieldTable + Default + PartialEq + Serialize + DeserializeOwned {
    /// As it is called in commands and in the store.
    const NAME: &'static str;

    /// When a change of it takes effect.
    const EFFECT: &'static str;
}

impl Group for PasswordPolicy {
    const NAME: &'static str = "password";
    const EFFECT: &'static str = "length, kinds and reuse are judged at the next change of a password; expiry and minimum age hold at once";
}

impl Group for LoginPolicy {
    const NAME: &'static str = "login";
    const EFFECT: &'static str =
        "it holds from the next sign-in on; who is locked now stays so for the old time";
}

impl Group for ProtectionPolicy {
    const NAME: &'static str = "protection";
    const EFFECT: &'static str =
        "it holds from their next own change on; operators change what they must as before";
}

/// The policy of an account, for operators.
pub fn policy_of<P: Group>(env: &Env<'_>, account: &Name) -> Result<P, FlowError> {
    let account = people::require_account(env, account, Task::ReadPeople)?;
    env.read(|tx| credentials::read_policy(tx, &account.id, P::NAME))
}

/// The planned change of a policy.
pub struct SetPolicy<P> {
    account: Account,
    before: P,
    after: P,
}

impl<P: Group> SetPolicy<P> {
    /// `after` has been checked: every field within its range, and all of them agreeing.
    pub fn plan(env: &Env<'_>, account: &Name, after: P) -> Result<Self, FlowError> {
        let account = people::require_account(env, account, Task::ManagePolicy)?;
        let before = env.read(|tx| credentials::read_policy(tx, &account.id, P::NAME))?;
        Ok(Self { account, before, after })
    }
}

impl<P: Group> Change for SetPolicy<P> {
    type Done = P;

    fn effects(&self) -> Vec<String> {
        let (before, after) = (self.before.fields(), self.after.fields());
        let mut effects: Vec<String> = before
            .iter()
            .zip(&after)
            .filter(|(old, new)| old.value != new.value)
            .map(|(old, new)| format!("{}: {} -> {}", old.name, shown(&old.value), shown(&new.value)))
            .collect();
        let account = &self.account.name;
        if effects.is_empty() {
            effects
                .push(format!("nothing changes: the {} policy of {account} is like that already", P::NAME));
        } else {
            effects.push(format!("for everybody in {account}: {}", P::EFFECT));
        }
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<P, FlowError> {
        if self.before == self.after {
            return Ok(self.after);
        }
        let json =
            serde_json::to_string(&self.after).map_err(|_| StoreError::Unreadable { column: "policy" })?;
        env.write(|tx, now| {
            let found = tx.account_by_key(&key_of(&self.account.name))?;
            let same = found.is_some_and(|account| account.id == self.account.id);
            if !same || credentials::read_policy::<P>(tx, &self.account.id, P::NAME)? != self.before {
                return Ok(Err(Refusal::ChangedMeanwhile(self.account.name.clone()).into()));
            }
            tx.set_policy(&self.account.id, P::NAME, &json)?;
            let mut event =
                NewEvent::success(Action::ModifySecurityPolicy, events::of_account(&self.account))
                    .with("policy", Fact::Word(P::NAME));
            event.detail.extend(changed(&self.before, &self.after));
            events::append(env, tx, now, &event).map(Ok)
        })?;
        Ok(self.after)
    }
}

/// The fields that differ, with their new values. Free text is not repeated in the records (security U3).
fn changed<P: FieldTable>(before: &P, after: &P) -> Vec<(&'static str, Fact)> {
    let fields = P::table().iter();
    fields
        .filter_map(|field| {
            let fact = match &field.kind {
                Kind::Number { get, .. } if get(before) != get(after) => Fact::Count(get(after).into()),
                Kind::Flag { get, .. } if get(before) != get(after) => Fact::Flag(get(after)),
                Kind::Text { get, .. } if get(before) != get(after) => Fact::Word("changed"),
                Kind::Choice { get, .. } if get(before) != get(after) => match get(after) {
                    "" => Fact::Word("none"),
                    word => Fact::Word(word),
                },
                Kind::Address { get, .. } if get(before) != get(after) => Fact::Word("changed"),
                _ => return None,
            };
            Some((field.name, fact))
        })
        .collect()
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "(empty)" } else { value }
}
