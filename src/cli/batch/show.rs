//! `regain batch show`

use clap::Args;

use super::view::{BatchView, RowView};
use crate::cli::shared::{Failure, Session};
use crate::flow::batch;

/// Show how far a batch is, or how it ended for each person
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain batch show leavers-march\n  regain batch show bat_… --rows -o csv"
)]
pub(in crate::cli) struct Show {
    /// The ID or name of the batch
    #[arg(value_name = "ID|NAME")]
    batch: String,
    /// Show the rows: each person, the outcome and the reason
    #[arg(long)]
    rows: bool,
}

/// How many rows are read at a time.
const PAGE: u32 = 1_000;

pub(super) fn run(arguments: &Show, session: &Session<'_>) -> Result<(), Failure> {
    let (env, printer) = (session.operating(), &session.context.printer);
    let batch = batch::find(&env, arguments.batch.trim())?;
    if !arguments.rows {
        return Ok(printer.one(&BatchView::from(batch))?);
    }
    let mut list = printer.begin_list::<RowView>();
    let mut after = 0;
    loop {
        let rows = batch::rows(&env, &batch, after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = last.place;
        for row in rows {
            if list.row(&row.into())?.is_break() {
                return Ok(list.finish("")?);
            }
        }
    }
    Ok(list.finish("The batch has no rows.")?)
}
