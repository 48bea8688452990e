//! `regain contact …`

use clap::{Args, Subcommand};

use super::change;
use crate::cli::shared::input::{Lines, OneAddress};
use crate::cli::shared::no_notify::Notices;
use crate::cli::shared::runner;
use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Context, Failure, Session, input, protect};
use crate::domain::address::{Address, Channel};
use crate::domain::code::parse_typed;
use crate::domain::operator::Task;
use crate::domain::shell;
use crate::domain::user::User;
use crate::flow::{self, BindContact, Denial, FlowError, UnbindContact};

/// Email addresses and mobile numbers that codes go to.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Bind a contact: one a channel, in place of the one before
    Bind(Bind),
    /// Enter the code that was sent to a contact when it was bound
    Verify(Verify),
    /// List a person's contacts, masked
    List(List),
    /// Take a contact away
    Unbind(Unbind),
    Change(change::Change),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain contact bind acme/alice --email alice@example.com --verified")]
pub(in crate::cli) struct Bind {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    address: OneAddress,
    /// You vouch for it: no code is sent
    #[arg(long)]
    verified: bool,
    #[command(flatten)]
    notices: Notices,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Verify {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    address: OneAddress,
    /// Read the code from standard input, a line
    #[arg(long)]
    code_stdin: bool,
    #[command(flatten)]
    notices: Notices,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    /// Show addresses in full; this is recorded
    #[arg(long)]
    unmask: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("channel").required(true).args(["email", "mobile"])))]
pub(in crate::cli) struct Unbind {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    /// The email address
    #[arg(long)]
    email: bool,
    /// The mobile number
    #[arg(long)]
    mobile: bool,
    #[command(flatten)]
    notices: Notices,
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    let mut session = context.open()?;
    match &command {
        Command::Bind(Bind { notices, .. })
        | Command::Verify(Verify { notices, .. })
        | Command::Unbind(Unbind { notices, .. }) => session.withhold(notices)?,
        Command::List(_) | Command::Change(_) => {}
    }
    match command {
        Command::Bind(arguments) => bind(&arguments, &session),
        Command::Verify(arguments) => verify(&arguments, &session),
        Command::List(arguments) => list(&arguments, &session),
        Command::Unbind(arguments) => unbind(&arguments, &session),
        Command::Change(arguments) => change::run(&arguments, &session),
    }
}

fn bind(arguments: &Bind, session: &Session<'_>) -> Result<(), Failure> {
    let context = session.context;
    let (who, address) = (input::who(&arguments.user)?, arguments.address.read()?);
    let env = session.operating();
    let change = BindContact::plan(&env, &who, address.clone(), arguments.verified)?;
    let Some(user) = runner::run(context, &env, change)? else { return Ok(()) };
    if arguments.verified {
        context.printer.done(&format!("Bound {address} to {}.", user.path()));
        return show(session, &user, address.channel());
    }
    context.printer.done(&format!("Bound {address} to {}, and sent a code to it.", user.path()));
    let typed = address.to_string();
    let enter = format!(
        "regain contact verify {} --{} {}",
        shell::word(&user.path()),
        address.channel(),
        shell::word(&typed)
    );
    if !context.prompts().are_possible() {
        context.printer.hint(&format!("enter the code: `{enter} --code-stdin`"));
        return show(session, &user, address.channel());
    }
    let verified =
        ask_for_code(&arguments.user, &address, session).map_err(|left| left.or_resume(|| enter.clone()))?;
    context.printer.done(&format!("Verified {address}."));
    show(session, &verified, address.channel())
}

fn verify(arguments: &Verify, session: &Session<'_>) -> Result<(), Failure> {
    session.context.no_dry_run()?;
    let address = arguments.address.read()?;
    let who = input::who(&arguments.user)?;
    flow::require_unverified(&session.operating(), &who, &address)?;
    let user = if arguments.code_stdin {
        let typed = Lines::of(session.context).only("code")?;
        let length = session.config.settings.codes.length;
        let digits = input::digits(&typed, length)?;
        flow::verify_contact(&session.operating(), &who, &address, &digits)?
    } else {
        ask_for_code(&arguments.user, &address, session)?
    };
    session.context.printer.done(&format!("Verified {address}."));
    show(session, &user, address.channel())
}

/// Asks until the code is right, or nothing is left to try; an empty line sends a new one.
fn ask_for_code(user: &str, address: &Address, session: &Session<'_>) -> Result<User, Failure> {
    let (context, env) = (session.context, session.operating());
    let who = input::who(user)?;
    let length = session.config.settings.codes.length;
    loop {
        let typed = context
            .prompts()
            .ask_line("Code (Enter alone sends a new one)", None)
            .map_err(|error| Failure::unanswered(error, "--code-stdin"))?;
        if typed.trim().is_empty() {
            protect::resent(&context.printer, flow::send_contact_code(&env, &who, address))?;
            continue;
        }
        let digits = match parse_typed(&typed, length) {
            Ok(digits) => digits,
            Err(malformed) => {
                context.printer.tell(&format!("Not accepted: {malformed}. It costs no try."));
                continue;
            }
        };
        match flow::verify_contact(&env, &who, address, &digits) {
            Err(FlowError::Denied(denial @ Denial::Code { tries_left: 1.. })) => {
                context.printer.tell(&format!("Not accepted: {denial}."));
            }
            other => return Ok(other?),
        }
    }
}

fn list(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let who = input::who(&arguments.user)?;
    let env = session.operating();
    let task = if arguments.unmask { Task::UnmaskContacts } else { Task::ReadPeople };
    let user = flow::require(&env, &who, task)?;
    if arguments.unmask {
        flow::record_unmasking(&env, &user)?;
    }
    let rows = user.contacts.iter().map(|contact| ContactView::of(contact, arguments.unmask));
    Ok(session.context.printer.list(rows, "No contact is bound.")?)
}

fn unbind(arguments: &Unbind, session: &Session<'_>) -> Result<(), Failure> {
    let context = session.context;
    let who = input::who(&arguments.user)?;
    let channel = if arguments.email { Channel::Email } else { Channel::Mobile };
    let env = session.operating();
    let Some(user) = runner::run(context, &env, UnbindContact::plan(&env, &who, channel)?)? else {
        return Ok(());
    };
    context.printer.done(&format!("Unbound the {} of {}.", channel.noun(), user.path()));
    let view = crate::cli::shared::views::UserView::of(&user, env.clock.now());
    Ok(context.printer.one_if_data(&view)?)
}

fn show(session: &Session<'_>, user: &User, channel: Channel) -> Result<(), Failure> {
    if let Some(contact) = user.contact(channel) {
        session.context.printer.one_if_data(&ContactView::of(contact, false))?;
    }
    Ok(())
}
