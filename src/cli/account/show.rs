//! `regain account list` and `show`

use clap::Args;

use super::view::AccountView;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::Task;
use crate::flow;
use crate::guidance::notes;

/// An account by its name.
#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// The account
    #[arg(value_name = "ACCOUNT")]
    pub(super) account: String,
}

pub(super) fn list(session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let mut rows = printer.begin_list::<AccountView>();
    flow::list_accounts(&session.operating(), |account| rows.row(&account.into()).map_err(Failure::from))?;
    Ok(rows.finish(notes::NO_ACCOUNTS)?)
}

pub(super) fn show(named: &Named, session: &Session<'_>) -> Result<(), Failure> {
    let name = input::account(&named.account)?;
    let account = flow::require_account(&session.operating(), &name, Task::ReadPeople)?;
    Ok(session.context.printer.one(&AccountView::from(account))?)
}
