//! `regain request …`: a forgotten password, one step a command, for portals and scripts. Each step prints the
//! request.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::context::{Context, Session};
use super::disown;
use super::failure::Failure;
use super::input::{self, Lines, PasswordSource, TotpSource};
use super::second;
use crate::domain::address::Channel;
use crate::domain::captcha::{png, work};
use crate::domain::operator::Task;
use crate::domain::request::{Method, State};
use crate::domain::secret::Secret;
use crate::flow::reset::{self, RequestView};
use crate::flow::{self, FlowError, Refusal};

/// A forgotten password, one step a command: for portals and scripts.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open a request for a person
    Start(Start),
    /// Show a CAPTCHA, or answer it
    Captcha(Captcha),
    /// Send a code
    Send(Send),
    /// Enter the code, and the one of an authenticator where the state is `second`
    Verify(Verify),
    /// Set the new password
    SetPassword(SetPassword),
    /// Show a request
    Show(Named),
    /// Give a request up
    Cancel(Named),
    Disown(disown::Disown),
    /// List a person's requests (operators)
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The request
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain request start acme/alice -o json")]
pub(super) struct Start {
    /// The person: acme/alice, acme/alice@example.com, acme, alice@example.com, +4915112345678
    #[arg(value_name = "USER")]
    user: String,
    /// The serial number of your approved appeal
    #[arg(long, value_name = "SERIAL")]
    appeal: Option<String>,
    /// The client's address, as a portal that the config trusts knows it
    #[arg(long, value_name = "ADDRESS")]
    source: Option<String>,
}

/// Without an answer, a new CAPTCHA is shown: a picture on the terminal, or in a file. The answer is either the
/// picture's characters, or the number of the proof of work that stands in the JSON: the smallest effort is to
/// count N up from 0 until SHA-256 of "CHALLENGE:N" begins with BITS zero bits, and to answer N.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain request captcha req_… --png captcha.png\n  \
                        echo K7MX3 | regain request captcha req_… --answer-stdin\n  \
                        regain request captcha req_… --work")]
pub(super) struct Captcha {
    #[command(flatten)]
    named: Named,
    /// Write the picture into a new file, or with - to standard output in place of the request
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Read the answer from standard input, a line
    #[arg(long, conflicts_with = "png")]
    answer_stdin: bool,
    /// Do the proof of work, here and now
    #[arg(long, conflicts_with_all = ["png", "answer_stdin"])]
    work: bool,
}

#[derive(Debug, Args)]
pub(super) struct Send {
    #[command(flatten)]
    named: Named,
    /// How the person proves who they are
    #[arg(long, value_name = "METHOD")]
    method: MethodArgument,
    /// The full address, for the methods email and mobile; it must be the one that is bound
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MethodArgument {
    Email,
    Mobile,
    Account,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    totp: TotpSource,
    #[command(flatten)]
    named: Named,
    /// Read the code from standard input, a line
    #[arg(long)]
    code_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct SetPassword {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    password: PasswordSource,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
}

pub(super) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    if !matches!(command, Command::Show(_) | Command::List(_) | Command::Disown(_)) {
        context.no_dry_run()?;
    }
    let mut session = context.open()?;
    let view = match command {
        Command::Start(arguments) => {
            session.trust_source(arguments.source.as_deref())?;
            let who = input::who(&arguments.user)?;
            match &arguments.appeal {
                Some(serial) => reset::start_with_appeal(&session.oneself(), &who, serial)?,
                None => reset::start(&session.oneself(), &who)?,
            }
        }
        Command::Captcha(arguments) => {
            let view = captcha(&arguments, &session)?;
            if arguments.png.as_deref() == Some(Path::new("-")) {
                return Ok(());
            }
            view
        }
        Command::Send(arguments) => send(&arguments, &session)?,
        Command::Verify(arguments) => verify(&arguments, &session)?,
        Command::SetPassword(arguments) => set_password(&arguments, &session)?,
        Command::Show(named) => reset::show(&session.oneself(), &named.id)?,
        Command::Cancel(named) => reset::cancel(&session.oneself(), &named.id)?,
        Command::Disown(arguments) => return disown::run(&arguments, &mut session),
        Command::List(arguments) => return list(&arguments, &session),
    };
    Ok(context.printer.one(&view)?)
}

fn captcha(arguments: &Captcha, session: &Session<'_>) -> Result<RequestView, Failure> {
    let (id, env) = (&arguments.named.id, session.oneself());
    let context = session.context;
    if arguments.png.as_deref().is_some_and(|path| path != Path::new("-")) {
        context.own_file("use --png - and redirect it")?;
    }
    if arguments.answer_stdin {
        let answer = Lines::of(context).only("answer")?;
        return Ok(reset::answer_captcha(&env, id, answer.expose())?);
    }
    let view = reset::show(&env, id)?;
    if arguments.work {
        return Ok(match &view.captcha {
            Some(captcha) => {
                let solution = work::solve(&captcha.challenge, captcha.bits);
                reset::answer_captcha(&env, id, &solution.to_string())?
            }
            None => reset::answer_captcha(&env, id, "")?,
        });
    }
    if view.captcha.as_ref().is_some_and(|captcha| !captcha.picture) {
        return Ok(view);
    }
    let (view, picture) = reset::show_captcha(&env, id)?;
    match &arguments.png {
        Some(path) => {
            let bytes = png(&picture).map_err(|error| Failure::Internal { message: error.to_string() })?;
            write_picture(path, &bytes, session)?;
        }
        None if context.printer.format() == crate::ui::Format::Table => context.printer.picture(&picture),
        None => {}
    }
    Ok(view)
}

/// Into a new file of the caller's.
fn write_picture(path: &Path, bytes: &[u8], session: &Session<'_>) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Ok(session.context.printer.bytes(bytes)?);
    }
    match crate::os::write_new(path, bytes) {
        Err(error) if error.is_in_the_way() => {
            Err(FlowError::from(Refusal::InTheWay(path.display().to_string())).into())
        }
        other => Ok(other?),
    }
}

