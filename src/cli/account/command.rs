//! `regain account …`

use clap::{Args, Subcommand, ValueEnum};

use super::register::{self, Register};
use super::view::AccountView;
use crate::cli::shared::input::Addresses;
use crate::cli::shared::runner;
use crate::cli::shared::{Context, Failure, Session, input};
use crate::domain::account::{Kind, Status};
use crate::domain::operator::Task;
use crate::flow::{self, AccountChanges, Change, CreateAccount, DeleteAccount, NewAccount, UpdateAccount};

/// Accounts and their root users.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Make an account and its root user
    Create(Create),
    Register(Register),
    /// List all accounts
    List,
    /// Show one account
    Show(Named),
    /// Change its name or quota
    Update(Update),
    /// Let its users sign in again
    Enable(Named),
    /// Keep everyone in it from signing in
    Disable(Named),
    /// Delete a disabled account with everybody in it, for good
    Delete(Named),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// The account
    #[arg(value_name = "ACCOUNT")]
    account: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain account create acme --email owner@example.com")]
pub(in crate::cli) struct Create {
    /// 1 to 64 letters, digits, spaces, dots, hyphens and underscores
    #[arg(value_name = "NAME")]
    name: String,
    /// Whether it is a cloud account or a unified ID
    #[arg(long, value_name = "KIND", default_value = "cloud")]
    kind: KindArgument,
    #[command(flatten)]
    addresses: Addresses,
    /// The most IAM users it may have
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    user_quota: Option<u32>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArgument {
    Cloud,
    Unified,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Update {
    #[command(flatten)]
    named: Named,
    /// Its new name
    #[arg(long, value_name = "NEW")]
    name: Option<String>,
    /// The most IAM users it may have
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    user_quota: Option<u32>,
    /// Let it have any number of users
    #[arg(long, conflicts_with = "user_quota")]
    no_user_quota: bool,
}

pub(in crate::cli) fn run(command: Command, context: &Context<'_>) -> Result<(), Failure> {
    if let Command::Register(arguments) = command {
        return register::run(&arguments, context);
    }
    let session = context.open()?;
    match command {
        Command::Create(arguments) => create(&arguments, &session),
        Command::Register(arguments) => register::run(&arguments, context),
        Command::List => list(&session),
        Command::Show(named) => show(&named, &session),
        Command::Update(arguments) => update(&arguments, &session),
        Command::Enable(named) => set_status(&named, &session, Status::Enabled),
        Command::Disable(named) => set_status(&named, &session, Status::Disabled),
        Command::Delete(named) => delete(&named, &session),
    }
}

fn create(arguments: &Create, session: &Session<'_>) -> Result<(), Failure> {
    let new = NewAccount {
        name: input::account(&arguments.name)?,
        kind: match arguments.kind {
            KindArgument::Cloud => Kind::Cloud,
            KindArgument::Unified => Kind::Unified,
        },
        contacts: arguments.addresses.read()?,
        user_quota: arguments.user_quota,
    };
    let env = session.operating();
    commit(session, CreateAccount::plan(&env, new)?, "Made the account")
}

fn list(session: &Session<'_>) -> Result<(), Failure> {
    let printer = &session.context.printer;
    let mut rows = printer.begin_list::<AccountView>();
    flow::list_accounts(&session.operating(), |account| rows.row(&account.into()).map_err(Failure::from))?;
    Ok(rows.finish("There is no account yet; `regain account create NAME` makes one.")?)
}

fn show(named: &Named, session: &Session<'_>) -> Result<(), Failure> {
    let name = input::account(&named.account)?;
    let account = flow::require_account(&session.operating(), &name, Task::ReadPeople)?;
    Ok(session.context.printer.one(&AccountView::from(account))?)
}

fn update(arguments: &Update, session: &Session<'_>) -> Result<(), Failure> {
    let name = input::account(&arguments.named.account)?;
    let changes = AccountChanges {
        name: arguments.name.as_deref().map(input::account).transpose()?,
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
    commit(session, UpdateAccount::plan(&env, &name, changes)?, "Updated the account")
}

fn set_status(named: &Named, session: &Session<'_>, status: Status) -> Result<(), Failure> {
    let name = input::account(&named.account)?;
    let changes = AccountChanges { status: Some(status), ..AccountChanges::default() };
    let env = session.operating();
    let said = match status {
        Status::Enabled => "Enabled the account",
        Status::Disabled => "Disabled the account",
    };
    commit(session, UpdateAccount::plan(&env, &name, changes)?, said)
}

fn delete(named: &Named, session: &Session<'_>) -> Result<(), Failure> {
    let name = input::account(&named.account)?;
    let env = session.operating();
    commit(session, DeleteAccount::plan(&env, &name)?, "Deleted the account")
}

fn commit<C>(session: &Session<'_>, change: C, said: &str) -> Result<(), Failure>
where
    C: Change<Done = crate::domain::account::Account>,
{
    let context = session.context;
    let Some(account) = runner::run(context, &session.operating(), change)? else { return Ok(()) };
    context.printer.done(&format!("{said} {}.", account.name));
    Ok(context.printer.one_if_data(&AccountView::from(account))?)
}
