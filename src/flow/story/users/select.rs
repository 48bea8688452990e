//! Choosing people by what they have in common, for lists and for changes of many.

use std::collections::HashSet;
use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::domain::account::Account;
use crate::domain::name::key_of;
use crate::domain::selection::{Beside, Filter, PasswordKind, Reach, Selection};
use crate::domain::{AccessMode, Action, Target, Task, User};
use crate::flow::foundation::authorization::may_be_operator;
use crate::flow::foundation::{Env, FlowError, Missing, Refusal, people, policies};
use crate::store::{StoreError, Tx, UserPlace};

/// How many are read at once: memory for a page, however many there are.
const PAGE: u32 = 1_000;

/// How many of those who are left out are named.
const NAMED: usize = 10;

/// Who is chosen as well, although they are easily meant by mistake.
#[derive(Debug, Clone, Copy)]
pub struct Inclusion {
    pub root: bool,
    /// Those who come in by program only, and may have stored their password in one.
    pub programmatic: bool,
}

/// Some people: how many, and the first of them by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    pub count: u64,
    pub names: Vec<String>,
}

impl Group {
    fn add(&mut self, user: &User) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(user.path());
        }
    }
}

/// Who fits a selection, and is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub roots: Group,
    /// Those who are operators of this store by their name, or may be: a change of many keeps nobody from helping.
    pub operators: Group,
    pub programmatic: Group,
}

/// Hands everybody whom a change of many is about to `each`, by account and name. Operators are never among them.
pub fn select(
    env: &Env<'_>,
    selection: &Selection,
    included: Inclusion,
    mut each: impl FnMut(&User),
) -> Result<LeftOut, FlowError> {
    env.authorize(Task::SelectPeople, None)?;
    let mut left_out = LeftOut::default();
    every_user(env, selection, None, None, |user| {
        if user.root && !included.root {
            left_out.roots.add(user);
        } else if may_be_operator(env, user) {
            left_out.operators.add(user);
        } else if user.access_mode == AccessMode::Programmatic && !included.programmatic {
            left_out.programmatic.add(user);
        } else {
            each(user);
        }
        Ok::<_, FlowError>(ControlFlow::Continue(()))
    })?;
    Ok(left_out)
}

/// How many fit a selection. A number tells as much as a list, so it is not for support.
pub fn count_users(env: &Env<'_>, selection: &Selection) -> Result<u64, FlowError> {
    env.authorize(Task::SelectPeople, None)?;
    let mut count = 0;
    every_user(env, selection, None, None, |_| {
        count += 1;
        Ok::<_, FlowError>(ControlFlow::Continue(()))
    })?;
    Ok(count)
}

/// That there are as many as whoever acts expects; a no is recorded.
pub fn require_count(env: &Env<'_>, expected: u64, found: u64) -> Result<(), FlowError> {
    if expected == found {
        return Ok(());
    }
    env.turn_down(Action::LookupUser, Target::None, Refusal::UnexpectedCount { expected, found })
}

