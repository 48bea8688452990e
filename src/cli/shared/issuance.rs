//! Giving somebody a password or a setup token: asked for or made, handed out, and committed.

use std::path::Path;

use clap::Args;
use jiff::SignedDuration;

use super::context::Context;
use super::failure::Failure;
use super::session::Session;
use super::stdin::PasswordSource;
use super::{new_password, runner, secret_output};
use crate::domain::time::span_for_people;
use crate::domain::token::LONGEST_ISSUED;
use crate::domain::{Secret, span};
use crate::flow::{Confirmed, Env, FlowError, IssueCredential, IssueMode, PreparedSecret};
use crate::ui::{Handed, SecretKind, SecretSink};

/// Who chooses a password for somebody: one of these.
#[derive(Debug, Args)]
pub(in crate::cli) struct FirstPassword {
    /// Prompt for the password, twice
    #[arg(long, conflicts_with_all = ["generate", "setup", "password_stdin", "password_file", "password_fd"])]
    ask: bool,
    /// Generate the password
    #[arg(long, conflicts_with_all = ["setup", "password_stdin", "password_file", "password_fd"])]
    generate: bool,
    /// Issue a one-time setup token, with which the user sets the password
    #[arg(long, conflicts_with_all = ["password_stdin", "password_file", "password_fd"])]
    setup: bool,
    #[command(flatten)]
    password: PasswordSource,
}

impl FirstPassword {
    pub(in crate::cli) fn mode(&self) -> Option<IssueMode> {
        if self.ask || self.password.is_given() {
            Some(IssueMode::Given)
        } else if self.generate {
            Some(IssueMode::Generate)
        } else {
            self.setup.then_some(IssueMode::Setup)
        }
    }

    /// Whether a password is asked for, which can be known to be in vain before anything is done.
    pub(in crate::cli) fn require_terminal(&self, context: &Context<'_>) -> Result<(), Failure> {
        if self.ask && !context.globals.dry_run && !context.prompts().are_possible() {
            return Err(Failure::NoTerminal { option: "--password-stdin" });
        }
        Ok(())
    }
}

/// How long a temporary password or a setup token works, from `--expires`.
pub(in crate::cli) fn lifetime(text: &str) -> Result<SignedDuration, Failure> {
    let span =
        span::parse(text).map_err(|error| Failure::usage_with(format!("--expires: {error}"), LIFETIME))?;
    if span.is_zero() || span > LONGEST_ISSUED {
        return Err(Failure::usage_with(
            format!("--expires takes a time from one second to {}", span_for_people(LONGEST_ISSUED)),
            LIFETIME,
        ));
    }
    Ok(span)
}

const LIFETIME: &str =
    "write it as 24h, or 3d: that is how long the temporary password or the setup token works";

/// Makes it happen for one person: an operator's write with a secret in it. The password is asked for where one is to be
/// given and no option gave it. `None` is a dry run, whose effects went to `preview`.
pub(in crate::cli) fn issue<P: IssueCredential>(
    session: &Session<'_>,
    plan: &P,
    first: &FirstPassword,
    secrets_to: Option<&Path>,
    preview: impl FnOnce(Vec<String>) -> Result<(), Failure>,
) -> Result<Option<P::Done>, Failure> {
    let (context, env) = (session.context, session.operating());
    let mut sink = secret_output::open(plan.hands_out(), secrets_to, context)?;
    let given = first.password.read_only(context)?;
    // A weak password is refused before anything is asked, and in a dry run as in the run.
    let given = given.map(|password| plan.given(&env, &password)).transpose()?;
    if context.globals.dry_run {
        preview(plan.effects())?;
        return Ok(None);
    }
    let yes = runner::confirm(context, &plan.effects())?;
    let prepared = match given {
        Some(prepared) => prepared,
        None if plan.mode() == Some(IssueMode::Given) => {
            let rule = plan.rule(&env)?;
            let look_at = |typed: &Secret| plan.given(&env, typed);
            new_password::ask(context, &rule, look_at, |_, prepared| Ok::<_, FlowError>(prepared))?
        }
        None => plan.prepare(&env)?,
    };
    let done = commit(&env, plan, &prepared, sink.as_mut(), yes);
    secret_output::close(sink, &context.printer, done).map(Some)
}

/// Hands the secret out, if that is to be done here, and commits.
pub(in crate::cli) fn commit<P: IssueCredential>(
    env: &Env<'_>,
    plan: &P,
    prepared: &PreparedSecret,
    sink: Option<&mut SecretSink>,
    yes: Confirmed,
) -> Result<P::Done, Failure> {
    let commit = || plan.commit(env, prepared, yes);
    match (sink, handed(plan, prepared)) {
        (Some(sink), Some(handed)) => {
            secret_output::then_commit(sink, |sink| sink.hand_out(&[handed]), commit)
        }
        _ => Ok(commit()?),
    }
}

/// The secret as it is handed out, if it is.
pub(super) fn handed<'s, P: IssueCredential>(plan: &P, prepared: &'s PreparedSecret) -> Option<Handed<'s>> {
    let kind = match plan.mode() {
        Some(IssueMode::Setup) => SecretKind::SetupToken,
        _ => SecretKind::Password,
    };
    let secret = prepared.secret().filter(|_| plan.hands_out())?;
    Some(Handed { user: plan.user().path(), kind, secret })
}
