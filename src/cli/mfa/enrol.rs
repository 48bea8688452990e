//! `regain mfa enrol`: a new authenticator.

use std::path::{Path, PathBuf};

use clap::Args;

use super::confirm;
use crate::cli::shared::person::Person;
use crate::cli::shared::runner::Consent;
use crate::cli::shared::stdin::{Lines, StdinOptions};
use crate::cli::shared::{Failure, Planned, Session, runner, secret_output, step_up};
use crate::domain::mfa::Stage;
use crate::domain::{Action, Task};
use crate::flow::mfa::{Authority, Enrolment, MfaStatus, status};
use crate::flow::{Change, Env, Protected, SignIn};
use crate::guidance::notes;
use crate::ui::{AskError, SecretSink};

/// Enrol an authenticator; its secret is shown once, as a QR code and as a key
///
/// An administrator can do this, or the user with their password. The authenticator is bound once you enter two
/// consecutive codes: in a terminal at once, or later with `regain mfa confirm`. A user can have only one, so remove a
/// bound authenticator first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain mfa enrol acme/alice\n  \
                        regain mfa enrol acme/alice --secrets-to alice.jsonl -y\n  \
                        printf '%s\\n' \"$password\" | regain mfa enrol acme/alice --password-stdin --secrets-to mine.jsonl")]
pub(in crate::cli) struct Enrol {
    #[command(flatten)]
    stdin: StdinOptions<false, true>,
    #[command(flatten)]
    person: Person,
    /// Write the secret to a new file, as an otpauth:// address, instead of showing it
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

pub(super) fn run(arguments: &Enrol, session: &Session<'_>) -> Result<(), Failure> {
    let (context, person) = (session.context, &arguments.person);
    person.judge_role(session, Task::ManageMfa)?;
    let file = arguments.secrets_to.as_deref();
    secret_output::check(file, context)?;
    let effect = "if the password is right, the secret of a new authenticator is handed out";
    if person.preview::<MfaStatus>(session, effect, Task::ManageMfa)? {
        return Ok(());
    }
    let mut lines = arguments.stdin.lines(context);
    let authority = person.mfa_authority(session, &mut lines, Action::CreateMfa)?;
    let env = person.env(session, Task::ManageMfa);
    let consent = Consent::of(&authority);
    let Some(at_terminal) = enrol(session, &env, &authority, consent, file)? else { return Ok(()) };
    // Bound at once where there is somebody to ask for codes.
    if !(at_terminal && context.prompts().are_possible() && bind(session, &env, &authority)?) {
        let who = authority.user().path();
        context.printer.done(&format!(
            "Enrolled an authenticator for {who}. Its codes are not asked for until it is bound."
        ));
        context.printer.hint(&notes::confirm_authenticator(&who));
    }
    Ok(context.printer.written(&status(&env, authority.user())?, true)?)
}

/// At a sign-in: somebody whose login protection uses an authenticator, and who has none, binds one before they are
/// let in.
pub(in crate::cli) fn to_sign_in(
    session: &Session<'_>,
    env: &Env<'_>,
    protected: Protected,
    lines: &mut Lines<'_>,
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
        step_up::satisfy(session, env, guard, lines)?;
    }
    enrol(session, env, &authority, Consent::Implied, None)?;
    printer.tell("Two codes in a row bind it. Press Esc to cancel without signing in.");
    let user = confirm::ask(session, env, &authority)?;
    confirm::told(session, &user);
    Ok(protected.bound(env, user)?)
}

/// Hands a new secret out and makes it count. `None` is a dry run; else, whether it was shown on the terminal.
fn enrol(
    session: &Session<'_>,
    env: &Env<'_>,
    authority: &Authority,
    consent: Consent,
    file: Option<&Path>,
) -> Result<Option<bool>, Failure> {
    let context = session.context;
    let enrolment = Enrolment::plan(env, authority)?;
    let effects = enrolment.effects();
    if context.globals.dry_run {
        let enrolled = MfaStatus { stage: Stage::Enrolled, ..status(env, authority.user())? };
        runner::preview(context, Planned::of(enrolled).but(&["enrolled_at"]), &effects, true)?;
        return Ok(None);
    }
    let yes = runner::agree(context, consent, &effects, None)?;
    let mut sink = secret_output::create(file, &context.printer)?;
    let at_terminal = sink.is_terminal();
    let (who, uri, key) = (authority.user().path(), enrolment.uri(), enrolment.base32());
    let hand_out = |sink: &mut SecretSink| sink.hand_out_authenticator(&who, &uri, &key);
    let committed = secret_output::then_commit(&mut sink, hand_out, || enrolment.commit(env, yes));
    secret_output::close(Some(sink), &context.printer, committed)?;
    Ok(Some(at_terminal))
}

/// Binds it at once, unless the person would rather do so later.
fn bind(session: &Session<'_>, env: &Env<'_>, authority: &Authority) -> Result<bool, Failure> {
    session.context.printer.tell("Two codes in a row bind it. Press Esc to do that later.");
    match confirm::ask(session, env, authority) {
        Err(Failure::Ask(AskError::Cancelled | AskError::Back)) => Ok(false),
        bound => {
            confirm::told(session, &bound?);
            Ok(true)
        }
    }
}
