//! Whom a command is about, and on whose word it is done.

use clap::Args;

use super::failure::Failure;
use super::input::NoNotify;
use super::planned::Planned;
use super::session::Session;
use super::stdin::{Line, Lines, PasswordSource};
use super::{input, runner, second_factor, step_up};
use crate::domain::operator::{Verdict, judge};
use crate::domain::{Action, Role, Task};
use crate::flow::mfa::Authority;
use crate::flow::{Env, FlowError, Presented};
use crate::ui::Row;

/// USER, with the password where it is the person who acts.
#[derive(Debug, Args)]
pub(in crate::cli) struct Person {
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    password: PasswordSource,
}

impl Person {
    /// USER of a command that takes several.
    pub(in crate::cli) fn named(user: &str, password: &PasswordSource) -> Self {
        Self { user: user.to_owned(), password: password.clone() }
    }

    /// An operator who may do this acts as one, unless a password is given: then it is the person. Everybody else is
    /// the person.
    fn acts_unless(&self, session: &Session<'_>, task: Task) -> bool {
        self.password.is_given() || !role_allows(session, task)
    }

    /// See [`judge_role`].
    pub(in crate::cli) fn judge_role(&self, session: &Session<'_>, task: Task) -> Result<(), Failure> {
        judge_role(session, task, &self.password)
    }

    /// Whether anybody is told is for operators to say: people hear of what is done in their own name.
    pub(in crate::cli) fn suppress_notices(
        &self,
        no_notify: &NoNotify,
        session: &mut Session<'_>,
    ) -> Result<(), Failure> {
        if no_notify.suppresses(session.context.globals.reason.as_deref())?
            && self.acts_unless(session, Task::ManageMfa)
        {
            return Err(Failure::usage(
                "--no-notify is for administrators; leave out your own password with it",
            ));
        }
        session.suppress_notices(no_notify)
    }

    /// The environment of whoever acts.
    pub(in crate::cli) fn env<'s>(&self, session: &'s Session<'_>, task: Task) -> Env<'s> {
        if self.acts_unless(session, task) { session.oneself() } else { session.operating() }
    }

    /// The right to do this; whoever acts for themself is asked for what no line has.
    pub(in crate::cli) fn authority(
        &self,
        session: &Session<'_>,
        lines: &mut Lines<'_>,
        action: Action,
        task: Task,
    ) -> Result<Authority, Failure> {
        let (context, env) = (session.context, self.env(session, task));
        let (password, totp) = (self.password.read(lines)?, lines.take(Line::Totp)?);
        let who = input::who(&env, &self.user)?;
        if !self.acts_unless(session, task) {
            return Ok(Authority::of_operator(&env, &who, task)?);
        }
        context.printer.speak_to(who.named_as());
        let password = match password {
            Some(password) => password,
            None => context.ask_password(&format!("Password of {who}"))?,
        };
        second_factor::with(context, totp.as_ref(), |totp| {
            Authority::of_person(&env, &who, &Presented { password: &password, totp }, action)
        })
    }

    /// The right to change the authenticator, with what operation protection asks of the person themself.
    pub(in crate::cli) fn mfa_authority(
        &self,
        session: &Session<'_>,
        lines: &mut Lines<'_>,
        action: Action,
    ) -> Result<Authority, Failure> {
        let authority = self.authority(session, lines, action, Task::ManageMfa)?;
        if let Some(guard) = authority.guard() {
            step_up::satisfy(session, &self.env(session, Task::ManageMfa), guard, lines)?;
        }
        Ok(authority)
    }

    /// A dry run of somebody who acts for themself: nothing is proven, so nothing about the person is said.
    pub(in crate::cli) fn preview<R: Row>(
        &self,
        session: &Session<'_>,
        effect: &str,
        task: Task,
    ) -> Result<bool, Failure> {
        if !session.context.globals.dry_run || !self.acts_unless(session, task) {
            return Ok(false);
        }
        runner::preview(session.context, Planned::<R>::unknown(), &[effect.to_owned()], true)?;
        Ok(true)
    }
}

/// Whether the role may do this at all.
pub(in crate::cli) fn role_allows(session: &Session<'_>, task: Task) -> bool {
    let callers_may = &session.config.settings.support.verified_caller_may;
    judge(session.actor.role, task, None, callers_may) == Verdict::Allowed
}

/// Support that may not do this is told so at once, and asked for nothing: whoever means themself gives their password
/// beforehand.
pub(in crate::cli) fn judge_role(
    session: &Session<'_>,
    task: Task,
    password: &PasswordSource,
) -> Result<(), Failure> {
    if session.actor.role == Role::Support && !password.is_given() {
        session.operating().authorize(task, None).map_err(|error| match error {
            FlowError::Denied(denial) => FlowError::Denied(denial.except_themself()),
            other => other,
        })?;
    }
    Ok(())
}
