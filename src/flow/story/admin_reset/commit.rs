//! Making a planned reset happen.

use jiff::Timestamp;

use super::make::Made;
use super::plan::{AdminReset, Mode};
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::message;
use crate::domain::time::after;
use crate::domain::token::Occasion;
use crate::domain::user::User;
use crate::flow::foundation::{Change, Confirmed, Env, FlowError, Refusal, audit, people};
use crate::flow::proofs::credentials::{self, Installation};
use crate::flow::story::disown;
use crate::flow::story::setup::{self, Invitation};
use crate::store::Tx;

/// What was done.
pub struct ResetDone {
    pub user: User,
    /// The end of the temporary password, or of the setup token.
    pub expires_at: Option<Timestamp>,
}

/// A reset with its secret made: all that is left is to write it.
pub struct ReadyReset<'a> {
    plan: &'a AdminReset,
    made: &'a Made,
    effects: Vec<String>,
}

impl AdminReset {
    pub fn with<'a>(&'a self, env: &Env<'_>, made: &'a Made) -> ReadyReset<'a> {
        ReadyReset { plan: self, made, effects: self.effects(env.settings.setup.reset) }
    }
}

impl Change for ReadyReset<'_> {
    type Done = ResetDone;

    fn effects(&self) -> Vec<String> {
        self.effects.clone()
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<ResetDone, FlowError> {
        let plan = self.plan;
        env.write_and_send(|tx, now| {
            let user = people::unchanged(tx, &plan.user)?;
            if let Some(id) = &plan.how.verified_caller
                && !tx.use_challenge(id, &user.id, env.actor.uid, now)?
            {
                // Used, ended or over since the plan.
                let refusal = Refusal::CallerNotVerified(user.path());
                return env.refuse(tx, now, plan.how.action(), audit::target(&user), refusal);
            }
            let expires_at = match plan.mode() {
                Mode::Setup => self.invite(env, tx, now, &user)?,
                Mode::Given | Mode::Generate => self.install(env, tx, now, &user)?,
            };
            if plan.how.unlock {
                disown::unlock(env, tx, now, &user)?;
            }
            Ok(ResetDone { user: people::reload(tx, &user)?, expires_at })
        })
    }
}

/// That a caller was verified, for the record; the id was found in the store.
fn caller(id: String) -> (&'static str, Fact) {
    ("verified_caller", Fact::Id(id))
}

impl ReadyReset<'_> {
    fn invite(
        &self,
        env: &Env<'_>,
        tx: &mut dyn Tx,
        now: Timestamp,
        user: &User,
    ) -> Result<Option<Timestamp>, FlowError> {
        let Some(token) = &self.made.secret else { return Ok(None) };
        let invitation = Invitation {
            token,
            occasion: Occasion::Reset,
            lifetime: self.plan.how.expires.unwrap_or(env.settings.setup.reset),
            // The plan saw this very contact, and nothing has changed since.
            email: self.plan.email.as_ref(),
        };
        let caller: Vec<_> = self.plan.how.verified_caller.iter().cloned().map(caller).collect();
        setup::issue(env, tx, now, user, &invitation, &caller).map(Some)
    }

    fn install(
        &self,
        env: &Env<'_>,
        tx: &mut dyn Tx,
        now: Timestamp,
        user: &User,
    ) -> Result<Option<Timestamp>, FlowError> {
        let Some(hash) = &self.made.hash else { return Ok(None) };
        let how = Installation {
            must_change: self.plan.how.must_change,
            expires_at: self.plan.password_life().map(|life| after(now, life)),
            unlock: false,
            except_request: None,
            told_as: message::Change::PasswordSetByAdmin,
        };
        let credential = credentials::install(env, tx, now, user, hash.clone(), &how)?;
        let event = NewEvent::success(Action::SetPasswordByAdmin, audit::target(user))
            .with("mode", Fact::Word(self.plan.mode().as_str()));
        let event = match self.plan.how.verified_caller.clone().map(caller) {
            Some((key, id)) => event.with(key, id),
            None => event,
        };
        audit::append(env, tx, now, &credentials::facts(event, &credential))?;
        Ok(credential.expires_at)
    }
}
