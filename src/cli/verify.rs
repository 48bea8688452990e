//! `regain verify`: the judgement of a sign-in, for programs.

use clap::Args;

use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::input::{self, Lines, PasswordSource, TotpSource};
use crate::domain::secret::Secret;
use crate::flow::{self, Presented, SignIn};
use crate::ui::SecretInputError;

/// Judge a password for a program: an exit code and nothing else
///
/// 0 is right; 11 is wrong, unknown, locked, disabled, no password, an expired temporary password or a missing
/// TOTP code, which all look the same; 12 is right, but the password must be changed first or has expired.
/// It counts as a sign-in: failures lock, and are recorded.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  printf '%s\\n' \"$password\" | regain verify acme/alice --password-stdin && echo welcome"
)]
pub(super) struct Verify {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    // Before the password: clap takes each part's matches away as it reads it, and this part compares places.
    #[command(flatten)]
    totp: TotpSource,
    #[command(flatten)]
    password: PasswordSource,
}

pub(super) fn run(arguments: &Verify, context: &Context<'_>) -> Result<(), Failure> {
    context.no_dry_run()?;
    let who = input::who(&arguments.user)?;
    let session = context.open()?;
    let password = read(arguments, context)?;
    match flow::sign_in(&session.oneself(), &who, &Presented { password: &password })? {
        SignIn::Right(_) => Ok(()),
        SignIn::MustChange(_) => Err(Failure::Silent(Exit::MustChange)),
        SignIn::Denied => Err(Failure::Silent(Exit::Denied)),
    }
}

fn read(arguments: &Verify, context: &Context<'_>) -> Result<Secret, Failure> {
    if !arguments.password.is_given() {
        return Err(Failure::usage_with(
            "`regain verify` never asks for the password",
            "say where it comes from: --password-stdin, --password-file or --password-fd",
        ));
    }
    let mut lines = Lines::of(context);
    if arguments.totp == TotpSource::BeforePassword {
        lines.next("TOTP code")?;
    }
    let password = match arguments.password.read(&mut lines) {
        Ok(password) => password.unwrap_or_else(|| Secret::from("")),
        // What can be no password is a wrong one: whoever typed it to a portal gets the portal's one answer.
        // Whatever comes after it makes it no better.
        Err(Failure::Input(SecretInputError::Unusable(_) | SecretInputError::TooLong)) => {
            return Ok(Secret::from(""));
        }
        Err(other) => return Err(other),
    };
    if arguments.totp == TotpSource::AfterPassword {
        lines.next("TOTP code")?;
    }
    lines.end()?;
    Ok(password)
}
