//! `regain contact list`

use clap::Args;

use crate::cli::shared::views::ContactView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::Task;
use crate::flow;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain contact list acme/alice\n  regain contact list acme/alice --unmask -o json"
)]
pub(in crate::cli) struct List {
    /// The user, such as acme/alice
    #[arg(value_name = "USER")]
    user: String,
    /// Show addresses in full; this is recorded
    #[arg(long)]
    unmask: bool,
}

pub(super) fn run(arguments: &List, session: &Session<'_>) -> Result<(), Failure> {
    let who = input::who(&session.operating(), &arguments.user)?;
    let env = session.operating();
    let task = if arguments.unmask { Task::UnmaskContacts } else { Task::ReadPeople };
    let user = flow::require(&env, &who, task)?;
    if arguments.unmask {
        flow::record_unmasking(&env, &user)?;
    }
    let rows = user.every_contact().map(|contact| ContactView::of(contact, arguments.unmask));
    Ok(session.context.printer.list(rows, "No contact is bound.")?)
}
