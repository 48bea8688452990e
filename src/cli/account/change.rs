//! `regain account update`, `enable`, `disable` and `delete`

use clap::Args;

use super::show::Named;
use crate::cli::shared::runner;
use crate::cli::shared::{Failure, Planned, Session, input};
use crate::domain::account::{Account, Status};
use crate::flow::{AccountChanges, DeleteAccount, UpdateAccount};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain account update acme --user-quota 50\n  regain account update acme --name globex"
)]
pub(in crate::cli) struct Update {
    #[command(flatten)]
    named: Named,
    /// Set a new name
    #[arg(long, value_name = "NEW")]
    name: Option<String>,
    /// Allow at most N IAM users
    #[arg(long, value_name = "N")]
    user_quota: Option<u32>,
    /// Remove the limit on IAM users
    #[arg(long, conflicts_with = "user_quota")]
    no_user_quota: bool,
}

pub(super) fn update(arguments: &Update, session: &Session<'_>) -> Result<(), Failure> {
    let name = input::account(&arguments.named.account)?;
    let changes = AccountChanges {
        name: arguments.name.as_deref().map(|name| input::account_of(name, "--name")).transpose()?,
        status: None,
        user_quota: if arguments.no_user_quota { Some(None) } else { arguments.user_quota.map(Some) },
    };
    if changes == AccountChanges::default() {
        return Err(Failure::usage_with(
            "there is nothing to change",
            "give --name, --user-quota or --no-user-quota",
        ));
    }
    let env = session.operating();
    let change = UpdateAccount::plan(&env, &name, changes)?;
    let done = runner::run(session, Planned::of(change.after().clone()), change)?;
    told(session, done, "Updated the account")
}

pub(super) fn set_status(named: &Named, session: &Session<'_>, status: Status) -> Result<(), Failure> {
    let name = input::account(&named.account)?;
    let changes = AccountChanges { status: Some(status), ..AccountChanges::default() };
    let env = session.operating();
    let said = match status {
        Status::Enabled => "Enabled the account",
        Status::Disabled => "Disabled the account",
    };
    let change = UpdateAccount::plan(&env, &name, changes)?;
    let done = runner::run(session, Planned::of(change.after().clone()), change)?;
    told(session, done, said)
}

pub(super) fn delete(named: &Named, session: &Session<'_>) -> Result<(), Failure> {
    let name = input::account(&named.account)?;
    let env = session.operating();
    let change = DeleteAccount::plan(&env, &name)?;
    let done = runner::run(session, Planned::of(change.account().clone()), change)?;
    told(session, done, "Deleted the account")
}

/// Tells of the account that came of it.
pub(super) fn told(
    session: &Session<'_>,
    done: Option<runner::Done<Account>>,
    said: &str,
) -> Result<(), Failure> {
    let context = session.context;
    let Some((account, changed)) = done else { return Ok(()) };
    if changed {
        context.printer.done(&format!("{said} {}.", account.name));
    }
    Ok(context.printer.written(&account, changed)?)
}
