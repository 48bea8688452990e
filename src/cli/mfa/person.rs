//! Whom a command is about, and on whose word it is done.

use clap::Args;

use crate::cli::shared::input::PasswordSource;
use crate::cli::shared::no_notify::NoNotify;
use crate::cli::shared::proofs::Codes;
use crate::cli::shared::{Failure, Session, input, protect, runner, second_factor};
use crate::domain::event::Action;
use crate::domain::operator::{Role, Task, Verdict, judge};
use crate::domain::secret::Secret;
use crate::flow::mfa::Authority;
use crate::flow::{Env, Presented};

/// USER, with the password where it is the person who acts.
#[derive(Debug, Args)]
pub(in crate::cli) struct Person {
    /// The person
    #[arg(value_name = "USER")]
    pub(in crate::cli) user: String,
    #[command(flatten)]
    pub(in crate::cli) password: PasswordSource,
}

impl Person {
    /// An operator who may do this acts as one, unless a password is given: then it is the person. Everybody else is
    /// the person.
    fn acts_unless(&self, session: &Session<'_>, task: Task) -> bool {
        self.password.is_given() || judge(session.actor.role, task, None) != Verdict::Allowed
    }

    /// Whether anybody is told is for operators to say: people hear of what is done in their own name.
    pub(super) fn suppress_notices(
        &self,
        no_notify: &NoNotify,
        session: &mut Session<'_>,
    ) -> Result<(), Failure> {
        if no_notify.suppresses(session.context.globals.reason.as_deref())?
            && self.acts_unless(session, Task::ManageMfa)
        {
            return Err(Failure::usage(
                "--no-notify is for administrators, and so without your own password",
            ));
        }
        session.suppress_notices(no_notify)
    }

    /// The environment of whoever acts.
    pub(super) fn env<'s>(&self, session: &'s Session<'_>) -> Env<'s> {
        self.env_for(session, Task::ManageMfa)
    }

    /// The environment of whoever acts, for another task of operators.
    pub(in crate::cli) fn env_for<'s>(&self, session: &'s Session<'_>, task: Task) -> Env<'s> {
        if self.acts_unless(session, task) { session.oneself() } else { session.operating() }
    }

    /// The right to change the authenticator; whoever acts for themself is asked for what was not given.
    pub(super) fn authority(
        &self,
        session: &Session<'_>,
        password: Option<Secret>,
        totp: Option<&Secret>,
        action: Action,
        codes: &mut Codes<'_>,
    ) -> Result<Authority, Failure> {
        self.authority_for(session, password, totp, action, Task::ManageMfa, Some(codes))
    }

    /// The right to another task of operators. Without `codes` it is to look at something, or to forget a device, which
    /// is not protected.
    pub(in crate::cli) fn authority_for(
        &self,
        session: &Session<'_>,
        password: Option<Secret>,
        totp: Option<&Secret>,
        action: Action,
        task: Task,
        codes: Option<&mut Codes<'_>>,
    ) -> Result<Authority, Failure> {
        let (context, env) = (session.context, self.env_for(session, task));
        let who = input::who(&self.user)?;
        if !self.acts_unless(session, task) {
            return Ok(Authority::of_operator_for(&env, &who, task)?);
        }
        let password = match password {
            Some(password) => password,
            None => asked(session, task)?,
        };
        let authority = second_factor::with(context, totp, |totp| {
            Authority::of_person(&env, &who, &Presented { password: &password, totp }, action)
        })?;
        if let (Some(guard), Some(codes)) = (authority.guard(), codes) {
            protect::settle(session, &env, guard, codes)?;
        }
        Ok(authority)
    }

    /// A dry run of somebody who acts for themself: nothing is proven, so nothing about the person is said.
    pub(super) fn preview(&self, session: &Session<'_>, effects: &[&str]) -> Result<bool, Failure> {
        self.preview_for(session, effects, Task::ManageMfa)
    }

    /// A dry run, as [`Self::preview`], of another task of operators.
    pub(in crate::cli) fn preview_for(
        &self,
        session: &Session<'_>,
        effects: &[&str],
        task: Task,
    ) -> Result<bool, Failure> {
        if !session.context.globals.dry_run || !self.acts_unless(session, task) {
            return Ok(false);
        }
        runner::preview(session.context, effects.iter().map(|effect| (*effect).to_owned()).collect())?;
        Ok(true)
    }
}

/// The person's password, at a terminal. Support without one, or who says yes beforehand, acts for somebody else, and
/// is told that they may not.
fn asked(session: &Session<'_>, task: Task) -> Result<Secret, Failure> {
    let context = session.context;
    let as_operator = context.globals.yes || !context.prompts().are_possible();
    if session.actor.role == Role::Support && as_operator {
        session.operating().authorize(task, None)?;
    }
    let typed = context.prompts().ask_secret("Password");
    typed.map_err(|error| Failure::unanswered(error, "--password-stdin"))
}
