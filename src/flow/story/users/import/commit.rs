//! Making what a row says happen, all of it or nothing.

use super::super::newcomer::{FirstPassword, Newcomer};
use super::password::Source;
use super::plan::{Changes, ImportUser, Step};
use crate::domain::time::after;
use crate::domain::token::Occasion;
use crate::domain::{Action, Channel, PasswordPolicy, Secret, Target, User, message};
use crate::flow::foundation::{AboutUser, Confirmed, Env, FlowError, Stop, Transaction, people};
use crate::flow::proofs::credentials::{self, Installation, Prepared, TEMPORARY};
use crate::flow::proofs::issuance::{IssueCredential, IssueMode, PreparedSecret};
use crate::flow::story::setup::{self, Invitation};

impl IssueCredential for ImportUser {
    type Done = ();

    fn mode(&self) -> Option<IssueMode> {
        self.first
    }

    fn hands_out(&self) -> bool {
        self.first == Some(IssueMode::Generate)
    }

    fn effects(&self) -> Vec<String> {
        self.sentences()
    }

    fn accepted(&self) -> Option<(&Secret, &PasswordPolicy)> {
        self.clear()
    }

    fn judged_as(&self) -> &User {
        &self.after
    }

    fn recorded_as(&self) -> (Action, Target) {
        self.recorded()
    }

    fn commit(&self, env: &Env<'_>, prepared: &PreparedSecret, _: Confirmed) -> Result<(), FlowError> {
        let env = &env.importing();
        match &self.step {
            _ if !self.changes() => {}
            Step::Leave(_) => {}
            Step::Create(newcomer) => {
                env.write(|tx| self.create(tx, newcomer, prepared))?;
                if self.first == Some(IssueMode::Setup) {
                    env.spawner.wake();
                }
            }
            Step::Change(changes) => env.write_and_send(|tx| self.change(tx, changes, prepared))?,
        }
        Ok(())
    }
}

impl ImportUser {
    fn create(
        &self,
        tx: &mut Transaction<'_>,
        newcomer: &Newcomer,
        prepared: &PreparedSecret,
    ) -> Result<(), Stop> {
        // Looked at again: quota and name may have gone to somebody in the meantime, as may the contacts.
        if let Some(refusal) = newcomer.judge_place_again(tx.store)? {
            let (action, target) = self.recorded();
            return tx.refuse(action, target, refusal);
        }
        let first = self.next_password(prepared).map(|(prepared, mode)| FirstPassword {
            prepared,
            mode,
            must_change: self.password.as_ref().is_none_or(|given| given.must_change),
            life: self.password.as_ref().map_or(Some(TEMPORARY), |given| given.life),
        });
        let user = newcomer.write(tx, first.as_ref())?;
        Ok(self.send_token(tx, &user, prepared, Occasion::NewUser)?)
    }

    fn change(
        &self,
        tx: &mut Transaction<'_>,
        changes: &Changes,
        prepared: &PreparedSecret,
    ) -> Result<(), Stop> {
        let user = people::unchanged(tx.store, self.user())?;
        changes.update.write(tx, &user)?;
        // Whoever has a contact that goes hears of the password, too.
        if let Some((prepared, mode)) = self.next_password(prepared) {
            let life = self.password.as_ref().map_or(Some(TEMPORARY), |given| given.life);
            let how = Installation {
                must_change: self.password.as_ref().is_none_or(|given| given.must_change),
                expires_at: life.map(|life| after(tx.now, life)),
                ..Installation::own(message::Change::PasswordSetByAdmin)
            };
            let credential = credentials::install(tx, &user, prepared.clone(), &how)?;
            credentials::set_by_admin(&user, mode, &credential).append(tx)?;
        }
        for unbind in &changes.unbind {
            unbind.write(tx, &user)?;
        }
        for bind in &changes.bind {
            // Half of a row is worse than nothing of it.
            bind.write(tx, &user).map_err(Stop::undone)?;
        }
        let user = people::reload(tx.store, &user)?;
        Ok(self.send_token(tx, &user, prepared, Occasion::Reset)?)
    }

    /// The password that they get, and how it came.
    fn next_password<'p>(&'p self, prepared: &'p PreparedSecret) -> Option<(&'p Prepared, &'static str)> {
        match &self.password {
            Some(given) => match &given.source {
                Source::Clear(..) => prepared.hash.as_ref().zip(Some(given.mode())),
                Source::Hashed(hash) | Source::Foreign(hash) => Some((hash, given.mode())),
            },
            None => prepared.hash.as_ref().zip(self.first.map(IssueMode::as_str)),
        }
    }

    fn send_token(
        &self,
        tx: &mut Transaction<'_>,
        user: &User,
        prepared: &PreparedSecret,
        occasion: Occasion,
    ) -> Result<(), FlowError> {
        let (Some(IssueMode::Setup), Some(token)) = (self.first, &prepared.secret) else { return Ok(()) };
        let lifetime = match occasion {
            Occasion::NewUser => tx.env.settings.setup.new_user,
            Occasion::Reset => tx.env.settings.setup.reset,
        };
        let email = user.contact(Channel::Email);
        let invitation = Invitation { token, occasion, lifetime, email, removes_mfa: None };
        setup::issue(tx, user, &invitation, &[]).map(drop)
    }
}