/// Every user of a selection, without a bound for support: for what is counted and not shown. `after` is the id of the last
/// one seen; `limit` is how many at most.
pub(super) fn every_user<E: From<FlowError>>(
    env: &Env<'_>,
    selection: &Selection,
    after: Option<&str>,
    limit: Option<u64>,
    mut each: impl FnMut(&User) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    let accounts = accounts(env, selection)?;
    let after = match after {
        None => None,
        Some(id) => {
            let seen = env.read(|tx| tx.user_by_id(id))?;
            Some(UserPlace::of(&seen.ok_or_else(|| FlowError::from(Missing::UserId(id.to_owned())))?))
        }
    };
    let conditions = Conditions::of(&selection.filters, env.clock.now());
    let mut left = limit.unwrap_or(u64::MAX);
    for account in &accounts {
        if after.as_ref().is_some_and(|after| is_before(account.as_ref(), after)) {
            continue;
        }
        let mut place = place_in(account.as_ref(), after.as_ref());
        let account = account.as_ref().map(|account| account.id.as_str());
        while left > 0 {
            // How many of a page fit is not known beforehand.
            let most = if selection.filters.is_empty() { left } else { u64::from(PAGE) };
            let size = u32::try_from(most).unwrap_or(PAGE).min(PAGE);
            let page = env.read(|tx| {
                let users = tx.users_page(account, place.as_ref(), size)?;
                let beside = conditions.beside(tx, &users)?;
                Ok((users, beside))
            })?;
            let (users, beside) = page;
            place = users.last().map(UserPlace::of);
            for (user, beside) in users.iter().zip(beside) {
                if !conditions.hold(user, beside) {
                    continue;
                }
                if each(user)?.is_break() {
                    return Ok(());
                }
                left -= 1;
                if left == 0 {
                    return Ok(());
                }
            }
            if users.len() < size as usize {
                break;
            }
        }
    }
    Ok(())
}

/// The accounts of a selection in the order of listing, each once; `None` stands for all of them.
fn accounts(env: &Env<'_>, selection: &Selection) -> Result<Vec<Option<Account>>, FlowError> {
    if !selection.is_whole() {
        env.authorize(Task::SelectPeople, None)?;
    }
    let Reach::Accounts(names) = &selection.reach else {
        return Ok(vec![people::require_group(env, None)?]);
    };
    let found = names.iter().map(|name| people::require_group(env, Some(name)));
    let mut accounts: Vec<Option<Account>> = found.collect::<Result<_, _>>()?;
    accounts.sort_by_key(|account| account.as_ref().map(|account| key_of(&account.name)));
    accounts.dedup();
    Ok(accounts)
}

/// Whether all of an account comes before that place.
fn is_before(account: Option<&Account>, place: &UserPlace) -> bool {
    account.is_some_and(|account| key_of(&account.name) < place.account_key)
}

/// Where in an account, or among all of them, reading goes on.
fn place_in(account: Option<&Account>, after: Option<&UserPlace>) -> Option<UserPlace> {
    let within =
        |after: &&UserPlace| account.is_none_or(|account| key_of(&account.name) == after.account_key);
    after.filter(within).cloned()
}

/// Conditions that must all hold, and what they ask for beside the rows of users.
struct Conditions<'f> {
    filters: &'f [Filter],
    now: Timestamp,
    ask_tokens: bool,
    ask_policies: bool,
}

impl<'f> Conditions<'f> {
    fn of(filters: &'f [Filter], now: Timestamp) -> Self {
        let ask_tokens = filters.contains(&Filter::SetupPending);
        let ask_policies = filters.contains(&Filter::Password(PasswordKind::Expired));
        Self { filters, now, ask_tokens, ask_policies }
    }

    /// What is asked for of each of a page, who come by account.
    fn beside(&self, tx: &mut dyn Tx, users: &[User]) -> Result<Vec<Beside>, StoreError> {
        let mut pending = HashSet::new();
        if self.ask_tokens {
            let ids: Vec<&str> = users.iter().map(|user| user.id.as_str()).collect();
            pending = tx.with_live_tokens(&ids, self.now)?;
        }
        let mut of_account: Option<(&str, u32)> = None;
        let mut beside = Vec::with_capacity(users.len());
        for user in users {
            let validity_days = match of_account {
                _ if !self.ask_policies => 0,
                Some((id, days)) if id == user.account_id => days,
                _ => policies::password(tx, &user.account_id)?.password_validity_period,
            };
            of_account = Some((&user.account_id, validity_days));
            beside.push(Beside { validity_days, setup_pending: pending.contains(&user.id) });
        }
        Ok(beside)
    }

    fn hold(&self, user: &User, beside: Beside) -> bool {
        self.filters.iter().all(|filter| filter.holds(user, beside, self.now))
    }
}
