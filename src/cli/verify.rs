//! `regain verify`: the judgement of a sign-in, for programs.

use clap::Args;

use crate::cli::shared::stdin::{Line, PASSWORD_FILE, PasswordSource, StdinOptions};
use crate::cli::shared::{Context, Exit, Failure, input};
use crate::domain::{Secret, mfa};
use crate::flow::{self, Denial, FlowError, Presented, SignIn};
use crate::guidance::notes;
use crate::ui::SecretInputError;

/// Check a password for another program; the exit code is the result
///
/// Exit code 0: the password is right. Exit code 11: it is wrong, or the user is unknown, locked or disabled, has no
/// password or an expired temporary password, or the TOTP code is missing; all these look the same. Exit code 12: it is
/// right, but must be changed first or has expired.
///
/// Each check counts as a sign-in: failures are recorded and lead to a lock. After many failures from one source, the
/// command waits before it checks, by default up to half a minute. If others try the same user at the same time, it
/// waits up to a minute.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  printf '%s\\n' \"$password\" | regain verify acme/alice --password-stdin && echo welcome"
)]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    password: PasswordSource,
    /// Set the client's IP address, for portals that the config trusts
    #[arg(long, value_name = "ADDRESS")]
    source: Option<String>,
}

pub(in crate::cli) fn run(arguments: &Verify, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let mut session = context.open()?;
    session.trust_source(arguments.source.as_deref())?;
    let who = input::who(&session.oneself(), &arguments.user)?;
    let (password, totp) = read(arguments, context)?;
    let presented = Presented { password: &password, totp: totp.as_ref() };
    match flow::sign_in(&session.oneself(), &who, &presented) {
        Ok(SignIn::Right(_)) => Ok(()),
        Ok(SignIn::MustChange(_)) => Err(Failure::Silent(Exit::MustChange)),
        Ok(SignIn::Denied | SignIn::Protected(_)) | Err(FlowError::Denied(Denial::Totp(_))) => {
            Err(Failure::Silent(Exit::Denied))
        }
        Err(other) => Err(other.into()),
    }
}

/// The password, and the code if it is one by its form: another counts as missing, and costs no try.
fn read(arguments: &Verify, context: &Context<'_>) -> Result<(Secret, Option<Secret>), Failure> {
    if !arguments.password.is_given() {
        return Err(Failure::NoSource { message: notes::VERIFY_ASKS_NOBODY });
    }
    let mut lines = arguments.stdin.lines(context);
    let password = match arguments.password.read(&mut lines) {
        // What can be no password is a wrong one: whoever typed it to a portal gets the portal's one answer. Nobody
        // types a file.
        Err(Failure::Secret { option, error: SecretInputError::Unusable(_) | SecretInputError::TooLong })
            if option != PASSWORD_FILE && lines.bad() != Some(Line::Totp) =>
        {
            None
        }
        read => read?,
    };
    let totp = lines.take(Line::Totp)?;
    let password = password.unwrap_or_else(|| Secret::from(""));
    Ok((password, totp.and_then(|typed| mfa::parse(typed.expose()).ok())))
}
