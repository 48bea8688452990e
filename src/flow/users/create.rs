//! Making an IAM user, with or without a first password.

use jiff::{SignedDuration, Timestamp};

use super::super::change::{Change, Confirmed};
use super::super::contacts::{self, Bound};
use super::super::credentials;
use super::super::env::Env;
use super::super::error::{FlowError, Missing};
use super::super::events;
use super::super::people;
use super::super::refusal::Refusal;
use super::super::setup::{self, Invitation};
use crate::domain::account::{Account, Status};
use crate::domain::address::{Address, Channel};
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::id;
use crate::domain::name::Name;
use crate::domain::operator::Task;
use crate::domain::secret::Secret;
use crate::domain::time::after;
use crate::domain::token::{self, Occasion};
use crate::domain::user::{AccessMode, Credential, Failures, LoginProtection, StoredHash, User};
use crate::store::{StoreError, Tx};

/// How long a password works that somebody else chose (domain.md, "Codes").
pub(in crate::flow) const TEMPORARY: SignedDuration = SignedDuration::from_hours(24);

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
}

/// The planned creation of an IAM user. Without more, it has no password and cannot sign in.
pub struct CreateUser {
    new: NewUser,
    account: Account,
    /// As it will be written, but for the times.
    user: User,
    first: First,
}

enum First {
    Nothing,
    Password(StoredHash),
    Token {
        token: Secret,
        /// By email, or handed out here.
        by_email: bool,
    },
}

impl CreateUser {
    pub fn plan(env: &Env<'_>, new: NewUser) -> Result<Self, FlowError> {
        let account = people::require_account(env, &new.account, Task::ManagePeople)?;
        if let Err(refusal) = env.read(|tx| judge(tx, &account, &new))? {
            return env.turn_down(Action::CreateUser, events::of_account(&account), refusal);
        }
        let user = User {
            id: id::new(env.entropy, "usr")?,
            account_id: account.id.clone(),
            account: account.name.clone(),
            account_status: account.status,
            name: new.name.to_string(),
            root: false,
            status: new.status,
            description: new.description.clone(),
            access_mode: new.access_mode,
            login_protection: new.login_protection,
            credential: Credential {
                hash: None,
                must_change: false,
                changed_at: None,
                expires_at: None,
                epoch: 0,
            },
            failures: Failures::default(),
            last_login_at: None,
            created_at: Timestamp::UNIX_EPOCH,
            contacts: Vec::new(),
        };
        Ok(Self { new, account, user, first: First::Nothing })
    }

    pub fn path(&self) -> String {
        self.user.path()
    }

    /// Gives it a first password, which must be changed at the first sign-in. Slow: it hashes.
    pub fn with_password(&mut self, env: &Env<'_>, typed: &Secret) -> Result<(), FlowError> {
        self.first = match credentials::prepare(env, &self.user, typed) {
            Ok(hash) => First::Password(hash),
            Err(FlowError::Refused(refusal)) => {
                return env.turn_down(Action::CreateUser, events::of_account(&self.account), refusal);
            }
            Err(other) => return Err(other),
        };
        Ok(())
    }

    /// Makes one up, to be handed out before the commit. Slow: it hashes.
    pub fn with_generated(&mut self, env: &Env<'_>) -> Result<Secret, FlowError> {
        let ground = credentials::ground(env, &self.user)?;
        let made = credentials::make_up(env, &self.user, &ground)?;
        self.first = First::Password(credentials::hash(env.hasher, env.entropy, &made, &ground)?);
        Ok(made)
    }

    /// Lets the person set the first password with a token that goes by email.
    pub fn with_mailed_token(&mut self, env: &Env<'_>) -> Result<(), FlowError> {
        if !self.has_email() {
            return Err(Refusal::NoEmail(self.path()).into());
        }
        self.first = First::Token { token: token::generate(env.entropy)?, by_email: true };
        Ok(())
    }

