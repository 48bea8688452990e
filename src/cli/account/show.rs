//! `regain account list` and `show`

use clap::Args;

use crate::cli::shared::views::moment;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::Task;
use crate::domain::account::Account;
use crate::flow;
use crate::guidance::notes;
use crate::ui::{Column, Row, column};

// An account by its name. No doc comment: clap would say it in the place of a command's own.
#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// The account
    #[arg(value_name = "ACCOUNT")]
    pub(super) account: String,
}

impl Row for Account {
    const COLUMNS: &'static [Column<Self>] = &[
        column("account", |row| row.name.clone()),
        column("kind", |row| row.kind.to_string()),
        column("status", |row| row.status.to_string()),
        column("users", |row| row.users.to_string()),
        column("quota", |row| row.user_quota.map_or_else(|| "none".to_owned(), |quota| quota.to_string())),
        column("created", |row| moment(Some(row.created_at))),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "name", "kind", "status", "user_quota", "users", "created_at"];
}

pub(super) fn list(session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let mut rows = printer.begin_list::<Account>();
    flow::list_accounts(&session.operating(), |account| rows.row(&account).map_err(Failure::from))?;
    Ok(rows.finish(notes::NO_ACCOUNTS)?)
}

pub(super) fn show(named: &Named, session: &Session<'_>) -> Result<(), Failure> {
    let name = input::account(&named.account)?;
    let account = flow::require_account(&session.operating(), &name, Task::ReadPeople)?;
    Ok(session.context.printer.one(&account)?)
}
