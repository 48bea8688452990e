//! On whose word an authenticator is enrolled, bound or taken away.

use jiff::Timestamp;

use super::super::env::{Decision, Env};
use super::super::error::{Denial, FlowError};
use super::super::events;
use super::super::people;
use super::super::refusal::Refusal;
use super::super::sign_in::{self, Presented, Purpose};
use crate::domain::event::Action;
use crate::domain::operator::Task;
use crate::domain::sign_in as judgement;
use crate::domain::user::User;
use crate::domain::who::Who;
use crate::store::Tx;

/// A person, and the right to change their authenticator: an admin's, or their own.
pub struct Authority {
    user: User,
    /// When the person themself proved who they are.
    proven_at: Option<Timestamp>,
}

impl Authority {
    /// An admin's.
    pub fn of_operator(env: &Env<'_>, who: &Who) -> Result<Self, FlowError> {
        Self::of_operator_for(env, who, Task::ManageMfa)
    }

    /// An operator's who may do this.
    pub fn of_operator_for(env: &Env<'_>, who: &Who, task: Task) -> Result<Self, FlowError> {
        Ok(Self { user: people::require(env, who, task)?, proven_at: None })
    }

    /// The person's own, judged as a sign-in would be; `action` is what a no is recorded as.
    pub fn of_person(
        env: &Env<'_>,
        who: &Who,
        presented: &Presented<'_>,
        action: Action,
    ) -> Result<Self, FlowError> {
        let proven_at = env.clock.now();
        let user = sign_in::prove(env, who, presented, Purpose::Own(action))?.into_result()?.user;
        Ok(Self { user, proven_at: Some(proven_at) })
    }

    /// Whom it is about.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Whether it is the person's own.
    pub fn is_own(&self) -> bool {
        self.proven_at.is_some()
    }

    /// The person, if all is as it was, and their own proof was not long ago.
    pub(in crate::flow) fn still(
        &self,
        env: &Env<'_>,
        tx: &mut dyn Tx,
        now: Timestamp,
        action: Action,
    ) -> Decision<User> {
        let user = match people::unchanged(tx, &self.user)? {
            Ok(user) => user,
            Err(changed) => return Ok(Err(changed)),
        };
        let Some(proven_at) = self.proven_at else { return Ok(Ok(user)) };
        if judgement::obstacle(&user, now).is_some() {
            return Ok(Err(Denial::Credentials.into()));
        }
        if judgement::proof_holds(proven_at, now) {
            return Ok(Ok(user));
        }
        env.refuse(tx, now, action, events::target(&user), Refusal::ProofTooOld)
    }
}
