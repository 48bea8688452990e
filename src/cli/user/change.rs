//! `regain user update`, `enable`, `disable`, `revoke` and `delete`.

use clap::Args;

use crate::cli::shared::batch::run_each;
use crate::cli::shared::input::NoNotify;
use crate::cli::shared::people::{People, Programmatic};
use crate::cli::shared::{Failure, Session, input};
use crate::domain::account::Status;
use crate::domain::user::parse_description;
use crate::domain::{AccessMode, LoginProtection, Name, Principal, Role, Task};
use crate::flow::batch::Work;
use crate::flow::{DeleteUser, Env, RevokeUser, UpdateUser, UserChanges};

/// Update users, for example their name, access mode or login protection
///
/// With --must-change the current password stays valid, but must be changed at the next sign-in. Anyone who knows it
/// can choose the next one: if it may be stolen, use `regain user revoke` instead.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user update acme/alice --name alice.smith\n  \
                        regain user update acme/alice acme/bob --must-change --reason 'new policy'\n  \
                        regain user update --from people.txt --must-change --dry-run\n  \
                        regain user update --everyone --where password-set-before=180d --must-change --dry-run")]
pub(in crate::cli) struct Update {
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    programmatic: Programmatic,
    /// Set a new name in the same account; for one USER
    #[arg(long, value_name = "NEW")]
    name: Option<String>,
    /// Set a one-line description, at most 255 characters
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Remove the description
    #[arg(long, conflicts_with = "description")]
    no_description: bool,
    /// Set the ID that another system uses for the user; unique in the account
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// Remove the external ID
    #[arg(long, conflicts_with = "external_id")]
    no_external_id: bool,
    /// Set the access mode
    #[arg(long, value_name = "MODE", value_parser = input::words::<AccessMode>(AccessMode::WORDS))]
    access_mode: Option<AccessMode>,
    /// Set the second proof that `regain login` requires
    #[arg(long, value_name = "KIND", value_parser = input::words::<LoginProtection>(LoginProtection::WORDS))]
    login_protection: Option<LoginProtection>,
    /// Require a password change at the next sign-in
    #[arg(long, conflicts_with = "no_must_change")]
    must_change: bool,
    /// Do not require a password change at the next sign-in
    #[arg(long)]
    no_must_change: bool,
    #[command(flatten)]
    no_notify: NoNotify,
}

/// Enable users, so that they can sign in again
///
/// A lock after wrong passwords is separate: it ends after some time, or with --unlock. A block, after somebody
/// reported a change as not theirs, ends only with --unlock. --unlock also makes codes valid again after too many wrong
/// entries.
///
/// If `[support] verified_caller_may` contains "unlock", support can end a lock for a verified caller. This never ends
/// a block, and a disabled user stays disabled.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user enable acme/alice --unlock\n  \
                        regain user enable acme/alice --unlock --verified-caller chl_…")]
pub(in crate::cli) struct Enable {
    #[command(flatten)]
    people: People,
    /// Also end a lock or a block
    #[arg(long)]
    unlock: bool,
    #[command(flatten)]
    caller: VerifiedCaller,
}

impl Enable {
    /// What it is for whoever may not do everything.
    pub(super) fn task(&self) -> Task {
        if self.unlock { Task::EndLock } else { Task::ManagePeople }
    }
}

/// On whose word support acts.
#[derive(Debug, Args)]
pub(in crate::cli) struct VerifiedCaller {
    /// Use the challenge that a verified caller answered; for one USER, valid once
    #[arg(long, value_name = "ID", value_parser = input::id())]
    verified_caller: Option<String>,
}

impl VerifiedCaller {
    /// A caller was verified as one person.
    fn of_one(&self, people: &People) -> Result<Option<String>, Failure> {
        if self.verified_caller.is_some() && !people.alone() {
            return Err(Failure::usage_with(
                "--verified-caller is for one USER",
                "a caller was verified as one person",
            ));
        }
        Ok(self.verified_caller.clone())
    }
}

/// Disable users, so that they cannot sign in
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain user disable acme/alice acme/bob\n  regain user disable --from people.txt\n  \
                  regain user disable --account acme --where inactive-since=90d --dry-run"
)]
pub(in crate::cli) struct Disable {
    #[command(flatten)]
    people: People,
}

