//! What will be done for one person, and what comes with it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::account::Status;
use crate::domain::time::{for_people, span_for_people};
use crate::domain::token::{Occasion, SetupToken};
use crate::domain::{
    AccessMode, Action, Channel, Contact, Credential, Failures, Principal, Role, Task, User,
};
use crate::flow::foundation::{AboutUser, Env, FlowError, Refusal, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::credentials::TEMPORARY;
use crate::flow::proofs::issuance::{IssueMode, SecretDestination};
use crate::flow::story::caller_challenge;
use crate::guidance::effects::{
    account_stays_disabled, by_program_only, stays_bound, stays_disabled, stays_locked, unmet_protection,
};

/// How people are reset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResetOptions {
    pub mode: IssueMode,
    pub must_change: bool,
    /// How long a temporary password or a token lives, instead of the usual time.
    pub expires: Option<SignedDuration>,
    pub unlock: bool,
    /// Takes the authenticator away; with a setup token, when that is redeemed.
    pub remove_mfa: bool,
    /// The store's owner insists on resetting a root user.
    pub over_root: bool,
    pub destination: SecretDestination,
    /// What is done for somebody whom no setup token can be sent to; it is mailed to the others.
    #[serde(default)]
    pub otherwise: Option<IssueMode>,
    /// The confirmed challenge of a caller, which is used up.
    pub verified_caller: Option<String>,
}

/// The planned reset of one person.
pub struct AdminReset {
    pub(super) user: User,
    /// As whom the new password is judged: without an authenticator that goes.
    pub(super) after: User,
    /// When the authenticator was enrolled that goes.
    pub(super) going: Option<Timestamp>,
    pub(super) options: ResetOptions,
    /// Where a setup token is mailed to; else it is handed out here.
    pub(super) email: Option<Contact>,
    /// How long a setup token is good.
    pub(super) token_life: SignedDuration,
    pub(super) occasion: Occasion,
    lock: Option<String>,
    pub(super) notified: Option<String>,
}

impl AdminReset {
    pub fn plan(env: &Env<'_>, who: &Principal, options: ResetOptions) -> Result<Self, FlowError> {
        let user = people::require(env, who, options.task())?;
        let options = options.for_somebody(&user);
        if options.otherwise.is_some() {
            env.authorize(options.task(), Some(&user))?;
        }
        Self::of(env, user, options)
    }

    /// For somebody who was found already, and whom the actor may treat so.
    pub(crate) fn of(env: &Env<'_>, user: User, options: ResetOptions) -> Result<Self, FlowError> {
        if options.unlock {
            // Ending a lock is more than sending a setup token: support may do the one, not the other.
            env.authorize(Task::ManagePeople, Some(&user))?;
        }
        if options.remove_mfa {
            env.authorize(Task::ManageMfa, Some(&user))?;
        }
        if user.root && !(options.over_root && env.actor.owner) {
            let refusal = Refusal::RootPassword { account: user.account.clone() };
            return env.turn_down(options.action(), audit::target(&user), refusal);
        }
        let email = match options.mode {
            IssueMode::Setup => destination(env, &user, &options)?,
            IssueMode::Given | IssueMode::Generate => None,
        };
        let caller = caller_challenge::judge(env, options.task(), &user, options.verified_caller.as_deref())?;
        if let Some(refusal) = caller {
            return env.turn_down(options.action(), audit::target(&user), refusal);
        }
        let token_life = options.expires.unwrap_or(env.settings.setup.reset);
        let lock = user.failures.locked(env.clock.now()).map(for_people);
        let notified = notices::effect(env, &user.contacts);
        let enrolled = if options.remove_mfa { env.read(|tx| tx.mfa(&user.id))? } else { None };
        let going = enrolled.map(|stored| stored.enrolled_at);
        let after = User { mfa: user.mfa && going.is_none(), ..user.clone() };
        let occasion = Occasion::Reset;
        Ok(Self { user, after, going, options, email, token_life, occasion, lock, notified })
    }

    /// In place of a setup token that did not arrive: for the same occasion, and so for as long.
    pub(crate) fn in_place_of(self, env: &Env<'_>, token: &SetupToken) -> Self {
        let token_life = match token.occasion {
            Occasion::NewUser => env.settings.setup.new_user,
            Occasion::Reset => env.settings.setup.reset,
        };
        // The authenticator that it was made for, and no other that was enrolled since.
        let going = self.going.filter(|enrolled| Some(*enrolled) == token.removes_mfa);
        Self { token_life, occasion: token.occasion, going, ..self }
    }

    /// Where a setup token is mailed to.
    pub(crate) fn receiver(&self) -> Option<&Contact> {
        self.email.as_ref()
    }

    /// What `must_change` will be; nothing changes with a setup token.
    pub fn must_change(&self) -> Option<bool> {
        self.gives_password().then_some(self.options.must_change)
    }

    /// Whether the password is another one at once.
    pub fn gives_password(&self) -> bool {
        self.options.mode != IssueMode::Setup
    }

    /// Whether a contact of theirs is told.
    pub fn tells(&self) -> bool {
        self.notified.is_some()
    }

    /// How long the new password works, if not for ever.
    pub(super) fn password_life(&self) -> Option<SignedDuration> {
        self.options.expires.or(self.options.must_change.then_some(TEMPORARY))
    }