fn send(arguments: &Send, session: &Session<'_>) -> Result<RequestView, Failure> {
    let (method, channel) = match arguments.method {
        MethodArgument::Email => (Method::Email, Some(Channel::Email)),
        MethodArgument::Mobile => (Method::Mobile, Some(Channel::Mobile)),
        MethodArgument::Account => (Method::Account, None),
    };
    let address = match (channel, &arguments.address) {
        (Some(channel), Some(text)) => Some(input::address(channel, text)?),
        (None, None) => None,
        (Some(_), None) => {
            return Err(Failure::usage_with(
                "this method needs the full address",
                "give it with --address; only the one that is bound receives a code",
            ));
        }
        (None, Some(_)) => return Err(Failure::usage("the method account takes no --address")),
    };
    let view = reset::send(&session.oneself(), &arguments.named.id, method, address.as_ref())?;
    // Told to everyone alike: only somebody without a contact needs it, and nobody may be told that they are.
    session.context.printer.note(&session.config.settings.help.administrator_text);
    Ok(view)
}

/// The code that was sent, then the one of an authenticator where it is asked. Both can come at once; the second
/// is not looked at where it is not asked.
fn verify(arguments: &Verify, session: &Session<'_>) -> Result<RequestView, Failure> {
    let (id, env) = (&arguments.named.id, session.oneself());
    let mut lines = Lines::of(session.context);
    let (typed, totp) = arguments.totp.beside(&mut lines, |lines| {
        if arguments.code_stdin { lines.next("code").map(Some) } else { Ok(None) }
    })?;
    lines.end()?;
    let totp = totp.as_ref().map(second::well_formed).transpose()?;
    if let (None, Some(totp)) = (&typed, &totp) {
        return Ok(reset::second(&env, id, totp)?);
    }
    let prompts = session.context.prompts();
    if typed.is_none() && reset::show(&env, id)?.state == State::Second {
        let totp = prompts.ask_totp(second::PROMPT);
        return Ok(reset::second(&env, id, &totp.map_err(|e| Failure::unanswered(e, second::OPTION))?)?);
    }
    let typed = match typed {
        Some(typed) => typed,
        None => {
            Secret::new(prompts.ask_line("Code", None).map_err(|e| Failure::unanswered(e, "--code-stdin"))?)
        }
    };
    let length = session.config.settings.codes.length;
    let digits = input::digits(&typed, length)?;
    let view = reset::verify(&env, id, &digits)?;
    match totp {
        Some(totp) if view.state == State::Second => Ok(reset::second(&env, id, &totp)?),
        _ => Ok(view),
    }
}

fn set_password(arguments: &SetPassword, session: &Session<'_>) -> Result<RequestView, Failure> {
    let password = match arguments.password.read_only(session.context)? {
        Some(password) => password,
        None => session
            .context
            .prompts()
            .ask_new_secret("New password", "New password again")
            .map_err(|error| Failure::unanswered(error, "--password-stdin"))?,
    };
    Ok(reset::set_password(&session.oneself(), &arguments.named.id, &password)?)
}

fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let user = flow::require(&env, &input::who(&arguments.user)?, Task::ReadCodes)?;
    let requests = reset::list(&env, &user)?;
    Ok(session.context.printer.list(requests, "There is no request.")?)
}
