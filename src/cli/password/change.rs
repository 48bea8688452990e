//! `regain password change`: as a wish, or because it must be.

use clap::Args;

use super::super::carry_out::DryRun;
use super::super::context::{Context, Session};
use super::super::failure::Failure;
use super::super::input::{self, Lines, TotpSource};
use super::super::new_password;
use super::super::second;
use super::super::views::UserView;
use crate::domain::secret::Secret;
use crate::domain::who::Who;
use crate::flow::{Changed, PasswordChange, Presented};

/// Change your own password, with the old one
///
/// Also where it must be changed before the next sign-in. An expired temporary password cannot be changed; ask
/// your administrator for a new one. Everything else that could still change the password ends.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain password change acme/alice\n  \
                        printf '%s\\n' \"$old\" \"$new\" | regain password change acme/alice --password-stdin")]
pub(in crate::cli) struct Change {
    #[command(flatten)]
    totp: TotpSource,
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    /// Read the old and the new password from standard input, a line each
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn run(arguments: &Change, context: &Context<'_>) -> Result<(), Failure> {
    let who = input::who(&arguments.user)?;
    let session = context.open()?;
    if context.globals.dry_run {
        // Nothing is proven, so nothing about the person is said.
        let effects = vec![
            format!("if the old password is right, the new one takes its place for {who}"),
            "every code, setup token and reset request of theirs ends, and every bound contact is told"
                .into(),
        ];
        return Ok(context.printer.one(&DryRun { dry_run: true, effects })?);
    }
    let env = session.oneself();
    let changed = if arguments.password_stdin {
        let mut lines = Lines::of(context);
        let (passwords, totp) = arguments
            .totp
            .beside(&mut lines, |lines| Ok((lines.next("old password")?, lines.next("new password")?)))?;
        lines.end()?;
        begin(&session, &who, &passwords.0, totp.as_ref())?.finish(&env, &passwords.1)?
    } else {
        let ((), totp) = arguments.totp.beside(&mut Lines::of(context), |_| Ok(()))?;
        let old = context
            .prompts()
            .ask_secret("Old password")
            .map_err(|error| Failure::unanswered(error, "--password-stdin"))?;
        choose(&session, &begin(&session, &who, &old, totp.as_ref())?)?
    };
    context.printer.done(&format!("Changed the password of {}.", changed.user().path()));
    Ok(context.printer.one_if_data(&UserView::of(changed.user(), env.clock.now()))?)
}

fn begin(
    session: &Session<'_>,
    who: &Who,
    password: &Secret,
    totp: Option<&Secret>,
) -> Result<PasswordChange, Failure> {
    let env = session.oneself();
    second::with(session.context, totp, |totp| {
        PasswordChange::begin(&env, who, &Presented { password, totp })
    })
}

/// Asks for the new password, twice, until it is one that may be set.
pub(in crate::cli) fn choose(session: &Session<'_>, change: &PasswordChange) -> Result<Changed, Failure> {
    let env = session.oneself();
    let rule = change.rule(&env)?;
    new_password::ask(session.context, "--password-stdin", &rule, |typed| change.finish(&env, typed))
}