    pub(super) fn invitation(&self) -> String {
        let (path, life) = (self.user.path(), span_for_people(self.token_life));
        match &self.email {
            Some(email) if email.verified_at.is_none() => format!(
                "a setup token for {path}, good for {life}, goes to {}, which is not verified: using it \
                 verifies it",
                email.masked()
            ),
            Some(email) => {
                format!("a setup token for {path}, good for {life}, goes to {}", email.masked())
            }
            None => format!("a setup token for {path}, good for {life}, is handed to you"),
        }
    }

    /// What stays as it is although somebody may expect otherwise (security O3).
    pub fn remarks(&self) -> Vec<String> {
        let path = self.user.path();
        let mut remarks = Vec::new();
        if self.options.mode == IssueMode::Setup && self.user.credential.hash.is_some() {
            remarks.push(format!("the old password of {path} works until the token is used"));
        }
        match (&self.lock, self.options.unlock) {
            (Some(_), true) => remarks.push(format!("{path} is unlocked")),
            (Some(until), false) => {
                remarks.push(stays_locked(&path, until));
            }
            (None, _) => {}
        }
        match (&self.user.disowned, self.options.unlock) {
            (Some(_), true) => remarks.push(format!("{path} is no longer blocked")),
            (Some(disowned), false) => remarks.push(format!(
                "{path} stays blocked, because of \"{}\"; --unlock ends the block",
                disowned.describe()
            )),
            (None, _) => {}
        }
        remarks.extend(self.about_authenticator());
        if self.user.status == Status::Disabled && !self.user.root {
            remarks.push(stays_disabled(&self.user));
        }
        if self.user.account_status == Status::Disabled {
            remarks.push(account_stays_disabled(&self.user.account));
        }
        if self.user.access_mode == AccessMode::Programmatic {
            remarks.push(by_program_only(&path));
        }
        // Using the token verifies the address it goes to.
        if self.email.as_ref().is_none_or(|email| email.verified_at.is_some()) {
            remarks.extend(unmet_protection(&self.user));
        }
        remarks
    }

    /// What becomes of an authenticator, or what keeps asking for one.
    fn about_authenticator(&self) -> Option<String> {
        let path = self.user.path();
        match (self.options.remove_mfa, self.going) {
            (true, Some(_)) if self.options.mode == IssueMode::Setup => Some(format!(
                "the authenticator of {path} is removed when the token is used, and not asked for then"
            )),
            (true, Some(_)) => {
                Some(format!("the authenticator of {path} is removed, and no longer asked for"))
            }
            (true, None) => Some(format!("{path} has no authenticator to remove")),
            (false, _) if self.user.mfa => Some(stays_bound(&path)),
            (false, _) => None,
        }
    }
}

impl AboutUser for AdminReset {
    fn user(&self) -> &User {
        &self.user
    }

    fn after(&self) -> User {
        let mut user = self.user.clone();
        if self.gives_password() {
            user.mfa = self.after.mfa;
            let (epoch, must_change) = (user.credential.epoch + 1, self.options.must_change);
            user.credential = Credential { must_change, epoch, ..user.credential };
        }
        if self.options.unlock {
            (user.failures, user.disowned) = (Failures::default(), None);
        }
        user
    }
}

impl ResetOptions {
    /// What is possible for this person: a setup token by email, or what is done otherwise.
    fn for_somebody(self, user: &User) -> Self {
        match self.otherwise {
            Some(mode) if user.contact(Channel::Email).is_none() => Self { mode, ..self },
            Some(_) => Self { destination: SecretDestination::Nowhere, ..self },
            None => self,
        }
    }

    fn task(&self) -> Task {
        match self.mode {
            IssueMode::Setup => Task::SendSetupLink,
            IssueMode::Given | IssueMode::Generate => Task::SetPassword,
        }
    }

    pub(super) fn action(&self) -> Action {
        match self.mode {
            IssueMode::Setup => Action::SetupTokenSent,
            IssueMode::Given | IssueMode::Generate => Action::SetPasswordByAdmin,
        }
    }
}

/// The address a setup token is mailed to, or `None` where it is handed out here. Support only ever mails it,
/// and only to a verified address (security O2).
fn destination(env: &Env<'_>, user: &User, options: &ResetOptions) -> Result<Option<Contact>, FlowError> {
    let email = user.contact(Channel::Email);
    let verified = email.filter(|contact| contact.verified_at.is_some()).cloned();
    if env.actor.role == Role::Support {
        if options.destination == SecretDestination::File {
            env.authorize(Task::SetPassword, Some(user))?;
        }
        return match verified {
            Some(contact) => Ok(Some(contact)),
            None => env.turn_down(Action::SetupTokenSent, audit::target(user), Refusal::NoEmail(user.path())),
        };
    }
    match (options.destination, email) {
        (SecretDestination::File, _) => Ok(None),
        (SecretDestination::Terminal, _) => Ok(verified),
        // With nowhere else to go, an address that an admin bound will do; using the token verifies it.
        (SecretDestination::Nowhere, Some(email)) => Ok(Some(email.clone())),
        (SecretDestination::Nowhere, None) => {
            env.turn_down(Action::SetupTokenSent, audit::target(user), Refusal::NoEmail(user.path()))
        }
    }
}
