//! `regain codes resend`

use clap::Args;

use crate::cli::shared::runner;
use crate::cli::shared::views::IssuedView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::id;
use crate::domain::issued::Issued;
use crate::flow;

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

pub(super) fn run(arguments: &Resend, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let caller = arguments.verified_caller.as_deref();
    let (what, sent) = if id::is_of(&arguments.id, "tok") {
        let plan = flow::ResendSetup::plan(&env, &arguments.id, caller)?;
        let sent = runner::run(session, plan)?;
        ("setup token", sent.and_then(|(issued, changed)| Some((issued?, changed))))
    } else if caller.is_some() {
        return Err(Failure::usage_with(
            "--verified-caller is for a setup token",
            "a code goes again to the person's own contact; leave it out",
        ));
    } else {
        let sent = runner::run(session, flow::Resend::plan(&env, &arguments.id)?)?;
        ("code", sent.map(|(code, changed)| (Issued::from(code), changed)))
    };
    let Some((issued, changed)) = sent else { return Ok(()) };
    let to = issued.destination.clone().unwrap_or_default();
    context.printer.done(&format!("A new {what} is on its way to {to}; the one before no longer counts."));
    Ok(context.printer.written(&IssuedView::of(issued, &context.printer.program()), changed)?)
}
