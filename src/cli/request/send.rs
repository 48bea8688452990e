//! `regain request send`

use clap::Args;

use super::show::Named;
use crate::cli::shared::kind::Kind;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::Channel;
use crate::domain::request::{Method, Purpose};
use crate::flow::reset::{self, RequestView};
use crate::guidance::notes;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain request send req_… --method email --address alice@example.com\n  regain request send req_… --method account"
)]
pub(in crate::cli) struct Send {
    #[command(flatten)]
    named: Named,
    /// Choose how the user proves who they are; not needed if the request was started with an address
    #[arg(long, value_name = "METHOD", value_parser = input::words::<Method>(Method::WORDS))]
    method: Option<Method>,
    /// Give the full address for the methods email and mobile, unless given at the start; it must match the bound
    /// contact
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
}

pub(super) fn run(arguments: &Send, session: &Session<'_>) -> Result<(), Failure> {
    let (env, method) = (session.oneself(), arguments.method);
    let channel = Channel::ALL.iter().find(|channel| method == Some(Method::by(**channel)));
    let address = match (channel, &arguments.address) {
        (Some(channel), Some(text)) => {
            Some(input::address(&env, *channel, text).map_err(|error| error.of("--address"))?)
        }
        (_, None) => None,
        (None, Some(_)) if method.is_some() => {
            return Err(Failure::usage("the method account takes no --address"));
        }
        (None, Some(_)) => return Err(Failure::usage("say with --method what the --address is")),
    };
    let view = reset::send(&env, &arguments.named.id, method, address.as_ref())?;
    if view.purpose == Purpose::Reset {
        tell_everyone(session, &view, true);
    }
    Ok(session.context.printer.written_and_shown(&view, true)?)
}

/// Told to everyone alike, before a method is chosen and after a code was sent: only somebody without a contact needs it,
/// and nobody may be told that they are.
pub(super) fn tell_everyone(session: &Session<'_>, view: &RequestView, sent: bool) {
    let (printer, settings) = (&session.context.printer, &session.config.settings);
    let kind = Kind::of_named(view.named);
    let help = kind.help(settings);
    for line in help.administrator.iter().chain(&help.owner) {
        printer.note(line);
    }
    if sent {
        printer.note(&format!(
            "If no code comes, the account may be invalid or not supported: check the name, or {}.",
            help.create
        ));
    }
    printer.note(notes::WHY_NO_CODE);
}
