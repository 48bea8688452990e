//! Making a planned reset happen.

use jiff::Timestamp;

use super::plan::AdminReset;
use crate::domain::time::{after, span_for_people};
use crate::domain::{Action, Fact, Target, User, message};
use crate::flow::foundation::{Confirmed, Env, FlowError, Refusal, Stop, Transaction, audit, people};
use crate::flow::proofs::credentials::{self, Installation};
use crate::flow::proofs::issuance::{IssueCredential, IssueMode, PreparedSecret};
use crate::flow::story::caller_challenge;
use crate::flow::story::disown;
use crate::flow::story::mfa;
use crate::flow::story::setup::{self, Invitation};

/// What was done.
pub struct ResetDone {
    pub user: User,
    /// The end of the temporary password, or of the setup token.
    pub expires_at: Option<Timestamp>,
}

impl IssueCredential for AdminReset {
    type Done = ResetDone;

    fn mode(&self) -> Option<IssueMode> {
        Some(self.options.mode)
    }

    fn hands_out(&self) -> bool {
        match self.options.mode {
            IssueMode::Given => false,
            IssueMode::Generate => true,
            IssueMode::Setup => self.email.is_none(),
        }
    }

    fn effects(&self) -> Vec<String> {
        let path = self.user.path();
        let mut effects = match self.options.mode {
            IssueMode::Given => vec![format!("{path} gets the password that you give")],
            IssueMode::Generate => vec![format!("{path} gets a generated password")],
            IssueMode::Setup => vec![self.invitation()],
        };
        if self.options.mode != IssueMode::Setup {
            if self.user.credential.hash.is_some() {
                effects.push(format!("the old password of {path} stops working; sessions elsewhere can end"));
            }
            effects.push(format!("every live code, setup token and request of {path} ends"));
            effects.push(match self.password_life().map(span_for_people) {
                Some(life) if self.options.must_change => {
                    format!("it works for {life} and must be changed at the next sign-in")
                }
                Some(life) => format!("it works for {life}"),
                None => "it need not be changed at the next sign-in".to_owned(),
            });
            effects.extend(self.notified.clone());
        }
        effects.extend(self.remarks());
        effects
    }

    fn judged_as(&self) -> &User {
        &self.after
    }

    fn recorded_as(&self) -> (Action, Target) {
        (self.options.action(), audit::target(&self.user))
    }

    fn commit(&self, env: &Env<'_>, prepared: &PreparedSecret, _: Confirmed) -> Result<ResetDone, FlowError> {
        env.write_and_send(|tx| {
            let user = people::unchanged(tx.store, &self.user)?;
            let caller = self.options.verified_caller.as_deref();
            caller_challenge::use_up(tx, self.options.action(), &user, caller)?;
            let expires_at = match self.options.mode {
                IssueMode::Setup => self.invite(tx, &user, prepared)?,
                IssueMode::Given | IssueMode::Generate => {
                    let user = self.without_mfa(tx, user.clone())?;
                    self.install(tx, &user, prepared)?
                }
            };
            if self.options.unlock {
                disown::unlock(tx, &user, None)?;
            }
            Ok(ResetDone { user: people::reload(tx.store, &user)?, expires_at })
        })
    }
}

/// That a caller was verified, for the record; the id was found in the store.
fn caller(id: String) -> (&'static str, Fact) {
    ("verified_caller", Fact::Id(id))
}

impl AdminReset {
    /// The person without the authenticator, if it is to go now and is the one that the plan saw.
    fn without_mfa(&self, tx: &mut Transaction<'_>, user: User) -> Result<User, Stop> {
        let Some(enrolled_at) = self.going else { return Ok(user) };
        if tx.store.mfa(&user.id)?.is_none_or(|stored| stored.enrolled_at != enrolled_at) {
            return Err(Stop::keep(Refusal::ChangedMeanwhile(user.path())));
        }
        mfa::take_away(tx, &user, false)
    }

    fn invite(
        &self,
        tx: &mut Transaction<'_>,
        user: &User,
        prepared: &PreparedSecret,
    ) -> Result<Option<Timestamp>, FlowError> {
        let Some(token) = &prepared.secret else { return Ok(None) };
        let invitation = Invitation {
            token,
            occasion: self.occasion,
            lifetime: self.token_life,
            // The plan saw this very contact, and nothing has changed since.
            email: self.email.as_ref(),
            removes_mfa: self.going,
        };
        let caller: Vec<_> = self.options.verified_caller.iter().cloned().map(caller).collect();
        Ok(Some(setup::issue(tx, user, &invitation, &caller)?.expires_at))
    }

    fn install(
        &self,
        tx: &mut Transaction<'_>,
        user: &User,
        prepared: &PreparedSecret,
    ) -> Result<Option<Timestamp>, FlowError> {
        let Some(hash) = &prepared.hash else { return Ok(None) };
        let how = Installation {
            must_change: self.options.must_change,
            expires_at: self.password_life().map(|life| after(tx.now, life)),
            ..Installation::own(message::Change::PasswordSetByAdmin)
        };
        let credential = credentials::install(tx, user, hash.clone(), &how)?;
        let event = credentials::set_by_admin(user, self.options.mode.as_str(), &credential);
        caller_challenge::noted(event, self.options.verified_caller.as_deref()).append(tx)?;
        Ok(credential.expires_at)
    }
}
