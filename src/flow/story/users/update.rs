//! Changing a user: name, description, access mode, login protection, enabled or not, whether the password must be
//! changed, and ending a lock.

use super::changes::UserChanges;
use super::names::{judge_external_id, judge_name};
use crate::domain::account::Status;
use crate::domain::time::for_people;
use crate::domain::{
    AccessMode, Action, Fact, Failures, Name, NewEvent, Principal, Role, Task, User, message,
};
use crate::flow::foundation::{
    AboutUser, Change, Confirmed, Env, FlowError, Refusal, Stop, Transaction, audit, eligibility, people,
    policies,
};
use crate::flow::messages::notices;
use crate::flow::proofs::guesses;
use crate::flow::story::{caller_challenge, disown};
use crate::guidance::effects::{
    MUST_CHANGE, account_stays_disabled, by_program_only, no_password, stays_blocked, stays_disabled,
    unmet_protection,
};

/// The planned change of a user.
pub struct UpdateUser {
    before: User,
    after: User,
    name: Option<Name>,
    unlock: bool,
    /// Whether they were unused for too long, and the time begins anew.
    revives: bool,
    /// Whether too many wrong codes keep anything of theirs switched off, and that ends.
    counts_anew: bool,
    /// Whether they are to be enabled, which may not let them in.
    enables: bool,
    /// A lock that stays.
    locked: Option<String>,
    /// Who hears of another login protection.
    notified: Option<String>,
    /// Whether it ends a lock and nothing else, as support may for a verified caller.
    lock_alone: bool,
    verified_caller: Option<String>,
}

impl UpdateUser {
    pub fn plan(env: &Env<'_>, who: &Principal, changes: UserChanges) -> Result<Self, FlowError> {
        let mut changes = changes;
        let lock_alone = changes.unlock && env.actor.role == Role::Support;
        let task = if lock_alone { Task::EndLock } else { Task::ManagePeople };
        let before = people::require(env, who, task)?;
        if lock_alone {
            // Never a block, and never what an administrator disabled.
            changes = UserChanges {
                unlock: true,
                verified_caller: changes.verified_caller,
                ..UserChanges::default()
            };
        }
        let caller = match (lock_alone, changes.verified_caller.as_deref()) {
            (false, None) => None,
            (_, given) => caller_challenge::judge(env, task, &before, given)?,
        };
        if let Some(refusal) = caller {
            return env.turn_down(Action::UnlockUser, audit::target(&before), refusal);
        }
        Self::of(env, before, changes)
    }

    /// For somebody who was found already, and whom the actor may treat so.
    pub(crate) fn of(env: &Env<'_>, before: User, changes: UserChanges) -> Result<Self, FlowError> {
        let mut changes = changes;
        // Whoever may do nothing else was left with that.
        let lock_alone = changes.unlock && env.actor.role == Role::Support;
        if before.root && changes.unlock && changes.status == Some(before.status) {
            // A root user is enabled with its account; what ends is the lock alone.
            changes.status = None;
        }
        if before.root
            && (changes.name.is_some() || changes.status.is_some() || changes.access_mode.is_some())
        {
            let refusal = Refusal::RootUser(before.path());
            return env.turn_down(Action::UpdateUser, audit::target(&before), refusal);
        }
        if let Some(refusal) = changes.must_change.and_then(|must| judge_must_change(&before, must)) {
            return env.turn_down(Action::UpdateUser, audit::target(&before), refusal);
        }
        let mut after = before.clone();
        if let Some(name) = &changes.name {
            if let Some(refusal) = env.read(|tx| judge_name(tx, &before, name))? {
                return env.turn_down(Action::UpdateUser, audit::target(&before), refusal);
            }
            name.as_str().clone_into(&mut after.name);
        }
        if let Some(external_id) = changes.external_id {
            after.external_id = external_id;
            if let Some(refusal) = env.read(|tx| judge_external_id(tx, &after))? {
                return env.turn_down(Action::UpdateUser, audit::target(&before), refusal);
            }
        }
        after.description = changes.description.unwrap_or(after.description);
        after.access_mode = changes.access_mode.unwrap_or(after.access_mode);
        after.login_protection = changes.login_protection.unwrap_or(after.login_protection);
        after.status = changes.status.unwrap_or(after.status);
        after.credential.must_change = changes.must_change.unwrap_or(after.credential.must_change);
        let now = env.clock.now();
        let revives = changes.status == Some(Status::Enabled)
            && env.read(|tx| {
                let days = policies::login(tx, &before.account_id)?.account_validity_period;
                eligibility::is_unused(tx, &before, days, now)
            })?;
        let lock = before.failures.locked(env.clock.now());
        let stays = lock.filter(|_| changes.status == Some(Status::Enabled) && !changes.unlock);
        let counts_anew =
            changes.unlock && !lock_alone && env.read(|tx| guesses::any_off(env, tx, now, &before))?;
        let tries = env.read(|tx| tx.open_sign_ins(&before.id, jiff::Timestamp::MIN))?;
        let locked_out = tries > 0 || before.failures != Failures::default();
        let kept_out = locked_out || (before.disowned.is_some() && !lock_alone);
        Ok(Self {
            unlock: counts_anew || (changes.unlock && kept_out),
            counts_anew,
            notified: notices::effect(env, &before.contacts),
            enables: changes.status == Some(Status::Enabled),
            locked: stays.map(for_people),
            name: changes.name,
            lock_alone,
            verified_caller: changes.verified_caller,
            revives,
            before,
            after,
        })
    }

