//! Making an IAM user, with or without a first password.

use jiff::SignedDuration;

use super::newcomer::{FirstPassword, Newcomer};
use crate::domain::account::Status;
use crate::domain::time::span_for_people;
use crate::domain::token::Occasion;
use crate::domain::{AccessMode, Action, Address, Channel, LoginProtection, Name, Target, Task, User};
use crate::flow::foundation::{AboutUser, Confirmed, Env, FlowError, Refusal, audit, people};
use crate::flow::proofs::credentials::TEMPORARY;
use crate::flow::proofs::issuance::{IssueCredential, IssueMode, PreparedSecret, SecretDestination};
use crate::flow::story::contacts::Bound;
use crate::flow::story::setup::{self, Invitation};
use crate::guidance::effects::unmet_protection;

/// What `user create` is given.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub account: Name,
    pub name: Name,
    pub contacts: Vec<Address>,
    pub description: Option<String>,
    pub access_mode: AccessMode,
    pub login_protection: LoginProtection,
    pub status: Status,
    /// Who chooses the first password; without it there is none, and no sign-in.
    pub first: Option<IssueMode>,
    /// How long that password or the setup token works, instead of the usual time.
    pub expires: Option<SignedDuration>,
    /// Somebody who is there already is no refusal to be recorded.
    pub if_missing: bool,
    pub destination: SecretDestination,
    /// What another system calls them.
    pub external_id: Option<String>,
}

/// The planned creation of an IAM user.
pub struct CreateUser {
    new: NewUser,
    newcomer: Newcomer,
    /// How long a setup token is good.
    token_life: SignedDuration,
}

impl CreateUser {
    pub fn plan(env: &Env<'_>, new: NewUser) -> Result<Self, FlowError> {
        let account = people::require_account(env, &new.account, Task::ManagePeople)?;
        let mut newcomer = Newcomer::new(env, account, new.name.clone())?;
        newcomer.user = User {
            status: new.status,
            description: new.description.clone(),
            access_mode: new.access_mode,
            login_protection: new.login_protection,
            external_id: new.external_id.clone(),
            ..newcomer.user
        };
        newcomer.contacts = new.contacts.iter().map(|address| (address.clone(), Bound::ByAdmin)).collect();
        if let Some(refusal) = env.read(|tx| newcomer.judge(tx, &newcomer.account))? {
            if new.if_missing && refusal == Refusal::UserExists {
                return Err(refusal.into());
            }
            return env.turn_down(Action::CreateUser, audit::of_account(&newcomer.account), refusal);
        }
        let token_life = new.expires.unwrap_or(env.settings.setup.new_user);
        Ok(Self { new, newcomer, token_life })
    }

    /// How long a first password works that somebody else chose.
    fn password_life(&self) -> SignedDuration {
        self.new.expires.unwrap_or(TEMPORARY)
    }

    /// Whether it has a password from the beginning.
    pub fn gives_password(&self) -> bool {
        matches!(self.new.first, Some(IssueMode::Given | IssueMode::Generate))
    }

    /// A setup token goes by email where one is bound, unless a file for it was named.
    fn by_email(&self) -> bool {
        self.new.destination != SecretDestination::File
            && self.new.contacts.iter().any(|address| address.channel() == Channel::Email)
    }
}

impl AboutUser for CreateUser {
    fn user(&self) -> &User {
        &self.newcomer.user
    }

    fn after(&self) -> User {
        let mut user = self.newcomer.after();
        user.credential.must_change = self.gives_password();
        user
    }
}

impl IssueCredential for CreateUser {
    type Done = User;

    fn mode(&self) -> Option<IssueMode> {
        self.new.first
    }

    fn hands_out(&self) -> bool {
        match self.new.first {
            None | Some(IssueMode::Given) => false,
            Some(IssueMode::Generate) => true,
            Some(IssueMode::Setup) => !self.by_email(),
        }
    }

    fn effects(&self) -> Vec<String> {
        let path = self.newcomer.user.path();
        let mut effects = vec![match self.new.status {
            Status::Enabled => format!("the IAM user {path} is made"),
            Status::Disabled => format!("the IAM user {path} is made, disabled"),
        }];
        effects.extend(
            self.new.contacts.iter().map(|address| format!("{address} is bound to it, as verified by you")),
        );
        // On the operator's word they are verified.
        let lacks = self
            .new
            .login_protection
            .channel()
            .filter(|needed| !self.new.contacts.iter().any(|address| address.channel() == *needed));
        effects.extend(lacks.and_then(|_| unmet_protection(&self.newcomer.user)));
        let temporary = format!(
            "it works for {} and must be changed at the first sign-in",
            span_for_people(self.password_life())
        );
        match self.new.first {
            None => effects.push("it has no password, and cannot sign in until one is set".to_owned()),
            Some(IssueMode::Given) => {
                effects.extend(["it gets the password that you give".to_owned(), temporary]);
            }
            Some(IssueMode::Generate) => {
                effects.extend(["it gets a generated password".to_owned(), temporary]);
            }
            Some(IssueMode::Setup) => {
                let life = span_for_people(self.token_life);
                let to = if self.by_email() { "goes to its email address" } else { "is handed to you" };
                effects.push(format!("a setup token, good for {life}, {to}"));
            }
        }
        effects
    }

    fn recorded_as(&self) -> (Action, Target) {
        (Action::CreateUser, audit::of_account(&self.newcomer.account))
    }

    fn commit(&self, env: &Env<'_>, prepared: &PreparedSecret, _: Confirmed) -> Result<User, FlowError> {
        let new = &self.new;
        let user = env.write(|tx| {
            // Looked at again: quota, name and contacts may have gone to somebody in the meantime.
            if let Some(refusal) = self.newcomer.judge_again(tx.store)? {
                if new.if_missing && refusal == Refusal::UserExists {
                    return Err(refusal.into());
                }
                return tx.refuse(Action::CreateUser, audit::of_account(&self.newcomer.account), refusal);
            }
            let first = prepared.hash.as_ref().zip(new.first).map(|(prepared, mode)| FirstPassword {
                prepared,
                mode: mode.as_str(),
                must_change: true,
                life: Some(self.password_life()),
            });
            let user = self.newcomer.write(tx, first.as_ref())?;
            if let (Some(IssueMode::Setup), Some(token)) = (new.first, &prepared.secret) {
                let invitation = Invitation {
                    token,
                    occasion: Occasion::NewUser,
                    lifetime: self.token_life,
                    email: user.contact(Channel::Email).filter(|_| self.by_email()),
                    removes_mfa: None,
                };
                setup::issue(tx, &user, &invitation, &[])?;
            }
            people::reload(tx.store, &user)
        })?;
        if new.first == Some(IssueMode::Setup) {
            env.spawner.wake();
        }
        Ok(user)
    }
}
