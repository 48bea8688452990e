//! Accounts: made with their root user, updated, deleted.

use std::ops::ControlFlow;

use crate::domain::account::{Account, Kind, Status};
use crate::domain::name::key_of;
use crate::domain::refusal::users;
use crate::domain::time::counted;
use crate::domain::{Action, Address, Fact, Name, NewEvent, Target, Task, User, id};
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal, Stop, audit, people};
use crate::flow::story::contacts::{self, Bound};
use crate::guidance::effects::{ROOT_SETS_PASSWORD, root_without_contact};
use crate::store::{StoreError, Tx};

/// How many are read at once.
const PAGE: u32 = 1_000;

/// Hands every account to `each`, page by page, until it says to stop.
pub fn list_accounts<E: From<FlowError>>(
    env: &Env<'_>,
    mut each: impl FnMut(Account) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    env.authorize(Task::ReadPeople, None)?;
    let mut after: Option<String> = None;
    loop {
        let page = env.read(|tx| tx.accounts_page(after.as_deref(), PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for account in page {
            if each(account)?.is_break() {
                return Ok(());
            }
        }
    }
}

/// What `account create` is given.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub name: Name,
    pub kind: Kind,
    pub contacts: Vec<Address>,
    pub user_quota: Option<u32>,
    /// One that is there already is no refusal to be recorded.
    pub if_missing: bool,
}

/// Why no account of that name may be made now.
fn judge(tx: &mut dyn Tx, name: &Name) -> Result<Option<Refusal>, StoreError> {
    if tx.account_by_key(&name.key())?.is_some() {
        return Ok(Some(Refusal::AccountExists));
    }
    if name.is_like_id() {
        return Ok(Some(Refusal::NamedLikeId));
    }
    Ok(tx.account_by_skeleton(&name.skeleton())?.map(Refusal::LooksAlike))
}

/// A new account and its root user, as they would be made now.
pub(crate) fn identity(env: &Env<'_>, name: &Name, kind: Kind) -> Result<(Account, User), FlowError> {
    let now = env.clock.now();
    let account = Account {
        id: id::new(env.entropy, "acc")?,
        name: name.to_string(),
        kind,
        status: Status::Enabled,
        user_quota: None,
        users: 0,
        created_at: now,
    };
    let root = User::newborn(id::new(env.entropy, "usr")?, &account, account.name.clone(), true, now);
    Ok((account, root))
}

/// The planned creation of an account and its root user.
pub struct CreateAccount {
    new: NewAccount,
    account: Account,
    root: User,
}

impl CreateAccount {
    pub fn plan(env: &Env<'_>, new: NewAccount) -> Result<Self, FlowError> {
        env.authorize(Task::ManagePeople, None)?;
        match env.read(|tx| judge(tx, &new.name))? {
            None => {
                let (account, root) = identity(env, &new.name, new.kind)?;
                let account = Account { user_quota: new.user_quota, ..account };
                Ok(Self { new, account, root })
            }
            Some(exists @ Refusal::AccountExists) if new.if_missing => Err(exists.into()),
            Some(refusal) => env.turn_down(Action::CreateAccount, Target::None, refusal),
        }
    }

    /// The account as it would be.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

impl Change for CreateAccount {
    type Done = Account;

    fn effects(&self) -> Vec<String> {
        let NewAccount { name, kind, contacts, user_quota, .. } = &self.new;
        let mut effects =
            vec![format!("the {kind} account {name} is made, with its root user (Enterprise administrator)")];
        effects.push(if contacts.is_empty() {
            root_without_contact(name.as_str())
        } else {
            ROOT_SETS_PASSWORD.to_owned()
        });
        effects.extend(contacts.iter().map(|a| format!("{a} is bound to the root user, as verified by you")));
        if let Some(quota) = user_quota {
            effects.push(format!("it may have {}", users(*quota)));
        }
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Account, FlowError> {
        let Self { new, account, root } = &self;
        env.write(|tx| {
            // Looked at again: somebody may have made it in the meantime.
            match judge(tx.store, &new.name)? {
                None => {}
                Some(exists @ Refusal::AccountExists) if new.if_missing => return Err(exists.into()),
                Some(refusal) => return tx.refuse(Action::CreateAccount, Target::None, refusal),
            }
            let account = Account { created_at: tx.now, ..account.clone() };
            tx.store.insert_account(&account, &new.name.key(), &new.name.skeleton())?;
            let root = User { created_at: tx.now, ..root.clone() };
            tx.store.insert_user(&root, "", "")?;
            for address in &new.contacts {
                // Half an account is worse than none: a refusal undoes all of it.
                contacts::insert(tx, &root, address, Bound::ByAdmin).map_err(Stop::undone)?;
            }
            NewEvent::success(Action::CreateAccount, audit::of_account(&account)).append(tx)?;
            Ok(account)
        })
    }
}

/// The planned change of an account.
pub struct UpdateAccount {
    before: Account,
    after: Account,
    name: Name,
}

impl UpdateAccount {
    /// The account as it would be.
    pub fn after(&self) -> &Account {
        &self.after
    }
}

/// What `account update`, `enable` and `disable` may change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccountChanges {
    pub name: Option<Name>,
    pub status: Option<Status>,
    /// `Some(None)` takes the limit away.
    pub user_quota: Option<Option<u32>>,
}

impl UpdateAccount {
    pub fn plan(env: &Env<'_>, name: &Name, changes: AccountChanges) -> Result<Self, FlowError> {
        let before = people::require_account(env, name, Task::ManagePeople)?;
        let new_name = changes.name.unwrap_or_else(|| name.clone());
        if new_name.key() != name.key() {
            let (look, member) = env.read(|tx| {
                let member = tx.user_by_key(&name.key(), &new_name.key())?;
                Ok((tx.account_by_skeleton(&new_name.skeleton())?, member))
            })?;
            let refusal = match (look.filter(|other| *other != before.name), member) {
                _ if new_name.is_like_id() => Some(Refusal::NamedLikeId),
                (Some(other), _) => Some(Refusal::LooksAlike(other)),
                (None, Some(_)) => Some(Refusal::NamedLikeAccount),
                (None, None) => None,
            };
            if let Some(refusal) = refusal {
                return env.turn_down(Action::UpdateAccount, audit::of_account(&before), refusal);
            }
        }
        let mut after = before.clone();
        if new_name.key() != name.key() || new_name.as_str() != name.as_str() {
            after.name = new_name.to_string();
        }
        after.status = changes.status.unwrap_or(after.status);
        after.user_quota = changes.user_quota.unwrap_or(after.user_quota);
        let name = Name::parse(&after.name).unwrap_or(new_name);
        Ok(Self { before, after, name })
    }

    /// Whoever was shut out begins anew with the devices they are known on.
    fn shuts_out(&self) -> bool {
        self.before.status == Status::Enabled && self.after.status == Status::Disabled
    }
}

impl Change for UpdateAccount {
    type Done = Account;

    fn effects(&self) -> Vec<String> {
        let (before, after) = (&self.before, &self.after);
        let mut effects = Vec::new();
        if before.status != after.status {
            effects.push(match after.status {
                Status::Disabled => {
                    format!("{} is disabled: none of its {} users can sign in", before.name, before.users)
                }
                Status::Enabled => format!("{} is enabled: its enabled users can sign in again", before.name),
            });
        }
        if self.shuts_out() {
            effects.push("no device of theirs is known any more".to_owned());
        }
        if before.name != after.name {
            effects.push(format!(
                "{} is called {}; its people are named by that from now on",
                before.name, after.name
            ));
        }
        if before.user_quota != after.user_quota {
            effects.push(match after.user_quota {
                Some(quota) => format!("{} may have {}", before.name, users(quota)),
                None => format!("{} may have any number of users", before.name),
            });
        }
        if effects.is_empty() {
            effects.push(format!("{} stays as it is", before.name));
        }
        effects
    }

    fn changes(&self) -> bool {
        self.before != self.after
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Account, FlowError> {
        if self.before == self.after {
            return Ok(self.after);
        }
        env.write(|tx| {
            let found = tx.store.account_by_key(&key_of(&self.before.name))?;
            if found.as_ref() != Some(&self.before) {
                return Err(Stop::keep(Refusal::ChangedMeanwhile(self.before.name.clone())));
            }
            let renamed = self.before.name != self.after.name;
            if renamed && tx.store.user_by_key(&key_of(&self.before.name), &self.name.key())?.is_some() {
                return Err(Stop::keep(Refusal::NamedLikeAccount));
            }
            tx.store.update_account(&self.after, &self.name.key(), &self.name.skeleton())?;
            if self.shuts_out() {
                tx.store.forget_devices_of_account(&self.after.id)?;
            }
            NewEvent::success(Action::UpdateAccount, audit::of_account(&self.after))
                .with("status", Fact::Word(self.after.status.as_str()))
                .append(tx)?;
            Ok(self.after.clone())
        })
    }
}

/// The planned deletion of an account with everybody in it.
pub struct DeleteAccount {
    account: Account,
}

impl DeleteAccount {
    pub fn account(&self) -> &Account {
        &self.account
    }

    pub fn plan(env: &Env<'_>, name: &Name) -> Result<Self, FlowError> {
        let account = people::require_account(env, name, Task::ManagePeople)?;
        if account.status == Status::Enabled {
            return Err(Refusal::NotDisabled { noun: "account", who: account.name }.into());
        }
        Ok(Self { account })
    }
}

impl Change for DeleteAccount {
    type Done = Account;

    fn effects(&self) -> Vec<String> {
        vec![
            format!(
                "{} is permanently deleted, with its root user and {}",
                self.account.name,
                counted(self.account.users, "IAM user")
            ),
            "their contacts, codes, tokens and requests end; the operation records stay".to_owned(),
        ]
    }

    fn typed(&self) -> Option<String> {
        Some(self.account.name.clone())
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<Account, FlowError> {
        env.write(|tx| {
            let found = tx.store.account_by_key(&key_of(&self.account.name))?;
            if found.as_ref() != Some(&self.account) {
                return Err(Stop::keep(Refusal::ChangedMeanwhile(self.account.name.clone())));
            }
            tx.store.delete_account(&self.account.id)?;
            NewEvent::success(Action::DeleteAccount, audit::of_account(&self.account))
                .with("users", Fact::Count(self.account.users))
                .append(tx)?;
            Ok(self.account.clone())
        })
    }
}
