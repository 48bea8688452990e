//! Whom a command is about, and on whose word it is done.

use clap::Args;

use crate::cli::carry_out::{self, DryRun};
use crate::cli::context::Session;
use crate::cli::failure::Failure;
use crate::cli::input::{self, PasswordSource};
use crate::cli::notices::Notices;
use crate::cli::proofs::Codes;
use crate::cli::protect;
use crate::cli::second;
use crate::domain::event::Action;
use crate::domain::operator::Role;
use crate::domain::secret::Secret;
use crate::flow::mfa::Authority;
use crate::flow::{Change, Confirmed, Env, Presented};

/// USER, with the password where it is the person who acts.
#[derive(Debug, Args)]
pub(super) struct Person {
    /// The person
    #[arg(value_name = "USER")]
    pub(super) user: String,
    #[command(flatten)]
    pub(super) password: PasswordSource,
}

impl Person {
    /// An admin acts as one, unless a password is given: then it is the person. Everybody else is the person.
    pub(super) fn acts(&self, session: &Session<'_>) -> bool {
        self.password.is_given() || session.actor.role != Role::Admin
    }

    /// Whether anybody is told is for operators to say: people hear of what is done in their own name.
    pub(super) fn withhold(&self, notices: &Notices, session: &mut Session<'_>) -> Result<(), Failure> {
        if notices.withheld(session.context)? && self.acts(session) {
            return Err(Failure::usage(
                "--no-notify is for administrators, and so without your own password",
            ));
        }
        session.withhold(notices)
    }

    /// The environment of whoever acts.
    pub(super) fn env<'s>(&self, session: &'s Session<'_>) -> Env<'s> {
        if self.acts(session) { session.oneself() } else { session.operating() }
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
        let (context, env) = (session.context, self.env(session));
        let who = input::who(&self.user)?;
        if !self.acts(session) {
            return Ok(Authority::of_operator(&env, &who)?);
        }
        let password = match password {
            Some(password) => password,
            None => context
                .prompts()
                .ask_secret("Password")
                .map_err(|error| Failure::unanswered(error, "--password-stdin"))?,
        };
        let authority = second::with(context, totp, |totp| {
            Authority::of_person(&env, &who, &Presented { password: &password, totp }, action)
        })?;
        if let Some(guard) = authority.guard() {
            protect::settle(session, &env, guard, codes)?;
        }
        Ok(authority)
    }

    /// A dry run of somebody who acts for themself: nothing is proven, so nothing about the person is said.
    pub(super) fn preview(&self, session: &Session<'_>, effects: &[&str]) -> Result<bool, Failure> {
        if !session.context.globals.dry_run || !self.acts(session) {
            return Ok(false);
        }
        let effects = effects.iter().map(|effect| (*effect).to_owned()).collect();
        session.context.printer.one(&DryRun { dry_run: true, effects })?;
        Ok(true)
    }
}

/// An operator's write shows its effects and asks; one's own does not. `None` is a dry run.
pub(super) fn agreed(
    session: &Session<'_>,
    authority: &Authority,
    change: &impl Change,
) -> Result<Option<Confirmed>, Failure> {
    if session.context.globals.dry_run {
        carry_out::preview(session.context, change.effects())?;
        return Ok(None);
    }
    if authority.is_own() {
        return Ok(Confirmed::by(true));
    }
    carry_out::confirm(session.context, &change.effects()).map(Some)
}
