//! What will be done for one person, and what comes with it.

use jiff::SignedDuration;

use crate::domain::account::Status;
use crate::domain::address::Channel;
use crate::domain::contact::Contact;
use crate::domain::event::Action;
use crate::domain::operator::{Role, Task};
use crate::domain::shell;
use crate::domain::text::text_enum;
use crate::domain::time::{for_people, span_for_people};
use crate::domain::user::{AccessMode, User};
use crate::domain::who::Who;
use crate::flow::foundation::{Env, FlowError, Refusal, audit, people};
use crate::flow::messages::notices;
use crate::flow::proofs::credentials::{self, TEMPORARY};
use crate::flow::story::caller_challenge;

text_enum! {
    /// Who chooses the new password.
    Mode {
        /// The operator.
        Given => "given",
        /// The machine.
        Generate => "generate",
        /// The person, with a setup token.
        Setup => "setup",
    }
}

/// Where secrets can be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlet {
    File,
    Terminal,
    Nowhere,
}

/// How people are reset.
#[derive(Debug, Clone)]
pub struct How {
    pub mode: Mode,
    pub must_change: bool,
    /// How long a temporary password or a token lives, instead of the usual time.
    pub expires: Option<SignedDuration>,
    pub unlock: bool,
    /// The store's owner insists on resetting a root user.
    pub over_root: bool,
    pub outlet: Outlet,
    /// The confirmed challenge of a caller, which is used up.
    pub verified_caller: Option<String>,
}

/// The longest life of a temporary password or a setup token, in days (domain.md).
const MOST_DAYS: u32 = 7;

/// The planned reset of one person.
pub struct AdminReset {
    pub(super) user: User,
    pub(super) how: How,
    /// Where a setup token is mailed to; else it is handed out here.
    pub(super) email: Option<Contact>,
    lock: Option<String>,
    told: Option<String>,
}

impl AdminReset {
    pub fn plan(env: &Env<'_>, who: &Who, how: How) -> Result<Self, FlowError> {
        let task = match how.mode {
            Mode::Setup => Task::SendSetupLink,
            Mode::Given | Mode::Generate => Task::SetPassword,
        };
        let user = people::require(env, who, task)?;
        if how.unlock {
            // Ending a lock is more than sending a setup token: support may do the one, not the other.
            env.authorize(Task::ManagePeople, Some(&user))?;
        }
        let longest = SignedDuration::from_hours(24 * i64::from(MOST_DAYS));
        let refusal = if user.root && !(how.over_root && env.actor.owner) {
            Some(Refusal::RootPassword { account: user.account.clone() })
        } else if how.expires.is_some_and(|span| span > longest) {
            Some(Refusal::TooLong(MOST_DAYS))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return env.turn_down(how.action(), audit::target(&user), refusal);
        }
        let email = match how.mode {
            Mode::Setup => destination(env, &user, &how)?,
            Mode::Given | Mode::Generate => None,
        };
        let caller = caller_challenge::judge(env, &user, how.verified_caller.as_deref(), env.clock.now())?;
        if let Some(refusal) = caller {
            return env.turn_down(how.action(), audit::target(&user), refusal);
        }
        let lock = user.failures.locked(env.clock.now()).map(for_people);
        let told = notices::effect(env, &user.contacts);
        Ok(Self { user, how, email, lock, told })
    }

    pub fn path(&self) -> String {
        self.user.path()
    }

    /// Tells people apart, however they were written.
    pub fn id(&self) -> &str {
        &self.user.id
    }

    pub fn mode(&self) -> Mode {
        self.how.mode
    }

    /// What the new password must be, in a line.
    pub fn rule(&self, env: &Env<'_>) -> Result<String, FlowError> {
        credentials::rule(env, &self.user)
    }

    /// Whether a secret must be handed out here.
    pub fn hands_out(&self) -> bool {
        match self.how.mode {
            Mode::Given => false,
            Mode::Generate => true,
            Mode::Setup => self.email.is_none(),
        }
    }

