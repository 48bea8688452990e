//! Finding people.

use crate::domain::account::Account;
use crate::domain::event::{Action, NewEvent};
use crate::domain::name::Name;
use crate::domain::operator::{Role, Task};
use crate::domain::user::{Credential, User};
use crate::domain::who::Who;
use crate::flow::foundation::{Env, FlowError, Missing, Refusal, Stop, audit, lookups};
use crate::store::{StoreError, Tx};

/// Whoever is meant, or nobody. Every form costs one look-up by an index.
pub fn find(tx: &mut dyn Tx, who: &Who) -> Result<Option<User>, StoreError> {
    match who {
        Who::Account(account) => tx.user_by_key(&account.key(), ""),
        Who::Member(account, user) => tx.user_by_key(&account.key(), &user.key()),
        Who::MemberByEmail(account, email) => {
            tx.user_by_contact(email.channel(), email.key(), Some(&account.key()))
        }
        Who::Holder(address) => tx.user_by_contact(address.channel(), address.key(), None),
    }
}

/// For operators: the person, who must be there, and whom the actor may treat so. A look-up by support is
/// recorded (security O4).
pub fn require(env: &Env<'_>, who: &Who, task: Task) -> Result<User, FlowError> {
    // A stranger learns nothing from the answer: the role is judged before anybody is looked up.
    env.authorize(task, None)?;
    lookups::count(env)?;
    let found = env.read(|tx| find(tx, who))?;
    if found.is_none() {
        // A slip, or somebody trying names: worth a record whoever asks (security U1).
        let nobody = audit::unknown(env.keys, who);
        env.record(&NewEvent::failure(Action::LookupUser, nobody, "no_such_user"))?;
    } else if env.actor.role == Role::Support {
        let target = audit::of(env.keys, who, found.as_ref());
        env.record(&NewEvent::success(Action::LookupUser, target))?;
    }
    let user = found.ok_or_else(|| missing(who))?;
    env.authorize(task, Some(&user))?;
    Ok(user)
}

/// For operators: the account, which must be there.
pub fn require_account(env: &Env<'_>, name: &Name, task: Task) -> Result<Account, FlowError> {
    env.authorize(task, None)?;
    let found = env.read(|tx| tx.account_by_key(&name.key()))?;
    if found.is_none() {
        let nobody = audit::unknown(env.keys, &Who::Account(name.clone()));
        env.record(&NewEvent::failure(Action::LookupUser, nobody, "no_such_account"))?;
    }
    found.ok_or_else(|| Missing::Account(name.to_string()).into())
}

/// What is said of a person who is not there.
pub(crate) fn missing(who: &Who) -> FlowError {
    match who {
        Who::Account(account) => Missing::Account(account.to_string()).into(),
        Who::Member(..) | Who::MemberByEmail(..) => Missing::User(who.to_string()).into(),
        Who::Holder(address) => Missing::Holder(address.to_string()).into(),
    }
}

/// The person as it is now, if nothing of what a plan saw has changed since. Failed sign-ins and the last
/// one may go on meanwhile, and so may time.
pub(crate) fn unchanged(tx: &mut dyn Tx, planned: &User) -> Result<User, Stop> {
    let now = reload(tx, planned)?;
    // A temporary password that ends by itself is nobody's change: that would have moved the epoch.
    let credential = Credential { expires_at: now.credential.expires_at, ..planned.credential.clone() };
    let same =
        User { credential, failures: now.failures, last_login_at: now.last_login_at, ..planned.clone() };
    if same == now { Ok(now) } else { Err(Stop::keep(Refusal::ChangedMeanwhile(planned.path()))) }
}

/// The person as it is now: deleted since a plan saw it, or changed by this very transaction.
pub(crate) fn reload(tx: &mut dyn Tx, user: &User) -> Result<User, Stop> {
    tx.user_by_id(&user.id)?.ok_or_else(|| Stop::keep(Missing::User(user.path())))
}

/// Key and look of the name a user has; the root user's are empty.
pub(crate) fn named(user: &User) -> Result<(String, String), StoreError> {
    if user.root {
        return Ok((String::new(), String::new()));
    }
    let name = Name::parse(&user.name).map_err(|_| StoreError::Unreadable { column: "name" })?;
    Ok((name.key(), name.look()))
}
