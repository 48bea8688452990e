//! `regain mfa confirm`: two codes in a row.

use clap::Args;

use super::person::Person;
use super::view::MfaView;
use crate::cli::shared::no_notify::NoNotify;
use crate::cli::shared::proofs::{Proofs, two_totps};
use crate::cli::shared::{Failure, Session, second_factor};
use crate::domain::event::Action;
use crate::domain::mfa::Fault;
use crate::domain::secret::Secret;
use crate::domain::user::User;
use crate::flow::mfa::{Authority, confirm, status};
use crate::flow::{Denial, Env, FlowError};

/// Bind an enrolled authenticator with two codes in a row
///
/// The code that it shows, and the one that follows half a minute later. From then on its code is asked at every
/// sign-in and in every reset of the password. The two codes are used with it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain mfa confirm acme/alice\n  \
                  printf '%s\\n' \"$first\" \"$second\" | regain mfa confirm acme/alice --totp-stdin")]
pub(in crate::cli) struct Confirm {
    #[command(flatten)]
    proofs: Proofs<true>,
    #[command(flatten)]
    person: Person,
    #[command(flatten)]
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Confirm, session: &mut Session<'_>) -> Result<(), Failure> {
    arguments.person.suppress_notices(&arguments.no_notify, session)?;
    let session = &*session;
    let (context, person) = (session.context, &arguments.person);
    if context.globals.dry_run {
        let effects =
            vec!["if the two codes are right, the authenticator is bound, and asked for from then on".into()];
        return crate::cli::shared::carry_out::preview(context, effects);
    }
    let mut given = arguments.proofs.read(context, |lines| person.password.read(lines), two_totps)?;
    let codes = match given.totp.take() {
        Some((first, second)) => {
            Some((second_factor::well_formed(&first)?, second_factor::well_formed(&second)?))
        }
        None => None,
    };
    let password = given.password.take();
    let authority = person.authority(session, password, None, Action::BindMfa, &mut given.codes)?;
    let env = person.env(session);
    let user = match codes {
        Some((first, second)) => confirm(&env, &authority, &first, &second)?,
        None => ask(session, &env, &authority)?,
    };
    told(session, &user);
    Ok(context.printer.one_if_data(&MfaView::from(status(&env, &user)?))?)
}

/// The word of success.
pub(super) fn told(session: &Session<'_>, user: &User) {
    let bound = format!("Bound the authenticator of {}; its code is asked for from now on.", user.path());
    session.context.printer.done(&bound);
}

/// Asks for two codes in a row until they are.
pub(super) fn ask(session: &Session<'_>, env: &Env<'_>, authority: &Authority) -> Result<User, Failure> {
    let (printer, prompts) = (&session.context.printer, session.context.prompts());
    let asked = |prompt| -> Result<Secret, Failure> {
        prompts.ask_totp(prompt).map_err(|error| Failure::unanswered(error, second_factor::OPTION))
    };
    loop {
        let first = asked("Code that the authenticator shows now")?;
        let second = asked("The next code, half a minute later")?;
        match confirm(env, authority, &first, &second) {
            Err(FlowError::Denied(denial @ Denial::Totp(fault))) if fault != Fault::Spent => {
                let failure = Failure::from(FlowError::from(denial));
                printer.tell(&format!("Not accepted: {failure}."));
                for hint in failure.hints() {
                    printer.tell(&format!("  {hint}"));
                }
            }
            Err(other) => return Err(other.into()),
            Ok(user) => return Ok(user),
        }
    }
}
