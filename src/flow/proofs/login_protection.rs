//! Login protection: what is asked after the right password, at `login` alone (domain.md, "Security settings").

use crate::domain::code::Purpose as CodePurpose;
use crate::domain::event::Detail;
use crate::domain::sign_in as judgement;
use crate::domain::{Action, Fact, Failures, NewEvent, Secret, User};
use crate::flow::foundation::{Denial, Env, FlowError, Refusal, Stop, Transaction, audit, people, policies};
use crate::flow::proofs::admission::{self, Asks, Owing, Protected, Purpose, SignIn};
use crate::flow::proofs::authority::Authority;
use crate::flow::proofs::codes::{self, Checked};

impl Protected {
    /// What is asked.
    pub fn asks(&self) -> &Asks {
        &self.asks
    }

    /// On their own word, to bind the authenticator that is asked for.
    pub fn authority(&self) -> Authority {
        Authority::of_proven(self.user.clone(), self.proven_at, Action::BindMfa)
    }

    /// Whether a code that was sent before can still be entered.
    pub fn is_sent(&self, env: &Env<'_>) -> Result<bool, FlowError> {
        let Asks::Code(contact) = &self.asks else { return Ok(false) };
        env.write(|tx| Ok(codes::last_sent(tx.store, contact, CodePurpose::SignIn)?.is_some()))
    }

    /// Sends a code; one sent before ends.
    pub fn send(&self, env: &Env<'_>) -> Result<(), FlowError> {
        let Asks::Code(contact) = &self.asks else { return Ok(()) };
        env.write_and_send(|tx| {
            let user = self.still(tx)?;
            codes::send_code(tx, &user, contact, CodePurpose::SignIn).map(drop)
        })
    }

    /// Judges the code that was sent, and lets in. A wrong one counts towards the lock, like a wrong password.
    pub fn enter(&self, env: &Env<'_>, digits: &Secret) -> Result<SignIn, FlowError> {
        let Asks::Code(contact) = &self.asks else { return Err(Refusal::CodeSpent.into()) };
        let tried = codes::take_try(env, Action::LoginFailed, |tx| {
            let user = self.still(tx)?;
            let tried = codes::try_of_contact(tx, contact, CodePurpose::SignIn)?;
            Ok((audit::target(&user), tried))
        })?;
        env.write(|tx| {
            tried.conclude(tx.store, tx.now)?;
            let user = self.still(tx)?;
            match tried.judge(tx, digits)? {
                Checked::Right => {
                    NewEvent::success(Action::VerifyCodePassed, audit::target(&user))
                        .with(Detail::Purpose, Fact::Word(CodePurpose::SignIn.as_str()))
                        .append(tx)?;
                    Ok(self.through(tx, user)?)
                }
                Checked::Wrong { tries_left } => {
                    let login = policies::login(tx.store, &user.account_id)?;
                    admission::deny_counted(tx, &user, "wrong_code", &login, Purpose::Login)?;
                    Err(Stop::keep(Denial::Code { tries_left }))
                }
                Checked::Spent => tx.refuse(Action::LoginFailed, audit::target(&user), Refusal::CodeSpent),
            }
        })
    }

    /// Lets in whoever has bound the authenticator; `user` is the person with it.
    pub fn bound(self, env: &Env<'_>, user: User) -> Result<SignIn, FlowError> {
        let bound = Self { user, ..self };
        env.write(|tx| {
            let user = bound.still(tx)?;
            if admission::asked(&user, tx.now) != Ok(None) {
                return Err(Stop::keep(Refusal::AuthenticatorNeeded(user.path())));
            }
            Ok(bound.through(tx, user)?)
        })
    }

    /// For whom nobody can ask to bind one: recorded, and told.
    pub fn without_authenticator(self, env: &Env<'_>) -> Result<FlowError, FlowError> {
        let refusal = Refusal::AuthenticatorNeeded(self.user.path());
        env.turn_down(Action::LoginFailed, audit::target(&self.user), refusal)
    }

    fn through(&self, tx: &mut Transaction<'_>, mut user: User) -> Result<SignIn, FlowError> {
        let failures = user.failures;
        if failures != Failures::default() {
            tx.store.forget_failures(&user.id)?;
        }
        if let Some(duty) = self.duty {
            admission::owe(tx, &user, duty, Purpose::Login)?;
            user.failures = Failures::default();
            return Ok(SignIn::MustChange(Owing { user, proven_at: self.proven_at }));
        }
        admission::welcome(tx, user).map(SignIn::Right)
    }

    /// The person, if all is as it was when the password was given, and that was not long ago.
    fn still(&self, tx: &mut Transaction<'_>) -> Result<User, Stop> {
        let user = people::unchanged(tx.store, &self.user)?;
        if judgement::obstacle(&user, tx.now).is_some() {
            return Err(Stop::keep(Denial::Credentials));
        }
        if judgement::proof_holds(self.proven_at, tx.now) {
            return Ok(user);
        }
        tx.refuse(Action::LoginFailed, audit::target(&user), Refusal::ProofTooOld)
    }
}