    fn is_nothing(&self) -> bool {
        self.before == self.after && !self.unlock && !self.revives
    }
}

/// Whether somebody cannot sign in although they are enabled themselves.
fn shut_out(user: &User) -> bool {
    still_shut_out(user).is_some() || user.disowned.is_some()
}

/// What keeps somebody out who is enabled, and the command that ends it.
fn still_shut_out(user: &User) -> Option<String> {
    if user.account_status == Status::Disabled {
        Some(account_stays_disabled(&user.account))
    } else if user.access_mode == AccessMode::Programmatic {
        Some(by_program_only(&user.path()))
    } else {
        user.credential.hash.is_none().then(|| no_password(&user.path()))
    }
}

/// Why it cannot be said of this person's password that it must be changed, or need not be.
fn judge_must_change(user: &User, must: bool) -> Option<Refusal> {
    let credential = &user.credential;
    if must && credential.hash.is_none() {
        return Some(Refusal::NoPassword(user.path()));
    }
    // It was accepted only because of an authenticator that is gone (security P1).
    let too_short = credential.must_change && credential.leans_on_mfa && !user.mfa;
    (!must && too_short).then(|| Refusal::LeansOnMfa(user.path()))
}

impl AboutUser for UpdateUser {
    fn user(&self) -> &User {
        &self.before
    }

    fn after(&self) -> User {
        let mut after = self.after.clone();
        if self.unlock {
            after.failures = Failures::default();
            after.disowned = after.disowned.filter(|_| self.lock_alone);
        }
        after
    }
}

impl Change for UpdateUser {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let (before, after, path) = (&self.before, &self.after, self.before.path());
        let mut effects = Vec::new();
        if before.status != after.status {
            effects.push(match after.status {
                Status::Disabled => format!("{path} is disabled and cannot sign in"),
                Status::Enabled if shut_out(after) => format!("{path} is enabled"),
                Status::Enabled => format!("{path} is enabled and can sign in again"),
            });
        }
        if self.enables {
            effects.extend(still_shut_out(after));
        }
        if self.revives {
            effects.push(format!("the unused time of {path} is counted from now on"));
        }
        if let (true, Some(disowned)) = (self.unlock && !self.lock_alone, &before.disowned) {
            effects.push(format!(
                "{path} is no longer blocked; it was since {}, because of \"{}\"",
                for_people(disowned.at),
                disowned.describe()
            ));
        } else if after.status == Status::Enabled {
            effects.extend(stays_blocked(before));
        }
        if self.lock_alone && before.status == Status::Disabled {
            effects.push(stays_disabled(before));
        }
        if self.unlock && before.failures != Failures::default() {
            effects.push(format!("{path} is unlocked, and its failed sign-ins are forgotten"));
        }
        if self.counts_anew {
            effects.push(format!(
                "wrong codes that were entered for {path} are forgotten, and codes are accepted again"
            ));
        }
        if let Some(until) = &self.locked {
            effects.push(format!("{path} stays locked until {until}; --unlock ends the lock"));
        }
        if before.name != after.name {
            effects.push(format!("{path} is called {} and signs in with that name", after.path()));
        }
        if before.description != after.description {
            effects.push(match &after.description {
                Some(text) => format!("{path} is described as: {text}"),
                None => format!("{path} has no description"),
            });
        }
        if before.external_id != after.external_id {
            effects.push(match &after.external_id {
                Some(id) => format!("the external ID of {path} is {id}"),
                None => format!("{path} has no external ID"),
            });
        }
        if before.access_mode != after.access_mode {
            effects.push(format!("the access mode of {path} is {}", after.access_mode));
        }
        if before.login_protection != after.login_protection {
            effects.push(format!("the login protection of {path} is {}", after.login_protection));
            effects.extend(unmet_protection(after));
            effects.extend(self.notified.clone());
        }
        effects.extend(self.about_password());
        if effects.is_empty() {
            effects.push(format!("{path} stays as it is"));
        }
        effects
    }

    fn changes(&self) -> bool {
        !self.is_nothing()
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        if self.is_nothing() {
            return Ok(self.after);
        }
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.before)?;
            caller_challenge::use_up(tx, Action::UnlockUser, &user, self.verified_caller.as_deref())?;
            self.write(tx, &user)?;
            people::reload(tx.store, &user)
        })
    }
}