/// Block users now: remove the password, and end every code, token and request
///
/// Users can still set a new password with a code sent to a verified contact; `regain user disable` prevents that, too.
/// If `[support] verified_caller_may` contains "block", support can do this for a verified caller.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user revoke acme/alice --reason 'laptop stolen'\n  \
                        regain user revoke acme/alice --verified-caller chl_…")]
pub(in crate::cli) struct Revoke {
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    caller: VerifiedCaller,
    #[command(flatten)]
    no_notify: NoNotify,
}

/// Delete disabled users permanently
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user disable acme/alice && regain user delete acme/alice")]
pub(in crate::cli) struct Delete {
    #[command(flatten)]
    people: People,
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
    let external_id = match (&arguments.external_id, arguments.no_external_id) {
        (_, true) => Some(None),
        (Some(text), false) => Some(input::external_id(text)?),
        (None, false) => None,
    };
    let name = arguments.name.as_deref().map(Name::parse).transpose();
    let changes = UserChanges {
        name: name.map_err(|error| Failure::usage(error.to_string()))?,
        description,
        external_id,
        access_mode: arguments.access_mode,
        login_protection: arguments.login_protection,
        status: None,
        must_change: match (arguments.must_change, arguments.no_must_change) {
            (false, false) => None,
            (must, _) => Some(must),
        },
        unlock: false,
        verified_caller: None,
    };
    if changes.is_empty() {
        return Err(Failure::usage_with(
            "there is nothing to change",
            "give --name, --description, --external-id, --access-mode, --login-protection or --must-change",
        ));
    }
    if changes.name.is_some() && !arguments.people.alone() {
        return Err(Failure::usage_with(
            "--name is for one USER",
            "rename users one at a time; the other options take several",
        ));
    }
    if arguments.external_id.is_some() && !arguments.people.alone() {
        return Err(Failure::usage_with(
            "--external-id is for one USER",
            "no two users of an account have one in common",
        ));
    }
    let people = &arguments.people;
    let whom = if changes.must_change == Some(true) {
        people.read_for_passwords(session, &arguments.programmatic)?
    } else {
        people.read(session)?
    };
    let work = ("user update", Work::UpdateUser(changes.clone()));
    let plan = |env: &Env<'_>, who: &Principal| UpdateUser::plan(env, who, changes.clone());
    run_each(session, (&whom, &people.batch), "Updated", plan, work)
}

pub(super) fn enable(arguments: &Enable, session: &Session<'_>) -> Result<(), Failure> {
    let changes = UserChanges {
        status: Some(Status::Enabled),
        unlock: arguments.unlock,
        verified_caller: arguments.caller.of_one(&arguments.people)?,
        ..UserChanges::default()
    };
    let said = match (arguments.unlock, session.actor.role) {
        (true, Role::Support) => "Ended the lock of",
        (true, Role::Admin | Role::Stranger) => "Enabled and unlocked",
        (false, _) => "Enabled",
    };
    let people = &arguments.people;
    let work = ("user enable", Work::UpdateUser(changes.clone()));
    let plan = |env: &Env<'_>, who: &Principal| UpdateUser::plan(env, who, changes.clone());
    run_each(session, (&people.read(session)?, &people.batch), said, plan, work)
}

pub(super) fn disable(arguments: &Disable, session: &Session<'_>) -> Result<(), Failure> {
    let changes = UserChanges { status: Some(Status::Disabled), ..UserChanges::default() };
    let people = &arguments.people;
    let work = ("user disable", Work::UpdateUser(changes.clone()));
    let plan = |env: &Env<'_>, who: &Principal| UpdateUser::plan(env, who, changes.clone());
    run_each(session, (&people.read(session)?, &people.batch), "Disabled", plan, work)
}

pub(super) fn revoke(arguments: &Revoke, session: &mut Session<'_>) -> Result<(), Failure> {
    session.suppress_notices(&arguments.no_notify)?;
    let caller = arguments.caller.of_one(&arguments.people)?;
    let plan = |env: &Env<'_>, who: &Principal| RevokeUser::plan(env, who, caller.as_deref());
    let people = &arguments.people;
    run_each(
        session,
        (&people.read(session)?, &people.batch),
        "Blocked",
        plan,
        ("user revoke", Work::RevokeUser),
    )
}

pub(super) fn delete(arguments: &Delete, session: &Session<'_>) -> Result<(), Failure> {
    let people = &arguments.people;
    let work = ("user delete", Work::DeleteUser);
    run_each(session, (&people.read(session)?, &people.batch), "Deleted", DeleteUser::plan, work)
}
