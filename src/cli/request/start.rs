//! `regain request start`

use clap::Args;

use super::send::tell_everyone;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::request::{Purpose, State};
use crate::flow::reset::{self, RequestView};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain request start acme/alice -o json")]
pub(in crate::cli) struct Start {
    /// The user, such as acme/alice, acme, acme/alice@example.com, alice@example.com or +4915112345678
    #[arg(value_name = "USER", required_unless_present = "appeal")]
    user: Option<String>,
    /// Use the serial number of your approved appeal instead of a user name
    #[arg(long, value_name = "SERIAL", value_parser = input::id())]
    appeal: Option<String>,
    /// Set the client's IP address, for portals that the config trusts
    #[arg(long, value_name = "ADDRESS")]
    source: Option<String>,
}

pub(super) fn run(arguments: &Start, session: &mut Session<'_>) -> Result<(), Failure> {
    session.trust_source(arguments.source.as_deref())?;
    let who = arguments.user.as_deref().map(|text| input::who(&session.oneself(), text)).transpose()?;
    let view = match (&arguments.appeal, &who) {
        (Some(serial), who) => reset::start_with_appeal(&session.oneself(), who.as_ref(), serial)?,
        (None, Some(who)) => reset::start(&session.oneself(), who)?,
        (None, None) => return Err(Failure::usage("say who, or give the serial number with --appeal")),
    };
    begun(session, &view, true)
}

/// Prints a request; where its method is to be chosen next, with what everyone is told before.
pub(super) fn begun(session: &Session<'_>, view: &RequestView, changed: bool) -> Result<(), Failure> {
    if view.purpose == Purpose::Reset && view.state == State::Method {
        tell_everyone(session, view, false);
    }
    Ok(session.context.printer.written_and_shown(view, changed)?)
}
