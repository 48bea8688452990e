//! On whose word an authenticator is enrolled, bound or taken away.

use jiff::Timestamp;

use crate::domain::{Action, Principal, Task, User};
use crate::flow::foundation::{Env, FlowError, Stop, Transaction, people};
use crate::flow::proofs::admission::Purpose;
use crate::flow::proofs::password::Presented;
use crate::flow::proofs::sign_in;
use crate::flow::proofs::step_up::{self, Guard};

/// A person, and the right to change their authenticator: an admin's, or their own.
pub struct Authority {
    word: Word,
}

/// Whose word it is.
enum Word {
    Operator(Box<User>),
    Own(Box<Guard>),
}

impl Authority {
    /// An operator's who may do this.
    pub fn of_operator(env: &Env<'_>, who: &Principal, task: Task) -> Result<Self, FlowError> {
        let user = people::require(env, who, task)?;
        Ok(Self { word: Word::Operator(Box::new(user)) })
    }

    /// The person's own, judged as a sign-in would be; `action` is what a no is recorded as.
    pub fn of_person(
        env: &Env<'_>,
        who: &Principal,
        presented: &Presented<'_>,
        action: Action,
    ) -> Result<Self, FlowError> {
        let proven_at = env.clock.now();
        let user = sign_in::prove(env, who, presented, Purpose::Own(action))?.into_result()?.user;
        Ok(Self::of_proven(user, proven_at, action))
    }

    /// The word of somebody who proved who they are at that moment, on the way in.
    pub(crate) fn of_proven(user: User, proven_at: Timestamp, action: Action) -> Self {
        Self { word: Word::Own(Box::new(Guard::new(user, action, proven_at))) }
    }

    /// What operation protection asks before one's own change is settled with this; `None` is an operator's.
    pub fn guard(&self) -> Option<&Guard> {
        match &self.word {
            Word::Operator(_) => None,
            Word::Own(guard) => Some(guard),
        }
    }

    /// Whom it is about.
    pub fn user(&self) -> &User {
        match &self.word {
            Word::Operator(user) => user,
            Word::Own(guard) => guard.user(),
        }
    }

    /// Whether it is the person's own.
    pub fn is_own(&self) -> bool {
        matches!(self.word, Word::Own(_))
    }

    /// The person, if all is as it was; their own proof was not long ago, and what operation protection asks was
    /// answered.
    pub(crate) fn still(&self, tx: &mut Transaction<'_>) -> Result<User, Stop> {
        match &self.word {
            Word::Operator(user) => people::unchanged(tx.store, user),
            Word::Own(guard) => guard.still(tx),
        }
    }

    /// The person, if all is as it was; without what operation protection asks, for what only makes things stricter.
    pub(crate) fn unchanged(&self, tx: &mut Transaction<'_>) -> Result<User, Stop> {
        match &self.word {
            Word::Operator(user) => people::unchanged(tx.store, user),
            Word::Own(guard) => guard.unchanged(tx),
        }
    }

    /// After the change: a proof that it was made under goes on, any other of the person ends.
    pub(crate) fn carry(&self, tx: &mut Transaction<'_>, after: &User) -> Result<(), FlowError> {
        match &self.word {
            Word::Operator(user) => Ok(tx.store.end_proofs(&user.id).map(|_| ())?),
            Word::Own(guard) => step_up::carry(tx, guard.user(), after, None),
        }
    }
}
