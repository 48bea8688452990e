//! `regain mfa enrol`: a new authenticator.

use std::path::PathBuf;

use clap::Args;

use super::confirm;
use super::person::{self, Person};
use crate::cli::context::Session;
use crate::cli::failure::Failure;
use crate::cli::input::Lines;
use crate::cli::views::MfaView;
use crate::domain::event::Action;
use crate::flow::Change;
use crate::flow::mfa::{Authority, Enrolment, status};
use crate::ui::{AskError, SecretSink};

/// Enrol an authenticator: its secret is shown once, as a QR code and as a key to type
///
/// By an administrator, or by the person with their password. It counts once two codes in a row were given, which
/// a terminal asks for at once, and `regain mfa confirm` at any time. Nobody has two: a bound one is removed first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain mfa enrol acme/alice\n  \
                        regain mfa enrol acme/alice --secrets-to alice.jsonl -y\n  \
                        printf '%s\\n' \"$password\" | regain mfa enrol acme/alice --password-stdin --secrets-to mine.jsonl")]
pub(in crate::cli) struct Enrol {
    #[command(flatten)]
    person: Person,
    /// Write the secret into a new file, as an otpauth:// address, instead of showing it
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

pub(super) fn run(arguments: &Enrol, session: &Session<'_>) -> Result<(), Failure> {
    let (context, person) = (session.context, &arguments.person);
    let file = arguments.secrets_to.as_deref();
    SecretSink::check(file, &context.printer)?;
    let effects = ["if the password is right, the secret of a new authenticator is handed out"];
    if person.preview(session, &effects)? {
        return Ok(());
    }
    let password = person.password.read(&mut Lines::of(context))?;
    let authority = person.authority(session, password, None, Action::CreateMfa)?;
    let env = person.env(session);
    let enrolment = Enrolment::plan(&env, &authority)?;
    let Some(yes) = person::agreed(session, &authority, &enrolment)? else { return Ok(()) };
    let mut sink = SecretSink::open(file, &context.printer)?;
    let who = authority.user().path();
    sink.hand_out_authenticator(&who, &enrolment.uri(), &enrolment.base32())?;
    if let Err(error) = enrolment.commit(&env, yes) {
        sink.undo_last()?;
        return Err(error.into());
    }
    context
        .printer
        .done(&format!("Enrolled an authenticator for {who}. Nothing is asked for before it is bound."));
    let bound = sink.is_terminal() && context.prompts().are_possible() && bind(session, person, &authority)?;
    if !bound {
        context.printer.hint(&format!("bind it with two codes in a row: `regain mfa confirm {who}`"));
    }
    Ok(context.printer.one_if_data(&MfaView::from(status(&env, authority.user())?))?)
}

/// Binds it at once, unless the person would rather do so later.
fn bind(session: &Session<'_>, person: &Person, authority: &Authority) -> Result<bool, Failure> {
    session.context.printer.tell("Two codes in a row bind it. Esc leaves that for later.");
    match confirm::ask(session, &person.env(session), authority) {
        Err(Failure::Ask(AskError::Cancelled)) => Ok(false),
        bound => {
            confirm::told(session, &bound?);
            Ok(true)
        }
    }
}