    /// The same with a token that is handed out here, before the commit.
    pub fn with_token(&mut self, env: &Env<'_>) -> Result<&Secret, FlowError> {
        self.first = First::Token { token: token::generate(env.entropy)?, by_email: false };
        match &self.first {
            First::Token { token, .. } => Ok(token),
            First::Nothing | First::Password(_) => Err(Refusal::NoEmail(self.path()).into()),
        }
    }

    /// Whether an email address is bound with it.
    pub fn has_email(&self) -> bool {
        self.new.contacts.iter().any(|address| address.channel() == Channel::Email)
    }
}

/// Whether the user may be made now.
fn judge(tx: &mut dyn Tx, account: &Account, new: &NewUser) -> Result<Result<(), Refusal>, StoreError> {
    let key = new.name.key();
    if key == new.account.key() {
        return Ok(Err(Refusal::NamedLikeAccount));
    }
    if tx.user_by_key(&new.account.key(), &key)?.is_some() {
        return Ok(Err(Refusal::UserExists));
    }
    let look = new.name.look();
    if look == new.account.look() {
        return Ok(Err(Refusal::LooksAlike(account.name.clone())));
    }
    if let Some(other) = tx.user_by_look(&account.id, &look)? {
        return Ok(Err(Refusal::LooksAlike(other)));
    }
    if let Some(quota) = account.user_quota.filter(|quota| account.users >= u64::from(*quota)) {
        return Ok(Err(Refusal::Quota(quota)));
    }
    for address in &new.contacts {
        if tx.contact_taken(address, "")? {
            return Ok(Err(Refusal::ContactTaken));
        }
    }
    Ok(Ok(()))
}

impl Change for CreateUser {
    type Done = User;

    fn effects(&self) -> Vec<String> {
        let path = self.path();
        let mut effects = vec![match self.new.status {
            Status::Enabled => format!("the IAM user {path} is made"),
            Status::Disabled => format!("the IAM user {path} is made, disabled"),
        }];
        effects.extend(
            self.new.contacts.iter().map(|address| format!("{address} is bound to it, as verified by you")),
        );
        effects
    }

    fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        let new = &self.new;
        let user = env.write(|tx, now| {
            // Looked at again: quota, name and contacts may have gone to somebody in the meantime.
            let Some(account) = tx.account_by_key(&new.account.key())?.filter(|a| a.id == self.account.id)
            else {
                return Ok(Err(Missing::Account(new.account.to_string()).into()));
            };
            if let Err(refusal) = judge(tx, &account, new)? {
                return env.refuse(tx, now, Action::CreateUser, events::of_account(&account), refusal);
            }
            let mut user = User { created_at: now, ..self.user.clone() };
            if let First::Password(hash) = &self.first {
                user.credential = Credential {
                    hash: Some(hash.clone()),
                    must_change: true,
                    changed_at: Some(now),
                    expires_at: Some(after(now, TEMPORARY)),
                    epoch: 0,
                };
            }
            tx.insert_user(&user, &new.name.key(), &new.name.look())?;
            for address in &new.contacts {
                // Half a user is worse than none: a refusal undoes all of it.
                let contact = contacts::insert(env, tx, now, &user, address, Bound::ByAdmin)??;
                user.contacts.push(contact);
            }
            let event = NewEvent::success(Action::CreateUser, events::target(&user))
                .with("status", Fact::Word(user.status.as_str()))
                .with("password", Fact::Flag(user.credential.hash.is_some()));
            events::append(env, tx, now, &credentials::facts(event, &user.credential))?;
            if let First::Token { token, by_email } = &self.first {
                let invitation = Invitation {
                    token,
                    occasion: Occasion::NewUser,
                    lifetime: env.settings.setup.new_user,
                    email: if *by_email { user.contact(Channel::Email) } else { None },
                };
                setup::issue(env, tx, now, &user, &invitation)?;
            }
            Ok(tx.user_by_id(&user.id)?.ok_or_else(|| Missing::User(user.path()).into()))
        })?;
        if matches!(self.first, First::Token { by_email: true, .. }) {
            env.courier.wake();
        }
        Ok(user)
    }
}
