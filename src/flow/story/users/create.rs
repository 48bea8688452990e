//! Making an IAM user, with or without a first password.

use jiff::SignedDuration;

use super::update::judge_name;
use crate::domain::account::{Account, Status};
use crate::domain::time::{after, span_for_people};
use crate::domain::token::Occasion;
use crate::domain::{
    AccessMode, Action, Address, Channel, Contact, Credential, Fact, LoginProtection, Name, NewEvent, Target,
    Task, User, id,
};
use crate::flow::foundation::{AboutUser, Confirmed, Env, FlowError, Missing, Refusal, Stop, audit, people};
use crate::flow::proofs::credentials::{self, TEMPORARY};
use crate::flow::proofs::issuance::{IssueCredential, IssueMode, PreparedSecret, SecretDestination};
use crate::flow::story::contacts::{self, Bound};
use crate::flow::story::setup::{self, Invitation};
use crate::guidance::effects::unmet_protection;
use crate::store::{StoreError, Tx};

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
}

/// The planned creation of an IAM user.
pub struct CreateUser {
    new: NewUser,
    account: Account,
    /// As it will be written, but for what is made later.
    user: User,
    /// How long a setup token is good.
    token_life: SignedDuration,
}

impl CreateUser {
    pub fn plan(env: &Env<'_>, new: NewUser) -> Result<Self, FlowError> {
        let account = people::require_account(env, &new.account, Task::ManagePeople)?;
        let user = User {
            status: new.status,
            description: new.description.clone(),
            access_mode: new.access_mode,
            login_protection: new.login_protection,
            ..User::newborn(
                id::new(env.entropy, "usr")?,
                &account,
                new.name.to_string(),
                false,
                env.clock.now(),
            )
        };
        if let Some(refusal) = env.read(|tx| judge(tx, &account, &user, &new))? {
            if new.if_missing && refusal == Refusal::UserExists {
                return Err(refusal.into());
            }
            return env.turn_down(Action::CreateUser, audit::of_account(&account), refusal);
        }
        let token_life = new.expires.unwrap_or(env.settings.setup.new_user);
        Ok(Self { new, account, user, token_life })
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

/// Why the user may not be made now.
fn judge(
    tx: &mut dyn Tx,
    account: &Account,
    user: &User,
    new: &NewUser,
) -> Result<Option<Refusal>, StoreError> {
    if let Some(refusal) = judge_name(tx, user, &new.name)? {
        return Ok(Some(refusal));
    }
    if let Some(quota) = account.user_quota.filter(|quota| account.users >= u64::from(*quota)) {
        return Ok(Some(Refusal::Quota { account: account.name.clone(), most: quota }));
    }
    for address in &new.contacts {
        if tx.contact_taken(address, "")? {
            return Ok(Some(Refusal::ContactTaken));
        }
    }
    Ok(None)
}

impl AboutUser for CreateUser {
    fn user(&self) -> &User {
        &self.user
    }

    fn after(&self) -> User {
        let mut user = self.user.clone();
        user.credential.must_change = self.gives_password();
        user.contacts = self
            .new
            .contacts
            .iter()
            .map(|address| {
                let contact = Contact::pending(String::new(), &user.id, address, user.created_at);
                Contact { verified_at: Some(user.created_at), ..contact }
            })
            .collect();
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
        let path = self.user.path();
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
        effects.extend(lacks.and_then(|_| {
            unmet_protection(&User { login_protection: self.new.login_protection, ..self.user.clone() })
        }));
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
        (Action::CreateUser, audit::of_account(&self.account))
    }

    fn commit(&self, env: &Env<'_>, prepared: &PreparedSecret, _: Confirmed) -> Result<User, FlowError> {
        let new = &self.new;
        let user = env.write(|tx| {
            // Looked at again: quota, name and contacts may have gone to somebody in the meantime.
            let found =
                tx.store.account_by_key(&new.account.key())?.filter(|found| found.id == self.account.id);
            let account = found.ok_or_else(|| Stop::keep(Missing::Account(new.account.to_string())))?;
            if let Some(refusal) = judge(tx.store, &account, &self.user, new)? {
                if new.if_missing && refusal == Refusal::UserExists {
                    return Err(refusal.into());
                }
                return tx.refuse(Action::CreateUser, audit::of_account(&account), refusal);
            }
            let mut user = User { created_at: tx.now, ..self.user.clone() };
            if let Some(new) = &prepared.hash {
                user.credential = Credential {
                    hash: Some(new.hash.clone()),
                    must_change: true,
                    changed_at: Some(tx.now),
                    expires_at: Some(after(tx.now, self.password_life())),
                    leans_on_mfa: false,
                    epoch: 0,
                };
            }
            tx.store.insert_user(&user, &new.name.key(), &new.name.skeleton())?;
            for address in &new.contacts {
                // Half a user is worse than none: a refusal undoes all of it.
                let contact = contacts::insert(tx, &user, address, Bound::ByAdmin).map_err(Stop::undone)?;
                user.contacts.push(contact);
            }
            let event = NewEvent::success(Action::CreateUser, audit::target(&user))
                .with("status", Fact::Word(user.status.as_str()))
                .with("password", Fact::Flag(user.credential.hash.is_some()));
            credentials::facts(event, &user.credential).append(tx)?;
            if let (Some(mode), true) = (new.first, user.credential.hash.is_some()) {
                let event = NewEvent::success(Action::SetPasswordByAdmin, audit::target(&user))
                    .with("mode", Fact::Word(mode.as_str()));
                credentials::facts(event, &user.credential).append(tx)?;
            }
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
