//! Which steps each kind of batch has.

use std::path::Path;

use super::args::BatchArgs;
use super::asked::{Asked, Begins};
use super::changes::{Changes, kept_out};
use super::imports::Imports;
use super::issuing::Issuing;
use super::resets::Resets;
use super::run::run;
use crate::cli::shared::people::Whom;
use crate::cli::shared::{Failure, Session};
use crate::domain::{Principal, Task, User};
use crate::flow::batch::Work;
use crate::flow::mfa::{Authority, Removal};
use crate::flow::{DeleteUser, Ended, Env, RevokeCodesOf, RevokeUser, UnbindContact, UpdateUser};

/// Does a change without secrets for several people.
pub(in crate::cli) fn several(
    session: &Session<'_>,
    whom: &Whom,
    args: &BatchArgs,
    command: &'static str,
    work: Work,
) -> Result<(), Failure> {
    let asked = Asked::of(whom, args, command, session.order(work, args.atomic), Vec::new());
    carry_out(session, &asked, None)
}

/// Does what is asked for, or goes on with it.
pub(in crate::cli) fn carry_out(
    session: &Session<'_>,
    asked: &Asked<'_>,
    secrets_to: Option<&Path>,
) -> Result<(), Failure> {
    if let (Some(failed), Some(secrets)) = (asked.run.failed_to(), secrets_to)
        && failed == secrets
    {
        let message = "--failed-to and --secrets-to name one file";
        return Err(Failure::usage_with(message, "name two files that do not exist yet").of("--failed-to"));
    }
    // One that is gone on with has its people in its journal.
    let people = match &asked.begins {
        Begins::Anew { whom: Some(whom), .. } => whom.named(),
        Begins::Anew { whom: None, .. } | Begins::Again(_) => &[],
    };
    let issuing = || Issuing::new(session.context, asked, secrets_to);
    match &asked.order.work {
        Work::ResetPassword(options) => {
            let life = session.config.settings.setup.reset;
            run(session, &Resets::new(people, options, life, issuing()), asked)
        }
        Work::UpdateUser(changes) => {
            let plan = |env: &Env<'_>, who: &Principal| UpdateUser::plan(env, who, changes.clone());
            run(session, &Changes::new(people, plan, kept_out), asked)
        }
        Work::RevokeUser => {
            let plan = |env: &Env<'_>, who: &Principal| RevokeUser::plan(env, who, None);
            run(session, &Changes::new(people, plan, kept_out), asked)
        }
        Work::UnbindContact { channel, unverified } => {
            let plan = |env: &Env<'_>, who: &Principal| UnbindContact::plan(env, who, *channel, *unverified);
            run(session, &Changes::new(people, plan, kept_out), asked)
        }
        Work::RemoveMfa => {
            let plan = |env: &Env<'_>, who: &Principal| {
                Removal::plan(env, Authority::of_operator(env, who, Task::ManageMfa)?)
            };
            run(session, &Changes::new(people, plan, kept_out), asked)
        }
        Work::RevokeCodes => {
            let remarks = |ended: &Ended| vec![ended.describe()];
            run(session, &Changes::new(people, RevokeCodesOf::plan, remarks), asked)
        }
        Work::ImportUsers { options, .. } => {
            let Some(source) = asked.source else {
                let message = "the rows of an import come from its file, which was not given";
                return Err(Failure::usage_with(message, "name the file again, after the batch").of("[FILE]"));
            };
            run(session, &Imports::new(source, options, issuing()), asked)
        }
        Work::DeleteUser => {
            run(session, &Changes::new(people, DeleteUser::plan, |_: &User| Vec::new()), asked)
        }
    }
}
