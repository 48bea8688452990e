//! Making an IAM user, with or without a first password.

use super::update::unmet_protection;
use crate::domain::account::{Account, Status};
use crate::domain::address::{Address, Channel};
use crate::domain::event::{Action, Fact, NewEvent};
use crate::domain::id;
use crate::domain::name::Name;
use crate::domain::operator::Task;
use crate::domain::secret::Secret;
use crate::domain::time::{after, span_for_people};
use crate::domain::token::{self, Occasion};
use crate::domain::user::{AccessMode, Credential, LoginProtection, User};
use crate::flow::foundation::{Confirmed, Env, FlowError, Missing, Refusal, Stop, audit, people};
use crate::flow::proofs::credentials::{self, TEMPORARY};
use crate::flow::story::admin_reset::{Made, Mode, Outlet};
use crate::flow::story::contacts::{self, Bound};
use crate::flow::story::setup::{self, Invitation};
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
    pub first: Option<Mode>,
    pub outlet: Outlet,
}

/// The planned creation of an IAM user.
pub struct CreateUser {
    new: NewUser,
    account: Account,
    /// As it will be written, but for what is made later.
    user: User,
}

impl CreateUser {
    pub fn plan(env: &Env<'_>, new: NewUser) -> Result<Self, FlowError> {
        let account = people::require_account(env, &new.account, Task::ManagePeople)?;
        if let Some(refusal) = env.read(|tx| judge(tx, &account, &new))? {
            return env.turn_down(Action::CreateUser, audit::of_account(&account), refusal);
        }
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
        Ok(Self { new, account, user })
    }

    pub fn path(&self) -> String {
        self.user.path()
    }

    /// Whether a secret must be handed out here, before the commit.
    pub fn hands_out(&self) -> bool {
        match self.new.first {
            None | Some(Mode::Given) => false,
            Some(Mode::Generate) => true,
            Some(Mode::Setup) => !self.by_email(),
        }
    }

    /// What the first password must be, in a line.
    pub fn rule(&self, env: &Env<'_>) -> Result<String, FlowError> {
        credentials::rule(env, &self.user)
    }

    /// Judges and hashes the first password that the operator gave. Slow.
    pub fn given(&self, env: &Env<'_>, typed: &Secret) -> Result<Made, FlowError> {
        match credentials::prepare(env, &self.user, typed) {
            Ok(hash) => Ok(Made { hash: Some(hash), secret: None }),
            Err(FlowError::Refused(refusal)) => {
                env.turn_down(Action::CreateUser, audit::of_account(&self.account), refusal)
            }
            Err(other) => Err(other),
        }
    }

    /// Makes the first password or the setup token, or nothing. Slow.
    pub fn make(&self, env: &Env<'_>) -> Result<Made, FlowError> {
        match self.new.first {
            None | Some(Mode::Given) => Ok(Made { hash: None, secret: None }),
            Some(Mode::Setup) => Ok(Made { hash: None, secret: Some(token::generate(env.entropy)?) }),
            Some(Mode::Generate) => {
                let (made, policy) = credentials::make_up(env, &self.user)?;
                let hash = credentials::hash(env.hasher, env.entropy, &made, &policy)?;
                Ok(Made { hash: Some(hash), secret: Some(made) })
            }
        }
    }

    /// With what [`CreateUser::given`] or [`CreateUser::make`] made.
    pub fn with<'a>(&'a self, made: &'a Made) -> ReadyUser<'a> {
        ReadyUser { plan: self, made }
    }

    /// What happens, the heaviest first.
    pub fn effects(&self, env: &Env<'_>) -> Vec<String> {
        let path = self.path();
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
        let temporary =
            format!("it works for {} and must be changed at the first sign-in", span_for_people(TEMPORARY));
        match self.new.first {
            None => effects.push("it has no password, and cannot sign in until one is set".to_owned()),
            Some(Mode::Given) => effects.extend(["it gets the password that you give".to_owned(), temporary]),
            Some(Mode::Generate) => effects.extend(["it gets a generated password".to_owned(), temporary]),
            Some(Mode::Setup) => {
                let life = span_for_people(env.settings.setup.new_user);
                let to = if self.by_email() { "goes to its email address" } else { "is handed to you" };
                effects.push(format!("a setup token, good for {life}, {to}"));
            }
        }
        effects
    }

