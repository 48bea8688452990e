//! `regain contact verify`

use clap::Args;

use crate::cli::shared::input::{Lines, OneAddress};
use crate::cli::shared::no_notify::NoNotify;
use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Failure, Session, input, protect};
use crate::domain::address::{Address, Channel};
use crate::domain::code::parse_typed;
use crate::domain::user::User;
use crate::flow::{self, Denial, FlowError};

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
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Verify, session: &mut Session<'_>) -> Result<(), Failure> {
    session.suppress_notices(&arguments.no_notify)?;
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
pub(super) fn ask_for_code(user: &str, address: &Address, session: &Session<'_>) -> Result<User, Failure> {
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

/// Prints the contact of this channel, for programs.
pub(super) fn show(session: &Session<'_>, user: &User, channel: Channel) -> Result<(), Failure> {
    if let Some(contact) = user.contact(channel) {
        session.context.printer.one_if_data(&ContactView::of(contact, false))?;
    }
    Ok(())
}