    /// What `must_change` will be; nothing changes with a setup token.
    pub fn must_change(&self) -> Option<bool> {
        (self.how.mode != Mode::Setup).then_some(self.how.must_change)
    }

    /// How long the new password works, if not for ever.
    pub(super) fn password_life(&self) -> Option<SignedDuration> {
        self.how.expires.or(self.how.must_change.then_some(TEMPORARY))
    }

    /// What happens, the heaviest first.
    pub fn effects(&self, token_life: SignedDuration) -> Vec<String> {
        let path = self.path();
        let mut effects = match self.how.mode {
            Mode::Given => vec![format!("{path} gets the password that you give")],
            Mode::Generate => vec![format!("{path} gets a generated password")],
            Mode::Setup => vec![self.invitation(self.how.expires.unwrap_or(token_life))],
        };
        if self.how.mode != Mode::Setup {
            if self.user.credential.hash.is_some() {
                effects.push(format!("the old password of {path} stops working; sessions elsewhere can end"));
            }
            effects.push(format!("every live code, setup token and request of {path} ends"));
            effects.push(match (self.how.must_change, self.password_life()) {
                (true, Some(life)) => {
                    format!("it works for {} and must be changed at the next sign-in", span_for_people(life))
                }
                (true, None) => "it must be changed at the next sign-in".to_owned(),
                (false, Some(life)) => format!("it works for {}", span_for_people(life)),
                (false, None) => "it need not be changed at the next sign-in".to_owned(),
            });
            effects.extend(self.told.clone());
        }
        effects.extend(self.remarks());
        effects
    }

    fn invitation(&self, life: SignedDuration) -> String {
        let (path, life) = (self.path(), span_for_people(life));
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
        let path = self.path();
        let mut remarks = Vec::new();
        if self.how.mode == Mode::Setup && self.user.credential.hash.is_some() {
            remarks.push(format!("the old password of {path} works until the token is used"));
        }
        match (&self.lock, self.how.unlock) {
            (Some(_), true) => remarks.push(format!("{path} is unlocked")),
            (Some(until), false) => {
                remarks.push(format!(
                    "{path} stays locked until {until}; --unlock ends the lock (`regain faq locked`)"
                ));
            }
            (None, _) => {}
        }
        match (&self.user.disowned, self.how.unlock) {
            (Some(_), true) => remarks.push(format!("{path} is no longer blocked")),
            (Some(disowned), false) => remarks.push(format!(
                "{path} stays blocked, because of \"{}\"; --unlock ends the block",
                disowned.describe()
            )),
            (None, _) => {}
        }
        if self.user.status == Status::Disabled {
            let named = shell::word(&path);
            remarks.push(format!("{path} stays disabled; `regain user enable {named}` enables it"));
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

impl How {
    pub(super) fn action(&self) -> Action {
        match self.mode {
            Mode::Setup => Action::SetupTokenSent,
            Mode::Given | Mode::Generate => Action::SetPasswordByAdmin,
        }
    }
}

/// The address a setup token is mailed to, or `None` where it is handed out here. Support only ever mails it,
/// and only to a verified address (security O2).
fn destination(env: &Env<'_>, user: &User, how: &How) -> Result<Option<Contact>, FlowError> {
    let email = user.contact(Channel::Email);
    let verified = email.filter(|contact| contact.verified_at.is_some()).cloned();
    if env.actor.role == Role::Support {
        if how.outlet == Outlet::File {
            env.authorize(Task::SetPassword, Some(user))?;
        }
        return match verified {
            Some(contact) => Ok(Some(contact)),
            None => env.turn_down(Action::SetupTokenSent, audit::target(user), Refusal::NoEmail(user.path())),
        };
    }
    match (how.outlet, email) {
        (Outlet::File, _) => Ok(None),
        (Outlet::Terminal, _) => Ok(verified),
        // With nowhere else to go, an address that an admin bound will do; using the token verifies it.
        (Outlet::Nowhere, Some(email)) => Ok(Some(email.clone())),
        (Outlet::Nowhere, None) => {
            env.turn_down(Action::SetupTokenSent, audit::target(user), Refusal::NoEmail(user.path()))
        }
    }
}