    /// A setup token goes by email where one is bound, unless a file for it was named.
    fn by_email(&self) -> bool {
        self.new.outlet != Outlet::File
            && self.new.contacts.iter().any(|address| address.channel() == Channel::Email)
    }
}

/// A user with its first password made: all that is left is to write it.
pub struct ReadyUser<'a> {
    plan: &'a CreateUser,
    made: &'a Made,
}

/// Why the user may not be made now.
fn judge(tx: &mut dyn Tx, account: &Account, new: &NewUser) -> Result<Option<Refusal>, StoreError> {
    let key = new.name.key();
    if key == new.account.key() {
        return Ok(Some(Refusal::NamedLikeAccount));
    }
    if tx.user_by_key(&new.account.key(), &key)?.is_some() {
        return Ok(Some(Refusal::UserExists));
    }
    let look = new.name.look();
    if look == new.account.look() {
        return Ok(Some(Refusal::LooksAlike(account.name.clone())));
    }
    if let Some(other) = tx.user_by_skeleton(&account.id, &look)? {
        return Ok(Some(Refusal::LooksAlike(other)));
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

impl ReadyUser<'_> {
    /// Writes the user and all that belongs to it.
    pub fn commit(self, env: &Env<'_>, _: Confirmed) -> Result<User, FlowError> {
        let (plan, new) = (self.plan, &self.plan.new);
        let user = env.write(|tx, now| {
            // Looked at again: quota, name and contacts may have gone to somebody in the meantime.
            let found = tx.account_by_key(&new.account.key())?.filter(|found| found.id == plan.account.id);
            let account = found.ok_or_else(|| Stop::keep(Missing::Account(new.account.to_string())))?;
            if let Some(refusal) = judge(tx, &account, new)? {
                return env.refuse(tx, now, Action::CreateUser, audit::of_account(&account), refusal);
            }
            let mut user = User { created_at: now, ..plan.user.clone() };
            if let Some(new) = &self.made.hash {
                user.credential = Credential {
                    hash: Some(new.hash.clone()),
                    must_change: true,
                    changed_at: Some(now),
                    expires_at: Some(after(now, TEMPORARY)),
                    leans_on_mfa: false,
                    epoch: 0,
                };
            }
            tx.insert_user(&user, &new.name.key(), &new.name.look())?;
            for address in &new.contacts {
                // Half a user is worse than none: a refusal undoes all of it.
                let contact =
                    contacts::insert(env, tx, now, &user, address, Bound::ByAdmin).map_err(Stop::undone)?;
                user.contacts.push(contact);
            }
            let event = NewEvent::success(Action::CreateUser, audit::target(&user))
                .with("status", Fact::Word(user.status.as_str()))
                .with("password", Fact::Flag(user.credential.hash.is_some()));
            audit::append(env, tx, now, &credentials::facts(event, &user.credential))?;
            if let (Some(mode), true) = (new.first, user.credential.hash.is_some()) {
                let event = NewEvent::success(Action::SetPasswordByAdmin, audit::target(&user))
                    .with("mode", Fact::Word(mode.as_str()));
                audit::append(env, tx, now, &credentials::facts(event, &user.credential))?;
            }
            if let (Some(Mode::Setup), Some(token)) = (new.first, &self.made.secret) {
                let invitation = Invitation {
                    token,
                    occasion: Occasion::NewUser,
                    lifetime: env.settings.setup.new_user,
                    email: user.contact(Channel::Email).filter(|_| plan.by_email()),
                };
                setup::issue(env, tx, now, &user, &invitation, &[])?;
            }
            people::reload(tx, &user)
        })?;
        if new.first == Some(Mode::Setup) {
            env.courier.wake();
        }
        Ok(user)
    }
}
