//! `regain mfa remove`: taking an authenticator away.

use clap::Args;

use super::person::{self, Person};
use super::view::MfaView;
use crate::cli::shared::no_notify::NoNotify;
use crate::cli::shared::proofs::{Proofs, one_totp};
use crate::cli::shared::{Failure, Session};
use crate::domain::event::Action;
use crate::flow::Change;
use crate::flow::mfa::{Removal, status};

/// Take an authenticator away: for a lost phone, or before another one is enrolled
///
/// By an administrator; or by the person with their password and a code of it, unless login protection uses it. A
/// password that is too short without MFA must be changed at the next sign-in.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain mfa remove acme/alice --reason 'phone lost' --ticket T-1042")]
pub(in crate::cli) struct Remove {
    #[command(flatten)]
    proofs: Proofs<true>,
    #[command(flatten)]
    person: Person,
    #[command(flatten)]
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Remove, session: &mut Session<'_>) -> Result<(), Failure> {
    arguments.person.suppress_notices(&arguments.no_notify, session)?;
    let session = &*session;
    let (context, person) = (session.context, &arguments.person);
    if person
        .preview(session, &["if password and code are right, the authenticator is no longer asked for"])?
    {
        return Ok(());
    }
    let mut given = arguments.proofs.read(context, |lines| person.password.read(lines), one_totp)?;
    let password = given.password.take();
    let authority =
        person.authority(session, password, given.totp.as_ref(), Action::UnbindMfa, &mut given.codes)?;
    let env = person.env(session);
    let removal = Removal::plan(&env, &authority)?;
    let Some(yes) = person::agreed(session, &authority, &removal)? else { return Ok(()) };
    let user = removal.commit(&env, yes)?;
    context.printer.done(&format!("Took the authenticator of {} away.", user.path()));
    Ok(context.printer.one_if_data(&MfaView::from(status(&env, &user)?))?)
}
