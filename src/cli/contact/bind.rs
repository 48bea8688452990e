//! `regain contact bind`

use clap::Args;

use super::verify::{ask_for_code, show, tell};
use crate::cli::shared::input::{NoNotify, OneAddress};
use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::Address;
use crate::flow::contacts::{BoundContact, Outcome};
use crate::flow::{BindContact, BindOptions};
use crate::guidance::notes;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    regain contact bind acme/alice --email alice@example.com\n  \
    regain contact bind acme/alice --email alice@example.com --verified\n  \
    regain contact bind acme/alice --mobile +4915112345678 --read-out")]
pub(in crate::cli) struct Bind {
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    address: OneAddress,
    /// Mark it as verified without sending a code
    #[arg(long, conflicts_with = "read_out")]
    verified: bool,
    /// Enter the code yourself, as the user reads it out on the phone or in person
    #[arg(long)]
    read_out: bool,
    /// Use the challenge that a verified caller answered, so that the new contact receives codes at once; valid once
    #[arg(long, value_name = "ID", value_parser = input::id(), requires = "read_out")]
    verified_caller: Option<String>,
    #[command(flatten)]
    no_notify: NoNotify,
}

pub(super) fn run(arguments: &Bind, session: &mut Session<'_>) -> Result<(), Failure> {
    session.suppress_notices(&arguments.no_notify)?;
    let env = session.operating();
    let who = input::who(&env, &arguments.user)?;
    let address = arguments.address.read(&env)?;
    input::doubts(&session.context.printer, std::slice::from_ref(&address));
    if !arguments.verified {
        input::strict(&address, "--verified binds it anyway, if you vouch for it")?;
    }
    let options = BindOptions {
        verified: arguments.verified,
        read_out: arguments.read_out,
        verified_caller: arguments.verified_caller.clone(),
        without_code: false,
    };
    let change = BindContact::plan(&env, &who, address.clone(), &options)?;
    let (contact, new) = change.contact(env.clock.now());
    let planned = Planned::of(ContactView::of(&contact, false));
    let planned = if new { planned.but(&["verified_at", "usable_from"]) } else { planned };
    let Some((bound, changed)) = runner::run(session, planned, change)? else { return Ok(()) };
    let (printer, user) = (&session.context.printer, bound.user.path());
    match bound.outcome {
        Outcome::Verified => printer.done(&format!("Bound {address} to {user}.")),
        Outcome::CodeSent => printer.done(&format!("Bound {address} to {user}, and sent a code to it.")),
        Outcome::SentAgain => printer.done(&format!("Sent a new code to {address}.")),
        Outcome::Unchanged => {}
    }
    if bound.contact.verified_at.is_some() {
        return show(session, &bound.contact, changed);
    }
    if let Some(old) = bound.user.contact(address.channel()).filter(|old| old.id != bound.contact.id) {
        printer.note(&format!("{} stays until {address} is confirmed.", old.masked()));
    }
    let enter = notes::verify_contact(&user, &address);
    if !bound.contact.confirmation.is_by_operator() {
        printer.hint(&notes::owner_confirms(&user, address.channel()));
        return show(session, &bound.contact, changed);
    }
    if !session.context.prompts().are_possible() {
        printer.hint(&format!("enter the code: `{enter} --code-stdin`"));
        return show(session, &bound.contact, changed);
    }
    entered(session, bound, &address, &enter)
}

/// They read the code out now, or it is entered later.
fn entered(
    session: &Session<'_>,
    bound: BoundContact,
    address: &Address,
    enter: &str,
) -> Result<(), Failure> {
    let awaited = bound.awaited();
    let before = awaited.user.clone();
    // Esc goes back to the prompt of the shell: it is entered later.
    let verified = session.context.printer.with_step_back(|| ask_for_code(session, &awaited, None));
    let verified = verified.map_err(|left| left.or_resume(|| enter.to_owned()))?;
    tell(session, &before, &verified, (&awaited.contact, Some(address)))
}