impl UpdateUser {
    /// Changes the person within the transaction of a change, as they are there.
    pub(crate) fn write(&self, tx: &mut Transaction<'_>, user: &User) -> Result<(), Stop> {
        let after = &self.after;
        if self.before != *after {
            let (key, look) = match &self.name {
                Some(name) => {
                    if let Some(refusal) = judge_name(tx.store, user, name)? {
                        return tx.refuse(Action::UpdateUser, audit::target(user), refusal);
                    }
                    (name.key(), name.skeleton())
                }
                None => people::named(user)?,
            };
            if let Some(refusal) = judge_external_id(tx.store, after)? {
                return tx.refuse(Action::UpdateUser, audit::target(user), refusal);
            }
            tx.store.update_user(after, &key, &look)?;
            if self.before.status != after.status && after.status == Status::Enabled {
                tx.store.set_active_from(&user.id, tx.now)?;
            }
            for event in self.events() {
                event.append(tx)?;
            }
            if self.before.login_protection != after.login_protection {
                notices::notify(tx, after, message::Change::LoginProtection)?;
            }
        }
        if self.revives {
            tx.store.set_active_from(&user.id, tx.now)?;
            NewEvent::success(Action::UpdateUser, audit::target(after))
                .with("changed", Fact::Words(vec!["active_from"]))
                .append(tx)?;
        }
        if self.lock_alone {
            disown::end_lock(tx, user, self.verified_caller.as_deref())?;
        } else if self.unlock {
            disown::unlock(tx, user, self.verified_caller.as_deref())?;
        }
        Ok(())
    }

    /// What is said of the password: the same stays, for good or until the next sign-in.
    fn about_password(&self) -> Vec<String> {
        let (before, path) = (&self.before, self.before.path());
        let must_change = self.after.credential.must_change;
        if before.credential.must_change == must_change {
            return Vec::new();
        }
        if !must_change {
            let ends = before
                .credential
                .expires_at
                .map_or_else(String::new, |at| format!("; it works until {} all the same", for_people(at)));
            return vec![format!(
                "the current password of {path} need not be changed at the next sign-in{ends}"
            )];
        }
        let mut effects =
            vec![format!("the current password of {path} stays, and must be changed at the next sign-in")];
        if before.access_mode == AccessMode::Programmatic {
            effects.push(by_program_only(&path));
        }
        effects.push(MUST_CHANGE.to_owned());
        effects
    }

    /// What changed, by the names of the fields: their contents may be about people.
    fn events(&self) -> Vec<NewEvent> {
        let (before, after) = (&self.before, &self.after);
        let fields = [
            ("name", before.name != after.name),
            ("status", before.status != after.status),
            ("description", before.description != after.description),
            ("external_id", before.external_id != after.external_id),
            ("access_mode", before.access_mode != after.access_mode),
            ("must_change", before.credential.must_change != after.credential.must_change),
        ];
        let changed: Vec<&'static str> =
            fields.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect();
        let mut events = Vec::new();
        if !changed.is_empty() {
            let event = NewEvent::success(Action::UpdateUser, audit::target(after))
                .with("changed", Fact::Words(changed))
                .with("status", Fact::Word(after.status.as_str()))
                .with("access_mode", Fact::Word(after.access_mode.as_str()));
            let must_change = after.credential.must_change;
            events.push(if before.credential.must_change == must_change {
                event
            } else {
                event.with("must_change", Fact::Flag(must_change))
            });
        }
        if before.login_protection != after.login_protection {
            let event = NewEvent::success(Action::ModifyLoginProtect, audit::target(after))
                .with("login_protection", Fact::Word(after.login_protection.as_str()));
            events.push(event);
        }
        events
    }
}
