//! What stands between a right password and a change of one's own.

use jiff::Timestamp;

use super::proof;
use super::way::{Way, open_ways};
use crate::domain::event::Detail;
use crate::domain::{Action, Fact, NewEvent, Secret, User, sign_in as judgement};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, Stop, Transaction, audit, people};
use crate::flow::proofs::codes;

/// Somebody who proved who they are a moment ago, on the way to a change of their own.
pub struct Guard {
    user: User,
    /// What a no is recorded as.
    action: Action,
    proven_at: Timestamp,
    exempt: bool,
}

impl Guard {
    /// Only for somebody whose password, and authenticator where one is bound, was right at that moment.
    pub(crate) fn new(user: User, action: Action, proven_at: Timestamp) -> Self {
        Self { user, action, proven_at, exempt: false }
    }

    /// For a change that is not of their own choice.
    pub(crate) fn exempt(self) -> Self {
        Self { exempt: true, ..self }
    }

    /// Whom it is about.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// What is still asked, any one of it; empty: nothing.
    pub fn ways(&self, env: &Env<'_>) -> Result<Vec<Way>, FlowError> {
        if self.exempt {
            return Ok(Vec::new());
        }
        env.write(|tx| {
            let user = self.unchanged(tx)?;
            Ok(open_ways(tx, &user)?)
        })
    }

    /// Whether a code that was sent that way can still be entered.
    pub fn is_sent(&self, env: &Env<'_>, way: &Way) -> Result<bool, FlowError> {
        Ok(self.sent_at(env, way)?.is_some())
    }

    /// When the code was sent that way that can still be entered.
    pub fn sent_at(&self, env: &Env<'_>, way: &Way) -> Result<Option<Timestamp>, FlowError> {
        env.write(|tx| Ok(codes::last_sent(tx.store, &way.contact, way.purpose())?))
    }

    /// Sends a code that way; one sent before ends, whichever way it went.
    pub fn ask(&self, env: &Env<'_>, way: &Way) -> Result<(), FlowError> {
        env.write_and_send(|tx| {
            let user = self.unchanged(tx)?;
            codes::send_code(tx, &user, &way.contact, way.purpose())?;
            for other in open_ways(tx, &user)?.iter().filter(|other| !way.is(&other.contact)) {
                codes::end_codes(tx.store, &other.contact, other.purpose())?;
            }
            Ok(())
        })
    }

    /// Judges the code that was sent that way. A right one is good for a quarter of an hour, here.
    pub fn answer(&self, env: &Env<'_>, way: &Way, digits: &Secret) -> Result<(), FlowError> {
        let tried = codes::take_try(env, Action::VerifyCodeFailed, |tx| {
            let user = self.unchanged(tx)?;
            let tried = codes::try_of_contact(tx, &way.contact, way.purpose())?;
            Ok((audit::target(&user), tried))
        })?;
        env.write(|tx| {
            tried.conclude(tx.store, tx.now)?;
            let user = self.unchanged(tx)?;
            let target = audit::target(&user);
            let about = |event: NewEvent| event.with(Detail::Purpose, Fact::Word(way.purpose().as_str()));
            let wrong = NewEvent::failure(Action::VerifyCodeFailed, target.clone(), "wrong_code");
            tried.accept(tx, digits, about(wrong))?;
            proof::record(tx, &user, &way.contact.id, tx.now)?;
            Ok(about(NewEvent::success(Action::VerifyCodePassed, target)).append(tx)?)
        })
    }

    /// The person, if all is as it was when they proved who they are, that was not long ago, and what operation
    /// protection asks was answered. For the transaction of the change.
    pub(crate) fn still(&self, tx: &mut Transaction<'_>) -> Result<User, Stop> {
        let user = self.unchanged(tx)?;
        if self.exempt || open_ways(tx, &user)?.is_empty() {
            return Ok(user);
        }
        tx.refuse(self.action, audit::target(&user), Refusal::Unprotected)
    }

    /// The person, if all is as it was; without operation protection, for the steps on the way to it.
    pub(crate) fn unchanged(&self, tx: &mut Transaction<'_>) -> Result<User, Stop> {
        let user = people::unchanged(tx.store, &self.user)?;
        // Locked or disabled since: the door is shut.
        if judgement::obstacle(&user, tx.now).is_some() {
            return Err(Stop::keep(Denial::Credentials));
        }
        if judgement::proof_holds(self.proven_at, tx.now) {
            return Ok(user);
        }
        tx.refuse(self.action, audit::target(&user), Refusal::ProofTooOld)
    }
}
