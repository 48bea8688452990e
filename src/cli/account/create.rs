//! `regain account create`

use clap::Args;

use super::change::told;
use crate::cli::shared::input::Addresses;
use crate::cli::shared::{Failure, Planned, Session, existing, input, runner};
use crate::domain::account::{Account, Kind};
use crate::domain::{Principal, Task};
use crate::flow::{self, CreateAccount, FlowError, NewAccount, Refusal};

/// Create an account and its root user
///
/// With --if-missing you can repeat the command: an existing account stays unchanged, and the differences from your
/// options are reported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain account create acme --email owner@example.com\n  \
                        regain account create acme --if-missing -y -o json")]
pub(in crate::cli) struct Create {
    /// The name: 1 to 64 letters, digits, spaces, dots, hyphens and underscores
    #[arg(value_name = "NAME")]
    name: String,
    /// Set the kind of account: a cloud account (the default) or a unified ID
    #[arg(long, value_name = "KIND", value_parser = input::words::<Kind>(Kind::WORDS))]
    kind: Option<Kind>,
    #[command(flatten)]
    addresses: Addresses,
    /// Allow at most N IAM users
    #[arg(long, value_name = "N")]
    user_quota: Option<u32>,
    /// If the account exists, leave it unchanged and show it
    #[arg(long)]
    if_missing: bool,
}

pub(super) fn run(arguments: &Create, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let new = NewAccount {
        name: input::new_account(&arguments.name)?,
        kind: arguments.kind.unwrap_or(Kind::Cloud),
        contacts: arguments.addresses.read(&env)?,
        user_quota: arguments.user_quota,
        if_missing: arguments.if_missing,
    };
    input::doubts(&session.context.printer, &new.contacts);
    let planned = CreateAccount::plan(&env, new.clone()).map_err(Failure::from);
    let made = planned.and_then(|plan| {
        let account = Planned::of(plan.account().clone()).but(&["id", "created_at"]);
        runner::run(session, account, plan)
    });
    match made {
        // Also where somebody made it while we were asking.
        Err(Failure::Flow(FlowError::Refused(Refusal::AccountExists))) if arguments.if_missing => {
            exists(arguments, &new, session)
        }
        made => told(session, made?, "Made the account"),
    }
}

fn exists(arguments: &Create, new: &NewAccount, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let account = flow::require_account(&env, &new.name, Task::ManagePeople)?;
    let root = env.read(|tx| flow::find(tx, &Principal::Account(new.name.clone())))?;
    let mut differs = differences(arguments, &account);
    differs.extend(root.iter().flat_map(|root| existing::unbound(root, &new.contacts)));
    let name = account.name.clone();
    existing::leave(session.context, &name, &differs, account)
}

/// What was asked for, and is not so.
fn differences(arguments: &Create, account: &Account) -> Vec<String> {
    let kind = arguments.kind.filter(|kind| *kind != account.kind);
    let quota = arguments.user_quota.filter(|quota| Some(*quota) != account.user_quota);
    let has = account.user_quota.map_or_else(|| "none".to_owned(), |quota| quota.to_string());
    kind.map(|kind| format!("it is of the kind {}, not {kind}", account.kind))
        .into_iter()
        .chain(quota.map(|quota| format!("its quota is {has}, not {quota}")))
        .collect()
}
