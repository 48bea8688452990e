//! `regain password change`: as a wish, or because it must be.

use clap::Args;

use crate::cli::shared::stdin::{Line, StdinOptions};
use crate::cli::shared::views::UserView;
use crate::cli::shared::{Context, Failure, Planned, input, new_password, runner, second_factor, step_up};
use crate::flow::{PasswordChange, Presented};

/// Change your own password, with the old one
///
/// This also works if the password must be changed before the next sign-in. An expired temporary password cannot be
/// changed; ask your administrator for a new one. The change ends everything else that could still change the password.
///
/// If operation protection is on, a code is sent to one of your contacts first, unless the change is forced. In a
/// script, the first call sends the code and ends with exit code 9. Repeat the call with --code-stdin and the code on a
/// further line. A correct code covers changes for 15 minutes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain password change acme/alice\n  \
                        printf '%s\\n' \"$old\" \"$new\" | regain password change acme/alice --password-stdin\n  \
                        printf '%s\\n' \"$old\" \"$new\" \"$code\" | regain password change acme/alice --password-stdin --code-stdin")]
pub(in crate::cli) struct Change {
    #[command(flatten)]
    stdin: StdinOptions<true, true>,
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    /// Read the old and the new password from standard input, one per line
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn run(arguments: &Change, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    let env = session.oneself();
    let who = input::who(&env, &arguments.user)?;
    context.printer.speak_to(who.named_as());
    if context.globals.dry_run {
        // Nothing is proven, so nothing about the person is said.
        let effects = vec![
            format!("if the old password is right, the new one takes its place for {who}"),
            "every code, setup token and reset request of theirs ends, and every bound contact is told"
                .into(),
        ];
        return runner::preview(context, Planned::<UserView>::unknown(), &effects, true);
    }
    let lines = arguments.stdin.lines(context);
    let mut lines = lines.with_two(Line::Password, [Line::OldPassword, Line::NewPassword]);
    let (old, new) = if arguments.password_stdin {
        (lines.take(Line::OldPassword)?, lines.take(Line::NewPassword)?)
    } else {
        (None, None)
    };
    let totp = lines.take(Line::Totp)?;
    let old = match old {
        Some(old) => old,
        None => context.ask_password("Old password")?,
    };
    let change = second_factor::with(context, totp.as_ref(), |totp| {
        PasswordChange::begin(&env, &who, &Presented { password: &old, totp })
    })?;
    step_up::satisfy(&session, &env, change.guard(), &mut lines)?;
    let changed = match new {
        Some(new) => change.finish(&env, &new)?,
        None => new_password::of_change(&session, &change)?,
    };
    context.printer.done(&format!("Changed the password of {}.", changed.user().path()));
    Ok(context.printer.written(&UserView::of(changed.user(), env.clock.now()), true)?)
}
