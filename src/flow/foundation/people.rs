//! Finding people.

use crate::domain::account::Account;
use crate::domain::id;
use crate::domain::{Action, Name, NewEvent, Principal, Role, Target, Task, User};
use crate::flow::foundation::{Env, FlowError, Missing, Refusal, Stop, audit, lookups};
use crate::store::{StoreError, Tx};

/// Whoever is meant, or nobody. What a form costs in look-ups, each by an index, depends on the words alone.
pub fn find(tx: &mut dyn Tx, who: &Principal) -> Result<Option<User>, StoreError> {
    match who {
        Principal::Account(account) => tx.user_by_key(&account.key(), ""),
        Principal::Member(account, user) => tx.user_by_key(&account.key(), &user.key()),
        Principal::MemberByEmail(account, email) => {
            tx.user_by_contact(email.channel(), email.key(), Some(&account.key()))
        }
        Principal::Holder(address) => {
            let found = |key| tx.user_by_contact(address.channel(), key, None);
            let found: Vec<Option<User>> = address.keys().map(found).collect::<Result<_, _>>()?;
            Ok(found.into_iter().flatten().next())
        }
        Principal::Id(id) => {
            // An account may have been called so before such names were refused.
            let user = tx.user_by_id(&id.key())?;
            if user.is_some() { Ok(user) } else { tx.user_by_key(&id.key(), "") }
        }
    }
}

/// For operators: the person, who must be there, and whom the actor may treat so. A look-up by support is
/// recorded (security O4).
pub fn require(env: &Env<'_>, who: &Principal, task: Task) -> Result<User, FlowError> {
    require_with(env, who, task, |_, _| Ok(())).map(|(user, ())| user)
}

/// [`require`], with what else is read of the person in the transaction that finds them.
pub(crate) fn require_with<T>(
    env: &Env<'_>,
    who: &Principal,
    task: Task,
    more: impl Fn(&mut dyn Tx, &User) -> Result<T, StoreError>,
) -> Result<(User, T), FlowError> {
    // A stranger learns nothing from the answer: the role is judged before anybody is looked up.
    env.authorize(task, None)?;
    let read = |tx: &mut dyn Tx| match find(tx, who)? {
        Some(user) => Ok(Some(more(tx, &user)?)).map(|more| Some(user).zip(more)),
        None => Ok(None),
    };
    let found = lookups::read(env, read, |found| {
        Some(match found {
            Some((user, _)) => NewEvent::success(Action::LookupUser, audit::target(user)),
            None => nobody(env, who, "no_such_user"),
        })
    })?;
    let Some((user, more)) = found else {
        // A slip, or somebody trying names: worth a record whoever asks (security U1).
        if env.actor.role != Role::Support {
            env.record_look(&nobody(env, who, "no_such_user"))?;
        }
        return Err(missing(who));
    };
    env.authorize(task, Some(&user))?;
    Ok((user, more))
}

fn nobody(env: &Env<'_>, who: &Principal, code: &'static str) -> NewEvent {
    NewEvent::failure(Action::LookupUser, audit::unknown(env.keys, who), code)
}

/// What an operator means by the name of an account, or by its id, as which none is called any more.
pub(crate) fn account_of(tx: &mut dyn Tx, name: &Name) -> Result<Option<Account>, StoreError> {
    let key = name.key();
    let named = tx.account_by_key(&key)?;
    if named.is_some() || !id::is_of(&key, "acc") { Ok(named) } else { tx.account_by_id(&key) }
}

/// For operators: the account, which must be there.
pub fn require_account(env: &Env<'_>, name: &Name, task: Task) -> Result<Account, FlowError> {
    env.authorize(task, None)?;
    let found = env.read(|tx| account_of(tx, name))?;
    if found.is_none() {
        env.record_look(&nobody(env, &Principal::Account(name.clone()), "no_such_account"))?;
    }
    found.ok_or_else(|| Missing::Account(name.to_string()).into())
}

/// For operators who list people: those of an account, which must be there, or everybody. A look-up by support is
/// recorded (security O4).
pub(crate) fn require_group(env: &Env<'_>, account: Option<&Name>) -> Result<Option<Account>, FlowError> {
    env.authorize(Task::ReadPeople, None)?;
    if account.is_none() && env.actor.role != Role::Support {
        return Ok(None);
    }
    let read = |tx: &mut dyn Tx| account.map_or(Ok(None), |name| account_of(tx, name));
    let unknown = |name: &Name| nobody(env, &Principal::Account(name.clone()), "no_such_account");
    let found = lookups::read(env, read, |found: &Option<Account>| {
        Some(match (account, found) {
            (Some(name), None) => unknown(name),
            (_, Some(found)) => NewEvent::success(Action::LookupUser, audit::of_account(found)),
            (None, None) => NewEvent::success(Action::LookupUser, Target::None),
        })
    })?;
    if let (Some(name), None) = (account, &found) {
        if env.actor.role != Role::Support {
            env.record_look(&unknown(name))?;
        }
        return Err(Missing::Account(name.to_string()).into());
    }
    Ok(found)
}

/// What is said of a person who is not there.
pub(crate) fn missing(who: &Principal) -> FlowError {
    match who {
        Principal::Account(account) => Missing::Account(account.to_string()).into(),
        Principal::Member(..) | Principal::MemberByEmail(..) => Missing::User(who.to_string()).into(),
        Principal::Holder(address) => Missing::Holder(address.to_string()).into(),
        Principal::Id(id) => Missing::UserId(id.key()).into(),
    }
}

/// The person as it is now, if nothing of what a plan saw has changed since ([`User::version`]).
pub(crate) fn unchanged(tx: &mut dyn Tx, planned: &User) -> Result<User, Stop> {
    let now = reload(tx, planned)?;
    let same = planned.version() == now.version();
    if same { Ok(now) } else { Err(Stop::keep(Refusal::ChangedMeanwhile(planned.path()))) }
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
    Ok((name.key(), name.skeleton()))
}
