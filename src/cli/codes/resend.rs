//! `regain codes resend`

use clap::Args;

use crate::cli::shared::views::IssuedView;
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::code::State;
use crate::domain::issued::{Issued, Use};
use crate::domain::{Channel, id};
use crate::flow::{self, AboutUser};

/// Send a new code or setup token to replace one that did not arrive
///
/// The new one goes to the same address, within the same limits, and the old one is revoked. To resend a setup token,
/// support needs a verified caller, as for `regain admin-reset --setup`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain codes resend cod_…\n  \
                        regain codes resend tok_… --verified-caller chl_…")]
pub(in crate::cli) struct Resend {
    /// The ID of the code or setup token that did not arrive, from `regain codes list`
    #[arg(value_name = "ID", value_parser = input::id())]
    id: String,
    /// For a setup token: use the challenge that a verified caller answered; valid once
    #[arg(long, value_name = "ID", value_parser = input::id())]
    verified_caller: Option<String>,
}

/// The new one, but for its id and its times.
fn planned(purpose: Use, user: Option<String>, to: Option<(Channel, String)>) -> Planned<IssuedView> {
    let (channel, destination) = to.unzip();
    Planned::unknown()
        .with("user", user)
        .with("purpose", purpose.as_str())
        .with("channel", channel.map(Channel::as_str))
        .with("destination", destination)
        .with("state", State::Queued.as_str())
        .with("maybe_twice", false)
}

pub(super) fn run(arguments: &Resend, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let caller = arguments.verified_caller.as_deref();
    let (what, sent) = if id::is_of(&arguments.id, "tok") {
        let plan = flow::ResendSetup::plan(&env, &arguments.id, caller)?;
        let to = plan.receiver().map(|contact| (contact.channel, contact.masked()));
        let sent = runner::run(session, planned(Use::Setup, Some(plan.user().path()), to), plan)?;
        ("setup token", sent.and_then(|(issued, changed)| Some((issued?, changed))))
    } else if caller.is_some() {
        return Err(Failure::usage_with(
            "--verified-caller is for a setup token",
            "a code goes again to the person's own contact; leave it out",
        ));
    } else {
        let plan = flow::Resend::plan(&env, &arguments.id)?;
        let code = plan.code();
        let to = code.destination.clone().map(|to| (code.channel, to));
        let planned = planned(Use::Code(code.purpose), code.user.clone(), to)
            .with("tries_left", session.config.settings.codes.tries);
        let sent = runner::run(session, planned, plan)?;
        ("code", sent.map(|(code, changed)| (Issued::from(code), changed)))
    };
    let Some((issued, changed)) = sent else { return Ok(()) };
    let to = issued.destination.clone().unwrap_or_default();
    context.printer.done(&format!("A new {what} is on its way to {to}; the one before no longer counts."));
    Ok(context.printer.written(&IssuedView::of(issued, &context.printer.program()), changed)?)
}
