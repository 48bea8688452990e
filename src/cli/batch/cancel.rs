//! `regain batch cancel`

use clap::Args;

use super::view::BatchView;
use crate::cli::shared::{Failure, Planned, Session, runner};
use crate::flow::batch;

/// End a batch that was interrupted, and leave the rest of it undone
///
/// What was done stays.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain batch cancel leavers-march --reason 'wrong list'")]
pub(in crate::cli) struct Cancel {
    /// The ID or name of the batch
    #[arg(value_name = "ID|NAME")]
    batch: String,
}

pub(super) fn run(arguments: &Cancel, session: &Session<'_>) -> Result<(), Failure> {
    let plan = batch::cancel(&session.operating(), arguments.batch.trim())?;
    let planned = Planned::of(BatchView::from(plan.after())).but(&["ended_at"]);
    let Some((batch, changed)) = runner::run(session, planned, plan)? else { return Ok(()) };
    let printer = &session.context.printer;
    if changed {
        printer.done(&format!("Cancelled the batch {}.", batch.id));
    }
    Ok(printer.written(&BatchView::from(batch), changed)?)
}
