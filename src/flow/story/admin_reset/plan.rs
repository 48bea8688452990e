//! What will be done for one person, and what comes with it.

use jiff::SignedDuration;

use crate::domain::account::Status;
use crate::domain::time::{for_people, span_for_people};
use crate::domain::token::{Occasion, SetupToken};
use crate::domain::{AccessMode, Action, Channel, Contact, Principal, Role, Task, User};
use crate::flow::foundation::{AboutUser, Env, FlowError, Refusal, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::credentials::TEMPORARY;
use crate::flow::proofs::issuance::{IssueMode, SecretDestination};
use crate::flow::story::caller_challenge;
use crate::guidance::effects::{stays_disabled, stays_locked};

/// How people are reset.
#[derive(Debug, Clone)]
pub struct ResetOptions {
    pub mode: IssueMode,
    pub must_change: bool,
    /// How long a temporary password or a token lives, instead of the usual time.
    pub expires: Option<SignedDuration>,
    pub unlock: bool,
    /// The store's owner insists on resetting a root user.
    pub over_root: bool,
    pub destination: SecretDestination,
    /// The confirmed challenge of a caller, which is used up.
    pub verified_caller: Option<String>,
}

/// The longest life of a temporary password or a setup token, in days (domain.md).
const MOST_DAYS: u32 = 7;

/// The planned reset of one person.
pub struct AdminReset {
    pub(super) user: User,
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
        Self::of(env, user, options)
    }

    /// For somebody who was found already, and whom the actor may treat so.
    pub(crate) fn of(env: &Env<'_>, user: User, options: ResetOptions) -> Result<Self, FlowError> {
        if options.unlock {
            // Ending a lock is more than sending a setup token: support may do the one, not the other.
            env.authorize(Task::ManagePeople, Some(&user))?;
        }
        let longest = SignedDuration::from_hours(24 * i64::from(MOST_DAYS));
        let refusal = if user.root && !(options.over_root && env.actor.owner) {
            Some(Refusal::RootPassword { account: user.account.clone() })
        } else if options.expires.is_some_and(|span| span > longest) {
            Some(Refusal::TooLong(MOST_DAYS))
        } else {
            None
        };
        if let Some(refusal) = refusal {
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
        Ok(Self { user, options, email, token_life, occasion: Occasion::Reset, lock, notified })
    }

    /// In place of a setup token that did not arrive: for the same occasion, and so for as long.
    pub(crate) fn in_place_of(self, env: &Env<'_>, token: &SetupToken) -> Self {
        let token_life = match token.occasion {
            Occasion::NewUser => env.settings.setup.new_user,
            Occasion::Reset => env.settings.setup.reset,
        };
        Self { token_life, occasion: token.occasion, ..self }
    }

    /// Where a setup token is mailed to.
    pub(crate) fn receiver(&self) -> Option<&Contact> {
        self.email.as_ref()
    }

    /// What `must_change` will be; nothing changes with a setup token.
    pub fn must_change(&self) -> Option<bool> {
        (self.options.mode != IssueMode::Setup).then_some(self.options.must_change)
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
        if self.user.status == Status::Disabled {
            remarks.push(stays_disabled(&self.user));
        }
        if self.user.account_status == Status::Disabled {
            remarks.push(format!("the account {} stays disabled", self.user.account));
        }
        if self.user.access_mode == AccessMode::Programmatic {
            remarks.push(format!("{path} may come in by program only, and needs no password"));
        }
        remarks
    }
}

impl AboutUser for AdminReset {
    fn user(&self) -> &User {
        &self.user
    }
}

impl ResetOptions {
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
