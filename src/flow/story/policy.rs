//! The policies of an account: shown, and changed by an admin.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::account::Account;
use crate::domain::name::key_of;
use crate::domain::policy::{Field, FieldTable, Kind, PolicyError};
use crate::domain::{Action, Fact, LoginPolicy, Name, NewEvent, PasswordPolicy, ProtectionPolicy, Task};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal, Stop, audit, people, policies};
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
    const EFFECT: &'static str = "length, kinds and reuse are checked at the next change of a password; expiry and \
        minimum age apply at once";
}

impl Group for LoginPolicy {
    const NAME: &'static str = "login";
    const EFFECT: &'static str =
        "it applies from the next sign-in on; users who are locked now stay locked for the old time";
}

impl Group for ProtectionPolicy {
    const NAME: &'static str = "protection";
    const EFFECT: &'static str =
        "it applies to the next change that users make themselves; operators make changes as before";
}

/// The policy of an account, for operators.
pub fn policy_of<P: Group>(env: &Env<'_>, account: &Name) -> Result<P, FlowError> {
    let account = people::require_account(env, account, Task::ReadPeople)?;
    env.read(|tx| policies::read(tx, &account.id, P::NAME))
}

/// What a policy is to become, whatever it is now.
pub struct PolicyChanges<'a, P> {
    /// To begin with, in place of what there is.
    pub preset: Option<P>,
    /// Fields and their new values.
    pub fields: &'a [(&'a str, &'a str)],
}

impl<P: Group> PolicyChanges<'_, P> {
    /// The policy with these changes: every field within its range, and all of them agreeing.
    pub fn applied(&self, present: &P) -> Result<P, PolicyError> {
        self.preset.as_ref().unwrap_or(present).with_fields(self.fields)
    }
}

/// The planned change of a policy.
pub struct SetPolicy<'a, P> {
    account: Account,
    changes: PolicyChanges<'a, P>,
    before: P,
    after: P,
}

impl<'a, P: Group> SetPolicy<'a, P> {
    /// The changes have been tried on the policy as it was a moment ago.
    pub fn plan(env: &Env<'_>, account: &Name, changes: PolicyChanges<'a, P>) -> Result<Self, FlowError> {
        let account = people::require_account(env, account, Task::ManagePolicy)?;
        let before = env.read(|tx| policies::read(tx, &account.id, P::NAME))?;
        let meanwhile = |_| Refusal::ChangedMeanwhile(account.name.clone());
        let after = changes.applied(&before).map_err(meanwhile)?;
        Ok(Self { account, changes, before, after })
    }
}

impl<P: Group> Change for SetPolicy<'_, P> {
    type Done = P;

    fn effects(&self) -> Vec<String> {
        let mut effects = differences(&self.before, &self.after);
        let account = &self.account.name;
        if effects.is_empty() {
            effects.push(format!("the {} policy of {account} has these values already", P::NAME));
        } else {
            effects.push(format!("for everybody in {account}: {}", P::EFFECT));
        }
        effects
    }

    fn changes(&self) -> bool {
        self.before != self.after
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<P, FlowError> {
        if self.before == self.after {
            return Ok(self.after);
        }
        let planned = differences(&self.before, &self.after);
        env.write(|tx| {
            let found = tx.store.account_by_key(&key_of(&self.account.name))?;
            let same = found.is_some_and(|account| account.id == self.account.id);
            // Other fields may have been set since the plan, and stay as they are; those of the plan must still be
            // what was said yes to.
            let before: P = policies::read(tx.store, &self.account.id, P::NAME)?;
            let after = self.changes.applied(&before).ok();
            let Some(after) = after.filter(|after| same && differences(&before, after) == planned) else {
                return Err(Stop::keep(Refusal::ChangedMeanwhile(self.account.name.clone())));
            };
            let json =
                serde_json::to_string(&after).map_err(|_| StoreError::Unreadable { column: "policy" })?;
            tx.store.set_policy(&self.account.id, P::NAME, &json)?;
            let mut event = NewEvent::success(Action::ModifySecurityPolicy, audit::of_account(&self.account))
                .with("policy", Fact::Word(P::NAME));
            event.detail.extend(changed(&before, &after));
            event.append(tx)?;
            Ok(after)
        })
    }
}

/// The fields that differ, with the old value and the new, for people.
fn differences<P: FieldTable>(before: &P, after: &P) -> Vec<String> {
    let (before, after) = (before.fields(), after.fields());
    let differing = before.iter().zip(&after).filter(|(old, new)| old.value != new.value);
    differing
        .map(|(old, new)| format!("{}: {} -> {}", old.name, shown(&old.value), shown(&new.value)))
        .collect()
}

/// The fields that differ, with their new values. Free text is not repeated in the records (security U3).
fn changed<P: FieldTable>(before: &P, after: &P) -> Vec<(&'static str, Fact)> {
    let differing = P::table().iter().filter(|field| field.value(before) != field.value(after));
    let fact = |field: &Field<P>| match &field.kind {
        Kind::Number { slot, .. } => Fact::Count((*slot(&mut after.clone())).into()),
        Kind::Flag { slot } => Fact::Flag(*slot(&mut after.clone())),
        Kind::Text { .. } | Kind::Address { .. } => Fact::Word("changed"),
        Kind::Choice { get, .. } => Fact::Word(if get(after).is_empty() { "none" } else { get(after) }),
    };
    differing.map(|field| (field.name, fact(field))).collect()
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "(empty)" } else { value }
}
