//! A person changes their own password: as they wish, or because they must.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::credentials::{self, Installation, Prepared};
use super::env::Env;
use super::error::{Denial, FlowError};
use super::events;
use super::people;
use super::refusal::Refusal;
use super::sign_in::{self, Owing, Presented, Purpose, SignIn, SignedIn};
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::message::Change;
use crate::domain::password::normalise;
use crate::domain::policy::PasswordPolicy;
use crate::domain::secret::Secret;
use crate::domain::sign_in as judgement;
use crate::domain::time::after;
use crate::domain::user::User;
use crate::domain::who::Who;

/// Somebody who proved the old password and may now choose a new one.
pub struct PasswordChange {
    user: User,
    old: Secret,
    forced: bool,
    proven_at: Timestamp,
}

/// Somebody who has just set the new password.
pub struct Changed {
    user: User,
}

impl Changed {
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Lets them in with it, after a sign-in that the old one stopped.
    pub fn sign_in(self, env: &Env<'_>) -> Result<SignedIn, FlowError> {
        sign_in::again(env, &self.user)
    }
}

impl PasswordChange {
    /// Judges the old password, and the code of a bound authenticator, as a sign-in would: failures count, and a
    /// lock holds.
    pub fn begin(env: &Env<'_>, who: &Who, presented: &Presented<'_>) -> Result<Self, FlowError> {
        let proven_at = env.clock.now();
        let user = match sign_in::prove(env, who, presented, Purpose::Own(Action::ChangePassword))? {
            SignIn::Right(signed_in) => signed_in.user,
            SignIn::MustChange(owing) => return Self::owed(owing, presented.password),
            SignIn::Denied => return Err(Denial::Credentials.into()),
        };
        let old = normalise(presented.password).map_err(|_| Denial::Credentials)?;
        let change = Self { user, old, forced: false, proven_at };
        // Told before a new password is thought up in vain.
        let policy = env.read(|tx| credentials::password_policy(tx, &change.user.account_id))?;
        match change.too_young(&policy, env.clock.now()) {
            Some(refusal) => Err(change.refused(env, refusal)?),
            None => Ok(change),
        }
    }

    /// Goes on after a sign-in that was stopped, without asking for the same proofs again.
    pub fn owed(owing: Owing, old: &Secret) -> Result<Self, FlowError> {
        let old = normalise(old).map_err(|_| Denial::Credentials)?;
        let (user, proven_at) = owing.into_parts();
        Ok(Self { user, old, forced: true, proven_at })
    }

    /// Whether the person has to, which the minimum age does not hold up.
    pub fn is_forced(&self) -> bool {
        self.forced
    }

    /// What the new password must be, in a line.
    pub fn rule(&self, env: &Env<'_>) -> Result<String, FlowError> {
        credentials::rule(env, &self.user)
    }

    /// Sets the new password. A weak or used one is refused, and another may be tried.
    pub fn finish(&self, env: &Env<'_>, new: &Secret) -> Result<Changed, FlowError> {
        let hash = match self.prepare(env, new) {
            Ok(hash) => hash,
            Err(FlowError::Refused(refusal)) => return Err(self.refused(env, refusal)?),
            Err(other) => return Err(other),
        };
        let how = Installation {
            must_change: false,
            expires_at: None,
            unlock: false,
            except_request: None,
            told_as: Change::PasswordChanged,
        };
        let changed = env.write(|tx, now| {
            let user = match people::unchanged(tx, &self.user)? {
                Ok(user) => user,
                Err(changed) => return Ok(Err(changed)),
            };
            // Locked or disabled since the old password was proven: the door is shut.
            if judgement::obstacle(&user, now).is_some() {
                return Ok(Err(Denial::Credentials.into()));
            }
            let policy = credentials::password_policy(tx, &user.account_id)?;
            let too_old = (!judgement::proof_holds(self.proven_at, now)).then_some(Refusal::ProofTooOld);
            if let Some(refusal) = too_old.or_else(|| self.too_young(&policy, now)) {
                return env.refuse(tx, now, Action::ChangePassword, events::target(&user), refusal);
            }
            let credential = credentials::install(env, tx, now, &user, hash.clone(), &how)?;
            let event = NewEvent::success(Action::ChangePassword, events::target(&user))
                .with("forced", Fact::Flag(self.forced));
            events::append(env, tx, now, &event)?;
            Ok(Ok(Changed { user: User { credential, ..user } }))
        })?;
        env.courier.wake();
        Ok(changed)
    }

    fn prepare(&self, env: &Env<'_>, new: &Secret) -> Result<Prepared, FlowError> {
        // Whoever must change it cannot keep it, also where the policy remembers none.
        let same = normalise(new)
            .is_ok_and(|new| bool::from(new.expose().as_bytes().ct_eq(self.old.expose().as_bytes())));
        if self.forced && same {
            return Err(Refusal::ReusedPassword.into());
        }
        credentials::prepare(env, &self.user, new)
    }

    fn too_young(&self, policy: &PasswordPolicy, now: Timestamp) -> Option<Refusal> {
        let age = SignedDuration::from_mins(policy.minimum_password_age.into());
        let from = after(self.user.credential.changed_at?, age);
        (!self.forced && now < from).then_some(Refusal::TooYoung(from))
    }

    /// Records a refusal and hands it on.
    fn refused(&self, env: &Env<'_>, refusal: Refusal) -> Result<FlowError, FlowError> {
        let target = events::target(&self.user);
        env.record(&NewEvent::refused(Action::ChangePassword, target, refusal.code()))?;
        Ok(refusal.into())
    }
}

#[cfg(test)]
#[path = "change_password_tests.rs"]
mod tests;
