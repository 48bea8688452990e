//! `regain codes resend`

use clap::Args;

use crate::cli::shared::runner;
use crate::cli::shared::views::CodeView;
use crate::cli::shared::{Failure, Session, input};
use crate::flow;

#[derive(Debug, Args)]
pub(in crate::cli) struct Resend {
    /// The code that did not arrive, as listed
    #[arg(value_name = "ID", value_parser = input::id())]
    id: String,
}

pub(super) fn run(arguments: &Resend, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let Some((code, changed)) = runner::run(session, flow::Resend::plan(&env, &arguments.id)?)? else {
        return Ok(());
    };
    let to = code.destination.clone().unwrap_or_default();
    context.printer.done(&format!("A new code is on its way to {to}; the one before no longer counts."));
    Ok(context.printer.written(&CodeView::of(code, &context.printer.program()), changed)?)
}
