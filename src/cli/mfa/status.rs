//! `regain mfa status`: who has an authenticator.

use clap::Args;

use crate::cli::shared::views::moment;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::selection::Selection;
use crate::domain::{Principal, Task};
use crate::flow;
use crate::flow::mfa::{MfaStatus, status};
use crate::ui::{Column, Row, column};

/// Show whether users have an authenticator: one user, an account, or all
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain mfa status acme/alice\n  regain mfa status acme -o json")]
pub(in crate::cli) struct Status {
    /// The user, such as acme/alice, or an account for all its users
    #[arg(value_name = "USER|ACCOUNT")]
    whom: Option<String>,
}

impl Row for MfaStatus {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        column("MFA", |row| row.stage.to_string()),
        column("enrolled", |row| moment(row.enrolled_at)),
        column("bound", |row| moment(row.bound_at)),
        column("login protection", |row| row.login_protection.to_string()),
    ];
    const FIELDS: &'static [&'static str] = &["user", "state", "enrolled_at", "bound_at", "login_protection"];
}

pub(super) fn run(arguments: &Status, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let account = match arguments.whom.as_deref().map(|text| input::who(&env, text)).transpose()? {
        None => None,
        Some(Principal::Account(account)) => Some(account),
        Some(who) => {
            let user = flow::require(&env, &who, Task::ReadPeople)?;
            return Ok(session.context.printer.one(&status(&env, &user)?)?);
        }
    };
    let mut rows = session.context.printer.begin_list::<MfaStatus>();
    let more =
        flow::list_users(&env, &Selection::whole(account), None, None, |user| -> Result<_, Failure> {
            Ok(rows.row(&status(&env, user)?)?)
        })?;
    rows.finish("There is no user to show.")?;
    if more {
        session.context.printer.note("There are more; support sees 50 at once. Name the USER.");
    }
    Ok(())
}
