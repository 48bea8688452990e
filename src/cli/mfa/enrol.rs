//! `regain mfa enrol`: a new authenticator.

use std::path::{Path, PathBuf};

use clap::Args;

use super::person::Person;
use super::view::MfaView;
use super::{confirm, person};
use crate::cli::shared::proofs::{Codes, Proofs, one_totp};
use crate::cli::shared::{Failure, Session, protect, secret_output};
use crate::domain::event::Action;
use crate::flow::mfa::{Authority, Enrolment, status};
use crate::flow::{Change, Confirmed, Env, Protected, SignIn};
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
    proofs: Proofs<false>,
    #[command(flatten)]
    person: Person,
    /// Write the secret into a new file, as an otpauth:// address, instead of showing it
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

pub(super) fn run(arguments: &Enrol, session: &Session<'_>) -> Result<(), Failure> {
    let (context, person) = (session.context, &arguments.person);
    let file = arguments.secrets_to.as_deref();
    secret_output::check(file, context)?;
    let effects = ["if the password is right, the secret of a new authenticator is handed out"];
    if person.preview(session, &effects)? {
        return Ok(());
    }
    let mut given = arguments.proofs.read(context, |lines| person.password.read(lines), one_totp)?;
    let password = given.password.take();
    let authority = person.authority(session, password, None, Action::CreateMfa, &mut given.codes)?;
    let env = person.env(session);
    if hand_over(session, &env, &authority, file)? {
        context.printer.one_if_data(&MfaView::from(status(&env, authority.user())?))?;
    }
    Ok(())
}

/// At a sign-in: somebody whose login protection uses an authenticator, and who has none, binds one before they are
/// let in.
pub(in crate::cli) fn to_sign_in(
    session: &Session<'_>,
    env: &Env<'_>,
    protected: Protected,
    codes: &mut Codes<'_>,
) -> Result<SignIn, Failure> {
    let printer = &session.context.printer;
    if !session.context.prompts().are_possible() {
        return Err(protected.without_authenticator(env)?.into());
    }
    printer.tell(
        "Login protection asks for the code of an authenticator, and none is bound. Bind one to go on.",
    );
    let authority = protected.authority();
    if let Some(guard) = authority.guard() {
        protect::settle(session, env, guard, codes)?;
    }
    let enrolment = Enrolment::plan(env, &authority)?;
    let Some(yes) = Confirmed::by(true) else { return Err(Failure::Declined) };
    commit(env, &authority, enrolment, yes, &mut SecretSink::terminal(printer)?)?;
    printer.tell("Two codes in a row bind it. Esc leaves it, and you are not signed in.");
    let user = confirm::ask(session, env, &authority)?;
    confirm::told(session, &user);
    Ok(protected.bound(env, user)?)
}

/// Hands a new secret out, makes it count, and binds it where there is somebody to ask for codes; `false` is a dry run.
fn hand_over(
    session: &Session<'_>,
    env: &Env<'_>,
    authority: &Authority,
    file: Option<&Path>,
) -> Result<bool, Failure> {
    let context = session.context;
    let enrolment = Enrolment::plan(env, authority)?;
    let Some(yes) = person::agreed(session, authority, &enrolment)? else { return Ok(false) };
    let mut sink = secret_output::way_out(file, &context.printer)?;
    let at_terminal = sink.is_terminal();
    let committed = commit(env, authority, enrolment, yes, &mut sink);
    secret_output::close(Some(sink), &context.printer, committed)?;
    let bound = at_terminal && context.prompts().are_possible() && bind(session, env, authority)?;
    if !bound {
        let who = authority.user().path();
        context
            .printer
            .done(&format!("Enrolled an authenticator for {who}. Nothing is asked for before it is bound."));
        context.printer.hint(&format!("bind it with two codes in a row: `regain mfa confirm {who}`"));
    }
    Ok(true)
}

/// Hands the secret out, and makes it count.
fn commit(
    env: &Env<'_>,
    authority: &Authority,
    enrolment: Enrolment,
    yes: Confirmed,
    sink: &mut SecretSink,
) -> Result<(), Failure> {
    let who = authority.user().path();
    sink.hand_out_authenticator(&who, &enrolment.uri(), &enrolment.base32())?;
    secret_output::settle(sink, enrolment.commit(env, yes)).map(drop)
}

/// Binds it at once, unless the person would rather do so later.
fn bind(session: &Session<'_>, env: &Env<'_>, authority: &Authority) -> Result<bool, Failure> {
    session.context.printer.tell("Two codes in a row bind it. Esc leaves that for later.");
    match confirm::ask(session, env, authority) {
        Err(Failure::Ask(AskError::Cancelled)) => Ok(false),
        bound => {
            confirm::told(session, &bound?);
            Ok(true)
        }
    }
}
