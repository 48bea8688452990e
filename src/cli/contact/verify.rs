//! `regain contact verify`

use clap::Args;

use crate::cli::shared::code_dialogue::{CodeDialogue, OnEnter};
use crate::cli::shared::input::{NoNotify, OneAddress};
use crate::cli::shared::stdin::{Line, Lines};
use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::{Address, Channel, Principal, Secret, User};
use crate::flow;

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
    let env = session.operating();
    let address = arguments.address.read_bound(&env)?;
    let who = input::who(&env, &arguments.user)?;
    flow::require_unverified(&env, &who, &address)?;
    drop(env);
    let given = if arguments.code_stdin { Some(Lines::only(session.context, Line::Code)?) } else { None };
    let user = ask_for_code(session, &who, &address, given)?;
    session.context.printer.done(&format!("Verified {address}."));
    show(session, &user, address.channel(), true)
}

/// Has the code that was given judged, or asks until it is right, or nothing is left to try.
pub(super) fn ask_for_code(
    session: &Session<'_>,
    who: &Principal,
    address: &Address,
    given: Option<Secret>,
) -> Result<User, Failure> {
    let env = session.operating();
    let dialogue = CodeDialogue {
        prompt: "Code (Enter alone sends a new one)".to_owned(),
        on_enter: OnEnter::Resend(&|| flow::send_contact_code(&env, who, address)),
        ..CodeDialogue::default()
    };
    dialogue.until_right(session, given, |digits| flow::verify_contact(&env, who, address, digits))
}

/// Prints the contact of this channel, for programs.
pub(super) fn show(
    session: &Session<'_>,
    user: &User,
    channel: Channel,
    changed: bool,
) -> Result<(), Failure> {
    if let Some(contact) = user.contact(channel) {
        session.context.printer.written(&ContactView::of(contact, false), changed)?;
    }
    Ok(())
}
