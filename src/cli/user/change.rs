//! `regain user update`, `enable`, `disable`, `revoke` and `delete`.

use clap::Args;

use crate::cli::shared::bulk::run_each;
use crate::cli::shared::input::NoNotify;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::account::Status;
use crate::domain::user::parse_description;
use crate::domain::{AccessMode, LoginProtection, Name, Principal};
use crate::flow::{self, DeleteUser, RevokeUser, UpdateUser, UserChanges};
use crate::guidance::effects::unmet_protection;

/// Whom a command for several is about.
#[derive(Debug, Args)]
pub(in crate::cli) struct Several {
    /// The person, or several
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
}

/// Change a user's name, description, access mode or login protection
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain user update acme/alice --name alice.smith")]
pub(in crate::cli) struct Update {
    /// The person
    #[arg(value_name = "USER")]
    user: String,
    /// The new name, within the same account
    #[arg(long, value_name = "NEW")]
    name: Option<String>,
    /// A line about the user, at most 255 characters
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Take the description away
    #[arg(long, conflicts_with = "description")]
    no_description: bool,
    /// How the user may come in
    #[arg(long, value_name = "MODE", value_parser = input::words::<AccessMode>(AccessMode::WORDS))]
    access_mode: Option<AccessMode>,
    /// What is asked besides the password at `regain login`
    #[arg(long, value_name = "KIND", value_parser = input::words::<LoginProtection>(LoginProtection::WORDS))]
    login_protection: Option<LoginProtection>,
    #[command(flatten)]
    no_notify: NoNotify,
}

/// Let users sign in again
///
/// A lock after wrong passwords is another thing: it ends by waiting, or with --unlock. So is a block after somebody
/// said that a change was not theirs: it ends with --unlock alone. With --unlock codes are good again, too, where too
/// many wrong ones had been entered.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain user enable acme/alice --unlock")]
pub(in crate::cli) struct Enable {
    #[command(flatten)]
    several: Several,
    /// End a lock or a block, too
    #[arg(long)]
    unlock: bool,
}

/// Keep users from signing in
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain user disable acme/alice acme/bob")]
pub(in crate::cli) struct Disable {
    #[command(flatten)]
    several: Several,
}

/// Block users now: no password, and every code, token and request ends
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain user revoke acme/alice --reason 'laptop stolen'")]
pub(in crate::cli) struct Revoke {
    #[command(flatten)]
    several: Several,
    #[command(flatten)]
    no_notify: NoNotify,
}

/// Delete disabled users, for good
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regain user disable acme/alice && regain user delete acme/alice")]
pub(in crate::cli) struct Delete {
    #[command(flatten)]
    several: Several,
}

pub(super) fn update(arguments: &Update, session: &mut Session<'_>) -> Result<(), Failure> {
    session.suppress_notices(&arguments.no_notify)?;
    let description = match (&arguments.description, arguments.no_description) {
        (_, true) => Some(None),
        (Some(text), false) => {
            Some(parse_description(text).map_err(|error| Failure::usage(error.to_string()))?)
        }
        (None, false) => None,
    };
    let name = arguments.name.as_deref().map(Name::parse).transpose();
    let changes = UserChanges {
        name: name.map_err(|error| Failure::usage(error.to_string()))?,
        description,
        access_mode: arguments.access_mode,
        login_protection: arguments.login_protection,
        status: None,
        unlock: false,
    };
    if changes.is_empty() {
        return Err(Failure::usage_with(
            "there is nothing to change",
            "give --name, --description, --access-mode or --login-protection",
        ));
    }
    let only = std::slice::from_ref(&arguments.user);
    run_each(session, only, "Updated", |env, who| UpdateUser::plan(env, who, changes.clone()))?;
    if changes.login_protection.is_some() && !session.context.globals.dry_run {
        // By its new name, if it has one now.
        let who = match (input::who(&session.operating(), &arguments.user)?, changes.name) {
            (Principal::Member(account, _), Some(name)) => Principal::Member(account, name),
            (who, _) => who,
        };
        let user = session.operating().read(|tx| flow::find(tx, &who))?;
        if let Some(unmet) = user.as_ref().and_then(unmet_protection) {
            session.context.printer.warn(&unmet);
        }
    }
    Ok(())
}

pub(super) fn enable(arguments: &Enable, session: &Session<'_>) -> Result<(), Failure> {
    let changes =
        UserChanges { status: Some(Status::Enabled), unlock: arguments.unlock, ..UserChanges::default() };
    let said = if arguments.unlock { "Enabled and unlocked" } else { "Enabled" };
    run_each(session, &arguments.several.users, said, |env, who| UpdateUser::plan(env, who, changes.clone()))
}

pub(super) fn disable(arguments: &Disable, session: &Session<'_>) -> Result<(), Failure> {
    let changes = UserChanges { status: Some(Status::Disabled), ..UserChanges::default() };
    run_each(session, &arguments.several.users, "Disabled", |env, who| {
        UpdateUser::plan(env, who, changes.clone())
    })
}

pub(super) fn revoke(arguments: &Revoke, session: &mut Session<'_>) -> Result<(), Failure> {
    session.suppress_notices(&arguments.no_notify)?;
    run_each(session, &arguments.several.users, "Blocked", RevokeUser::plan)
}

pub(super) fn delete(arguments: &Delete, session: &Session<'_>) -> Result<(), Failure> {
    run_each(session, &arguments.several.users, "Deleted", DeleteUser::plan)
}
