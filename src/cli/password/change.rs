//! `regain password change`: as a wish, or because it must be.

use clap::Args;

use crate::cli::shared::carry_out::preview;
use crate::cli::shared::proofs::{Proofs, one_totp};
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Context, Failure, Session, input, new_password, protect, second_factor};
use crate::domain::secret::Secret;
use crate::domain::who::Who;
use crate::flow::{PasswordChange, Presented};

/// Change your own password, with the old one
///
/// Also where it must be changed before the next sign-in. An expired temporary password cannot be changed; ask
/// your administrator for a new one. Everything else that could still change the password ends.
/// Where operation protection is on, a code goes to a contact of yours first, unless the change is forced. In a script,
/// the first call sends it and ends with exit code 9; the same call with --code-stdin, and the code in a further line,
/// goes on. An answer is good for 15 minutes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain password change acme/alice\n  \
                        printf '%s\\n' \"$old\" \"$new\" | regain password change acme/alice --password-stdin\n  \
                        printf '%s\\n' \"$old\" \"$new\" \"$code\" | regain password change acme/alice --password-stdin --code-stdin")]
pub(in crate::cli) struct Change {
    #[command(flatten)]
    proofs: Proofs<true>,
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
        return preview(context, effects);
    }
    let env = session.oneself();
    let passwords = |lines: &mut input::Lines<'_>| {
        let stdin = arguments.password_stdin;
        if stdin { Ok(Some((lines.next("old password")?, lines.next("new password")?))) } else { Ok(None) }
    };
    let mut given = arguments.proofs.read(context, passwords, one_totp)?;
    let (old, new) = match given.password.take() {
        Some((old, new)) => (old, Some(new)),
        None => {
            let old = context.prompts().ask_secret("Old password");
            (old.map_err(|error| Failure::unanswered(error, "--password-stdin"))?, None)
        }
    };
    let change = begin(&session, &who, &old, given.totp.as_ref())?;
    protect::settle(&session, &env, change.guard(), &mut given.codes)?;
    let changed = match new {
        Some(new) => change.finish(&env, &new)?,
        None => new_password::of_change(&session, &change)?,
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
    second_factor::with(session.context, totp, |totp| {
        PasswordChange::begin(&env, who, &Presented { password, totp })
    })
}
