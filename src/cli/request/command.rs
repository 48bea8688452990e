//! `regain request …`: a forgotten password, one step a command, for portals and scripts. Each step prints the
//! request.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::disown;
use crate::cli::password::reset::offer_mfa;
use crate::cli::shared::input::{Lines, PasswordSource, TotpSource};
use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Context, Failure, Session, input, second_factor};
use crate::domain::address::Channel;
use crate::domain::captcha::{png, work};
use crate::domain::operator::{Role, Task};
use crate::domain::request::{Method, Proof, Purpose, State};
use crate::domain::secret::Secret;
use crate::flow::reset::{self, RequestView};
use crate::flow::{self, Refusal, register};

/// A forgotten password, one step a command: for portals and scripts.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Open a request for a person
    Start(Start),
    /// Open a request for a new unified ID
    Register(Register),
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
    /// List your open requests, or those of a person (operators)
    List(List),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// The request
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain request start acme/alice -o json")]
pub(in crate::cli) struct Start {
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

/// A person registers a new unified ID; the steps after it are those of a forgotten password. The code goes to the
/// number, which becomes the security phone number. A new ID cannot use what another ID owns: say so before.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain request register alice --mobile +4915112345678 -o json")]
pub(in crate::cli) struct Register {
    /// The login ID: 1 to 64 letters, digits, spaces, dots, hyphens and underscores
    #[arg(value_name = "NAME")]
    name: String,
    /// The mobile number, such as +4915112345678
    #[arg(long, value_name = "NUMBER")]
    mobile: String,
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
pub(in crate::cli) struct Captcha {
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
pub(in crate::cli) struct Send {
    #[command(flatten)]
    named: Named,
    /// How the person proves who they are; not needed where the request was started with an address
    #[arg(long, value_name = "METHOD")]
    method: Option<MethodArgument>,
    /// The full address, for the methods email and mobile, unless it was given at the start; it must be the one that
    /// is bound
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
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    totp: TotpSource,
    #[command(flatten)]
    named: Named,
    /// Read the code from standard input, a line
    #[arg(long)]
    code_stdin: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SetPassword {
    #[command(flatten)]
    named: Named,
    /// For a registration: another login ID, in place of one that is taken
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The person; without one, what you began here and can go on with
    #[arg(value_name = "USER")]
    user: Option<String>,
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    if !matches!(command, Command::Show(_) | Command::List(_) | Command::Disown(_)) {
        context.no_dry_run()?;
    }
    let mut session = context.open()?;
    let sends = matches!(command, Command::Send(_));
    let begins = matches!(command, Command::Start(_) | Command::Captcha(_));
    let view = match command {
        Command::Start(arguments) => {
            session.trust_source(arguments.source.as_deref())?;
            let who = input::who(&arguments.user)?;
            match &arguments.appeal {
                Some(serial) => reset::start_with_appeal(&session.oneself(), &who, serial)?,
                None => reset::start(&session.oneself(), &who)?,
            }
        }
        Command::Register(arguments) => {
            session.trust_source(arguments.source.as_deref())?;
            let name = input::account(&arguments.name)?;
            let mobile = input::address(Channel::Mobile, &arguments.mobile)?;
            register::start(&session.oneself(), &name, &mobile)?
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
        Command::Show(named) => {
            // An operator looks at a request of somebody else's, and is recorded by name.
            let stranger = session.actor.role == Role::Stranger;
            let env = if stranger { session.oneself() } else { session.operating() };
            reset::show(&env, &named.id)?
        }
        Command::Cancel(named) => reset::cancel(&session.oneself(), &named.id)?,
        Command::Disown(arguments) => return disown::run(&arguments, &mut session),
        Command::List(arguments) => return list(&arguments, &session),
    };
    if view.purpose == Purpose::Reset && (sends || begins && view.state == State::Method) {
        tell_everyone(&session, sends);
    }
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
    Ok(crate::os::write_new(path, bytes)?)
}

fn send(arguments: &Send, session: &Session<'_>) -> Result<RequestView, Failure> {
    let (method, channel) = match arguments.method {
        Some(MethodArgument::Email) => (Some(Method::Email), Some(Channel::Email)),
        Some(MethodArgument::Mobile) => (Some(Method::Mobile), Some(Channel::Mobile)),
        Some(MethodArgument::Account) => (Some(Method::Account), None),
        None => (None, None),
    };
    let address = match (channel, &arguments.address) {
        (Some(channel), Some(text)) => Some(input::address(channel, text)?),
        (_, None) => None,
        (None, Some(_)) if method.is_some() => {
            return Err(Failure::usage("the method account takes no --address"));
        }
        (None, Some(_)) => return Err(Failure::usage("say with --method what the --address is")),
    };
    Ok(reset::send(&session.oneself(), &arguments.named.id, method, address.as_ref())?)
}

/// Told to everyone alike, before a method is chosen and after a code was sent: only somebody without a contact needs it,
/// and nobody may be told that they are.
fn tell_everyone(session: &Session<'_>, sent: bool) {
    let (printer, settings) = (&session.context.printer, &session.config.settings);
    printer.note(&settings.help.administrator_text);
    if sent {
        printer.note(&format!(
            "If no code comes, the account may be invalid or not supported: check the name, or {}.",
            Kind::Anyone.create(settings)
        ));
    }
    printer.note("Why a code may not come: `regain faq codes`.");
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
    let totp = totp.as_ref().map(second_factor::well_formed).transpose()?;
    if let (None, Some(totp)) = (&typed, &totp) {
        return Ok(reset::second(&env, id, totp)?);
    }
    let prompts = session.context.prompts();
    if typed.is_none() && asks_for_totp(&reset::show(&env, id)?) {
        let totp = prompts.ask_totp(second_factor::PROMPT);
        return Ok(reset::second(
            &env,
            id,
            &totp.map_err(|e| Failure::unanswered(e, second_factor::OPTION))?,
        )?);
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
        Some(totp) if asks_for_totp(&view) => Ok(reset::second(&env, id, &totp)?),
        _ => {
            one_more_proof(session, &view);
            Ok(view)
        }
    }
}

fn asks_for_totp(view: &RequestView) -> bool {
    view.proofs.as_ref().is_some_and(|proofs| proofs.contains(&Proof::Totp))
}

/// What to do next on a device that is not known. Only whoever entered a right code gets to hear it.
fn one_more_proof(session: &Session<'_>, view: &RequestView) {
    let printer = &session.context.printer;
    let id = &view.id;
    match view.proofs.as_deref() {
        None | Some([Proof::Totp, ..]) => {}
        Some([]) => {
            printer.note(&format!("{}.", sentence_case(&Refusal::NoOtherProof.to_string())));
            for hint in Refusal::NoOtherProof.hints() {
                printer.hint(&hint);
            }
        }
        Some([proof, ..]) => {
            printer.note("This is not a device you often sign in from, so one more proof is needed.");
            printer.hint(&format!(
                "`regain request send {id} --method {proof} --address ADDRESS`, then verify again"
            ));
        }
    }
}

/// A fragment as a sentence begins.
fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
    let (env, id) = (session.oneself(), &arguments.named.id);
    if let Some(name) = &arguments.name {
        register::rename(&env, id, &input::account(name)?)?;
    }
    let view = reset::set_password(&env, id, &password)?;
    if let Some(finisher) = reset::finished_by(&env, id)? {
        offer_mfa(session, &finisher);
    }
    Ok(view)
}

fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let requests = match &arguments.user {
        Some(user) => {
            let env = session.operating();
            let user = flow::require(&env, &input::who(user)?, Task::ReadCodes)?;
            reset::list(&env, &user)?
        }
        None => reset::list_own(&session.oneself())?,
    };
    Ok(session.context.printer.list(requests, "There is no request.")?)
}
