//! A person changes their own password: as they wish, or because they must.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use crate::domain::message::Change;
use crate::domain::password::normalise;
use crate::domain::time::after;
use crate::domain::{Action, Fact, NewEvent, PasswordPolicy, Principal, Secret, User};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, audit, policies};
use crate::flow::proofs::admission::{Owing, Purpose, SignIn, SignedIn};
use crate::flow::proofs::credentials::{self, Installation, Prepared};
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in;
use crate::flow::proofs::step_up::{self, Guard};

/// Somebody who proved the old password and may now choose a new one.
pub struct PasswordChange {
    guard: Guard,
    old: Secret,
    /// Whether the person has to, which the minimum age does not hold up.
    pub(crate) forced: bool,
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
        sign_in::let_in_changed(env, &self.user)
    }
}

impl PasswordChange {
    /// Judges the old password, and the code of a bound authenticator, as a sign-in would: failures count, and a
    /// lock holds.
    pub fn begin(env: &Env<'_>, who: &Principal, presented: &Presented<'_>) -> Result<Self, FlowError> {
        let proven_at = env.clock.now();
        let user = match sign_in::prove(env, who, presented, Purpose::Own(Action::ChangePassword))? {
            SignIn::Right(signed_in) => signed_in.user,
            SignIn::MustChange(owing) => return Self::owed(owing, presented.password),
            SignIn::Denied | SignIn::Protected(_) => return Err(Denial::Credentials.into()),
        };
        let old = normalise(presented.password).map_err(|_| Denial::Credentials)?;
        let guard = Guard::new(user, Action::ChangePassword, proven_at);
        let change = Self { guard, old, forced: false };
        // Told before a new password is thought up in vain.
        let account = &change.user().account_id;
        let (policy, protection) =
            env.read(|tx| Ok((policies::password(tx, account)?, policies::protection(tx, account)?)))?;
        // The switch is for IAM users: nobody manages a root user but itself.
        if !protection.manage_password && !change.user().root {
            return change.refuse(env, Refusal::SelfManagementOff);
        }
        match change.too_young(&policy, env.clock.now()) {
            Some(refusal) => change.refuse(env, refusal),
            None => Ok(change),
        }
    }

    /// Goes on after a sign-in that was stopped, without asking for the same proofs again.
    pub fn owed(owing: Owing, old: &Secret) -> Result<Self, FlowError> {
        let old = normalise(old).map_err(|_| Denial::Credentials)?;
        let Owing { user, proven_at } = owing;
        // An administrator, or the policy, wants it changed: what people may do by themselves is not in question.
        let guard = Guard::new(user, Action::ChangePassword, proven_at).exempt();
        Ok(Self { guard, old, forced: true })
    }

    /// What operation protection asks before the change is settled with this.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    fn user(&self) -> &User {
        self.guard.user()
    }

    /// What the new password must be, in a line.
    pub fn rule(&self, env: &Env<'_>) -> Result<String, FlowError> {
        credentials::rule(env, self.user())
    }

    /// A first look at a new password, before it is typed again.
    pub fn look_at(&self, env: &Env<'_>, new: &Secret) -> Result<(), FlowError> {
        self.prepare(env, new).map(drop)
    }

    fn prepare(&self, env: &Env<'_>, new: &Secret) -> Result<Prepared, FlowError> {
        // Whoever must change it cannot keep it, also where the policy remembers none.
        let same = normalise(new)
            .is_ok_and(|new| bool::from(new.expose().as_bytes().ct_eq(self.old.expose().as_bytes())));
        if self.forced && same {
            return self.refuse(env, Refusal::ReusedPassword);
        }
        credentials::prepare(env, self.user(), new, (Action::ChangePassword, audit::target(self.user())))
    }

    /// Sets the new password. A weak or used one is refused, and another may be tried.
    pub fn finish(&self, env: &Env<'_>, new: &Secret) -> Result<Changed, FlowError> {
        let hash = self.prepare(env, new)?;
        let how = Installation::own(Change::PasswordChanged);
        env.write_and_send(|tx| {
            let user = self.guard.revalidate(tx)?;
            let policy = policies::password(tx.store, &user.account_id)?;
            if let Some(refusal) = self.too_young(&policy, tx.now) {
                return tx.refuse(Action::ChangePassword, audit::target(&user), refusal);
            }
            let credential = credentials::install(tx, &user, hash.clone(), &how)?;
            NewEvent::success(Action::ChangePassword, audit::target(&user))
                .with("forced", Fact::Flag(self.forced))
                .append(tx)?;
            let changed = User { credential, ..user.clone() };
            step_up::end_other_proofs(tx, &user, &changed, None)?;
            Ok(Changed { user: changed })
        })
    }

    fn too_young(&self, policy: &PasswordPolicy, now: Timestamp) -> Option<Refusal> {
        let age = SignedDuration::from_mins(policy.minimum_password_age.into());
        let from = after(self.user().credential.changed_at?, age);
        (!self.forced && now < from).then_some(Refusal::TooYoung(from))
    }

    fn refuse<T>(&self, env: &Env<'_>, refusal: Refusal) -> Result<T, FlowError> {
        env.turn_down(Action::ChangePassword, audit::target(self.user()), refusal)
    }
}

#[cfg(test)]
#[path = "change_password_tests.rs"]
mod tests;
