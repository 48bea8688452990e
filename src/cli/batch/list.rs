//! `regain batch list`

use clap::Args;

use super::view::BatchView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::batch::State;
use crate::flow::batch;

/// List batches, newest first
///
/// A batch is what one command changes for several people. One that was interrupted can be resumed; `store purge` deletes
/// those that ended.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain batch list\n  regain batch list --state interrupted\n  \
                        regain batch list --limit 200 -o jsonl")]
pub(in crate::cli) struct List {
    /// Show only batches in this state; one whose process was killed is interrupted
    #[arg(long, value_name = "STATE", value_parser = input::words::<State>(State::WORDS))]
    state: Option<State>,
    /// Show at most N rows
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Show only batches that began before this one: the last of a list
    #[arg(long, value_name = "ID")]
    after: Option<String>,
}

pub(super) fn run(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let before = arguments.after.as_deref().map(|id| batch::find(&env, id.trim())).transpose()?;
    let mut list = session.context.printer.begin_list::<BatchView>();
    let before = before.map(|batch| batch.number);
    for batch in batch::list(&env, arguments.state, before, arguments.limit)? {
        if list.row(&batch.into())?.is_break() {
            break;
        }
    }
    Ok(list.finish(if arguments.state.is_some() { "No batch fits." } else { "There is no batch." })?)
}
