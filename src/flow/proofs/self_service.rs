//! What the policies of an account keep from people who help themselves: setting their own password, and coming back
//! after too long.

use jiff::{SignedDuration, Timestamp};

use crate::domain::account::Status;
use crate::domain::code::Withheld;
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::policy::{LoginPolicy, ProtectionPolicy};
use crate::domain::time::after;
use crate::domain::user::User;
use crate::flow::foundation::{Env, FlowError, audit, people};
use crate::flow::proofs::credentials;
use crate::store::{StoreError, Tx};

/// The policies of an account that are asked here.
pub(crate) struct Rules {
    protection: ProtectionPolicy,
    login: LoginPolicy,
}

impl Rules {
    pub(crate) fn of(tx: &mut dyn Tx, account_id: &str) -> Result<Self, StoreError> {
        let protection = credentials::protection_policy(tx, account_id)?;
        Ok(Self { protection, login: credentials::login_policy(tx, account_id)? })
    }

    /// Whether it matters how long somebody was unused.
    pub(crate) fn count_time(&self) -> bool {
        self.login.account_validity_period > 0
    }

    /// Why this person gets no code to reset the password. Root users are managed by nobody else, and never unused
    /// for too long.
    pub(crate) fn withhold(
        &self,
        user: &User,
        active_from: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Withheld> {
        if user.root {
            None
        } else if !self.protection.manage_password {
            Some(Withheld::SelfManagementOff)
        } else {
            ended(user, active_from, &self.login, now).then_some(Withheld::Unused)
        }
    }
}

/// Why this person gets no code to reset the password, as far as policies say; the same reads for a name that nobody
/// has (security E1).
pub(crate) fn withheld(
    tx: &mut dyn Tx,
    user: Option<&User>,
    now: Timestamp,
) -> Result<Option<Withheld>, StoreError> {
    let rules = Rules::of(tx, user.map_or("", |user| user.account_id.as_str()))?;
    let from = tx.active_from(user.map_or("", |user| user.id.as_str()))?;
    Ok(user.and_then(|user| rules.withhold(user, from, now)))
}

/// Whether an enabled IAM user has not signed in for longer than the login policy allows.
pub(crate) fn is_unused(
    tx: &mut dyn Tx,
    user: &User,
    login: &LoginPolicy,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let from = tx.active_from(&user.id)?;
    Ok(ended(user, from, login, now))
}

fn ended(user: &User, active_from: Option<Timestamp>, login: &LoginPolicy, now: Timestamp) -> bool {
    let days = login.account_validity_period;
    if days == 0 || user.root || user.status == Status::Disabled {
        return false;
    }
    // Whom an operator enables again has the whole time before them.
    let since = [user.last_login_at, active_from].into_iter().flatten().fold(user.created_at, Timestamp::max);
    after(since, SignedDuration::from_hours(24 * i64::from(days))) <= now
}

/// Disables somebody who was unused for too long.
pub(crate) fn disable(env: &Env<'_>, tx: &mut dyn Tx, now: Timestamp, user: &User) -> Result<(), FlowError> {
    let disabled = User { status: Status::Disabled, ..user.clone() };
    let (key, look) = people::named(user)?;
    tx.update_user(&disabled, &key, &look)?;
    let event = NewEvent::success(Action::UpdateUser, audit::target(user))
        .with("changed", Fact::Words(vec!["status"]))
        .with("status", Fact::Word(Status::Disabled.as_str()))
        .with("because", Fact::Word(Withheld::Unused.as_str()));
    audit::append(env, tx, now, &event)
}
