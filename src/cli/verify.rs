//! `regain verify`: the judgement of a sign-in, for programs.

use clap::Args;

use crate::cli::shared::stdin::{Line, PASSWORD_FILE, PasswordSource, StdinOptions};
use crate::cli::shared::{Context, Exit, Failure, input};
use crate::domain::{Secret, mfa};
use crate::flow::{self, Denial, FlowError, Presented, SignIn};
use crate::guidance::notes;
use crate::ui::SecretInputError;

/// Judge a password for a program: an exit code and nothing else
///
/// 0 is right; 11 is wrong, unknown, locked, disabled, no password, an expired temporary password or a missing
/// TOTP code, which all look the same; 12 is right, but the password must be changed first or has expired.
/// It counts as a sign-in: failures lock, and are recorded. After many from one place it waits before it judges (README),
/// up to half a minute by default; where others try the same person at once, up to a minute.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  printf '%s\\n' \"$password\" | regain verify acme/alice --password-stdin && echo welcome"
)]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    stdin: StdinOptions<true, false>,
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    password: PasswordSource,
    /// The client's address, as a portal that the config trusts knows it
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
