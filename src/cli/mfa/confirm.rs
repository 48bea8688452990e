//! `regain mfa confirm`: two codes in a row.

use clap::Args;

use crate::cli::shared::input::NoNotify;
use crate::cli::shared::person::Person;
use crate::cli::shared::stdin::{Line, StdinOptions};
use crate::cli::shared::{Failure, Planned, Session, runner, second_factor};
use crate::domain::{Action, Task, User};
use crate::flow::Env;
use crate::flow::mfa::{Authority, MfaStatus, confirm, status};
use crate::ui::NEW_AUTHENTICATOR_HELP;

/// Bind an enrolled authenticator with two consecutive codes
///
/// Enter the code that it shows now and the one that follows half a minute later. From then on, its code is required at
/// every sign-in and in every password reset. The two codes cannot be used again.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain mfa confirm acme/alice\n  \
                  printf '%s\\n' \"$first\" \"$second\" | regain mfa confirm acme/alice --totp-stdin")]
pub(in crate::cli) struct Confirm {
    #[command(flatten)]
    stdin: StdinOptions<true, true>,
    #[command(flatten)]
    person: Person,
    #[command(flatten)]
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Confirm, session: &mut Session<'_>) -> Result<(), Failure> {
    arguments.person.judge_role(session, Task::ManageMfa)?;
    arguments.person.suppress_notices(&arguments.no_notify, session)?;
    let session = &*session;
    let (context, person) = (session.context, &arguments.person);
    if context.globals.dry_run {
        let effects =
            vec!["if the two codes are right, the authenticator is bound, and asked for from then on".into()];
        return runner::preview(context, Planned::<MfaStatus>::unknown(), &effects, true);
    }
    let mut lines = arguments.stdin.lines(context).with_two(Line::Totp, [Line::Totp; 2]);
    let codes = match (lines.take(Line::Totp)?, lines.take(Line::Totp)?) {
        (Some(first), Some(second)) => {
            Some((second_factor::well_formed(&first)?, second_factor::well_formed(&second)?))
        }
        _ => None,
    };
    let authority = person.mfa_authority(session, &mut lines, Action::BindMfa)?;
    let env = person.env(session, Task::ManageMfa);
    let user = match codes {
        Some((first, second)) => confirm(&env, &authority, &first, &second)?,
        None => ask(session, &env, &authority)?,
    };
    told(session, &user);
    Ok(context.printer.written(&status(&env, &user)?, true)?)
}

/// The word of success.
pub(super) fn told(session: &Session<'_>, user: &User) {
    let bound = format!("Bound the authenticator of {}; its code is asked for from now on.", user.path());
    session.context.printer.done(&bound);
}

/// Asks for two codes in a row until they are.
pub(super) fn ask(session: &Session<'_>, env: &Env<'_>, authority: &Authority) -> Result<User, Failure> {
    let ask = || {
        let ask = |prompt| second_factor::ask(session.context, prompt, &NEW_AUTHENTICATOR_HELP);
        Ok((ask("Code that the authenticator shows now")?, ask("The next code, 30 seconds later")?))
    };
    second_factor::until_right(session.context, ask, |(first, second)| confirm(env, authority, first, second))
}
