//! The arguments, and which of the ways they ask for.

use std::path::PathBuf;

use clap::Args;

use super::run::one;
use crate::cli::shared::batch::{Asked, carry_out};
use crate::cli::shared::input::NoNotify;
use crate::cli::shared::issuance::{self, FirstPassword};
use crate::cli::shared::people::{People, Programmatic, Whom};
use crate::cli::shared::recipients::recipients;
use crate::cli::shared::stdin::is_stdin;
use crate::cli::shared::{Context, Failure, Session, input, secret_output};
use crate::domain::{Channel, Role, Task};
use crate::flow::batch::Work;
use crate::flow::{self, IssueMode, ResetOptions, SecretDestination};
use crate::ui::Prompts;

/// Reset the passwords of users, as their administrator
///
/// The command shows what will happen and asks once for confirmation. A lock stays unless you give --unlock, and an
/// authenticator stays unless you give --remove-mfa. A disabled user stays disabled. Without --ask, --generate, --setup
/// or a password from a pipe or file, it asks which method to use.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain admin-reset acme/bob --setup\n  \
                        regain admin-reset --from people.txt --generate --secrets-to passwords.jsonl\n  \
                        regain admin-reset --account acme --where password=none --setup --dry-run\n  \
                        regain admin-reset acme/bob --setup --remove-mfa --reason 'phone lost'\n  \
                        regain admin-reset acme/bob --setup --dry-run")]
pub(in crate::cli) struct AdminReset {
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    programmatic: Programmatic,
    #[command(flatten)]
    first: FirstPassword,
    /// Require a password change at the next sign-in (the default)
    #[arg(long, conflicts_with = "no_must_change")]
    must_change: bool,
    /// Do not require a password change at the next sign-in
    #[arg(long)]
    no_must_change: bool,
    /// Set how long the password or setup token is valid, such as 24h; at most 7d
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// Also end a lock
    #[arg(long)]
    unlock: bool,
    /// Also remove the authenticator, for a lost phone; with --setup, once the new password is set
    #[arg(long)]
    remove_mfa: bool,
    /// Also reset root users; only for the owner of the store
    #[arg(long = "override")]
    over_root: bool,
    /// Use the challenge that a verified caller answered; for one USER, valid once
    #[arg(long, value_name = "ID", value_parser = input::id())]
    verified_caller: Option<String>,
    #[command(flatten)]
    no_notify: NoNotify,
    /// With --setup, generate a password for users to whom no setup token can be sent
    #[arg(long = "else", value_name = "HOW", value_parser = ["generate"], requires = "setup")]
    otherwise: Option<String>,
    /// Write passwords and setup tokens to a new file that only you can read; with --secrets-for, - is standard output
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
    /// Seal passwords and setup tokens for this age public key, or for the keys in a file; repeatable
    #[arg(long, value_name = "RECIPIENT")]
    secrets_for: Vec<String>,
}

pub(in crate::cli) fn run(arguments: &AdminReset, context: &Context<'_>) -> Result<(), Failure> {
    let (alone, sealed) = (arguments.people.alone(), !arguments.secrets_for.is_empty());
    if !sealed {
        secret_output::no_pipe(arguments.secrets_to.as_deref())?;
    }
    let expires = arguments.expires.as_deref().map(issuance::lifetime).transpose()?;
    judge(arguments, alone && !sealed)?;
    let mut session = context.open_for(arguments.task())?;
    arguments.first.require_terminal(context)?;
    session.suppress_notices(&arguments.no_notify)?;
    let recipients = recipients(&arguments.secrets_for, context)?;
    let whom = arguments.people.read_for_passwords(&session, &arguments.programmatic)?;
    let mode = match arguments.first.mode() {
        Some(mode) => mode,
        None => chosen(&session, &whom)?,
    };
    let file = arguments.secrets_to.as_deref();
    let destination =
        if sealed { SecretDestination::File } else { secret_output::destination(file, &context.printer) };
    let options = ResetOptions {
        mode,
        must_change: !arguments.no_must_change,
        expires,
        unlock: arguments.unlock,
        remove_mfa: arguments.remove_mfa,
        over_root: arguments.over_root,
        destination,
        otherwise: arguments.otherwise.is_some().then_some(IssueMode::Generate),
        verified_caller: arguments.verified_caller.clone(),
    };
    if let (Whom::One(only), false) = (&whom, sealed) {
        return one(&session, only, options, &arguments.first, file);
    }
    if sealed && file.is_some_and(is_stdin) {
        context.printer.results_aside();
    }
    let args = &arguments.people.batch;
    let order = session.order(Work::ResetPassword(options), args.atomic).with_secrets_to(file);
    let asked = Asked::of(&whom, args, "admin-reset", order, recipients);
    carry_out(&session, &asked, file)
}

/// Refuses options that make no sense together.
fn judge(arguments: &AdminReset, alone: bool) -> Result<(), Failure> {
    if arguments.first.mode() == Some(IssueMode::Given) && !alone {
        return Err(Failure::usage_with(
            "a password that is asked for or given is for one USER",
            "use --generate or --setup for several people",
        ));
    }
    if arguments.first.mode() == Some(IssueMode::Setup)
        && arguments.no_must_change
        && arguments.otherwise.is_none()
    {
        return Err(Failure::usage_with(
            "with a setup token people choose the password themselves, so --no-must-change has no effect",
            "leave --no-must-change out",
        ));
    }
    if arguments.verified_caller.is_some() && !alone {
        return Err(Failure::usage_with(
            "--verified-caller is for one USER",
            "a caller was verified as one person; reset the others without it",
        ));
    }
    Ok(())
}

impl AdminReset {
    /// What it is that a role may do or not.
    fn task(&self) -> Task {
        match (self.first.mode(), &self.otherwise) {
            (Some(IssueMode::Given | IssueMode::Generate), _) | (_, Some(_)) => Task::SetPassword,
            (Some(IssueMode::Setup) | None, None) => Task::SendSetupLink,
        }
    }
}

const SETUP: (&str, IssueMode) = ("They set it themselves, with a one-time setup token", IssueMode::Setup);
const GENERATE: (&str, IssueMode) = ("Generate one, to be changed at the next sign-in", IssueMode::Generate);
const ASK: (&str, IssueMode) = ("Type one now, to be changed at the next sign-in", IssueMode::Given);

/// Asks which way: the person's own for someone with a verified email, a generated one for the contactless. An
/// administrator should start a reset, not know the password (domain.md).
fn chosen(session: &Session<'_>, whom: &Whom) -> Result<IssueMode, Failure> {
    let context = session.context;
    if session.actor.role == Role::Support {
        return Ok(IssueMode::Setup);
    }
    if !context.prompts().are_possible() {
        return Err(Failure::usage_with(
            "say how the password is reset",
            "one of --setup, --generate, --ask or --password-stdin",
        ));
    }
    let mut ways = vec![SETUP, GENERATE];
    if let Whom::One(only) = whom {
        let env = session.operating();
        let user = flow::require(&env, &input::who(&env, &only.text)?, Task::SendSetupLink)?;
        if user.contact(Channel::Email).is_none_or(|email| email.verified_at.is_none()) {
            ways = vec![GENERATE, SETUP];
        }
        ways.push(ASK);
    }
    let items: Vec<&str> = ways.iter().map(|(text, _)| *text).collect();
    let select = |prompts: &Prompts<'_>| prompts.select("How is the new password set?", &items);
    let at = context.ask("--setup, --generate or --ask", select)?;
    let (_, mode) = ways.get(at).copied().unwrap_or(SETUP);
    Ok(mode)
}
