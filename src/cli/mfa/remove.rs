//! `regain mfa remove`: taking an authenticator away.

use clap::Args;

use crate::cli::shared::batch::several;
use crate::cli::shared::input::NoNotify;
use crate::cli::shared::people::{People, Whom};
use crate::cli::shared::person::{Person, judge_role};
use crate::cli::shared::runner::{self, Consent};
use crate::cli::shared::stdin::{PasswordSource, StdinOptions};
use crate::cli::shared::{Failure, Planned, Session};
use crate::domain::mfa::Stage;
use crate::domain::{Action, Task};
use crate::flow::AboutUser;
use crate::flow::batch::Work;
use crate::flow::mfa::{MfaStatus, Removal, status};

/// Remove authenticators, for a lost phone or before you enrol another one
///
/// An administrator can do this, also for several users. The user can do it with their password and a code of the authenticator, unless login
/// protection uses it. A password that is too short without MFA must be changed at the next sign-in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain mfa remove acme/alice --reason 'phone lost' --ticket T-1042\n  \
                        regain mfa remove --from people.txt --dry-run")]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    stdin: StdinOptions<true, true>,
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    password: PasswordSource,
    #[command(flatten)]
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Remove, session: &mut Session<'_>) -> Result<(), Failure> {
    let (people, password) = (&arguments.people, &arguments.password);
    if people.alone() {
        judge_role(session, Task::ManageMfa, password)?;
    } else if password.is_given() {
        return Err(Failure::usage_with(
            "a password is for one USER, who acts for themself",
            "leave it out; an administrator needs none",
        ));
    } else {
        session.operating().authorize(Task::ManageMfa, None)?;
    }
    match people.read(session)? {
        Whom::One(named) => one(arguments, &Person::named(&named.text, password), session),
        whom => {
            session.suppress_notices(&arguments.no_notify)?;
            several(session, &whom, &people.batch, "mfa remove", Work::RemoveMfa)
        }
    }
}

fn one(arguments: &Remove, person: &Person, session: &mut Session<'_>) -> Result<(), Failure> {
    person.suppress_notices(&arguments.no_notify, session)?;
    let session = &*session;
    let context = session.context;
    let effect = "if password and code are right, the authenticator is no longer asked for";
    if person.preview::<MfaStatus>(session, effect, Task::ManageMfa)? {
        return Ok(());
    }
    let mut lines = arguments.stdin.lines(context);
    let authority = person.mfa_authority(session, &mut lines, Action::UnbindMfa)?;
    let env = person.env(session, Task::ManageMfa);
    let (consent, removal) = (Consent::of(&authority), Removal::plan(&env, authority)?);
    let without =
        MfaStatus { stage: Stage::None, enrolled_at: None, bound_at: None, ..status(&env, removal.user())? };
    let Some((user, changed)) = runner::run_by(context, &env, consent, Planned::of(without), removal)? else {
        return Ok(());
    };
    if changed {
        context.printer.done(&format!("Removed the authenticator of {}.", user.path()));
    }
    Ok(context.printer.written(&status(&env, &user)?, changed)?)
}
