//! `regain codes revoke`

use clap::Args;
use serde::Serialize;

use crate::cli::shared::batch::several;
use crate::cli::shared::people::{People, Whom};
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::{Task, id, typed};
use crate::flow::batch::Work;
use crate::flow::{self, RevokeCodes};
use crate::guidance::capitalised;
use crate::ui::{Column, Row, column};

/// Revoke live codes and setup tokens: one, all of some users, or all
///
/// Revoked codes and tokens no longer work, and those still in the queue are not sent. Passwords do not change; `regain
/// user revoke` removes one. With --all, you confirm by typing `all`.
#[derive(Debug, Args)]
#[command(mut_arg("users", |users| users.value_name("ID|USER").help(
    "One or more users, or the ID of one code or setup token"
)))]
#[command(after_help = "Examples:\n  regain codes revoke tok_… --reason 'went to the wrong person'\n  \
                        regain codes revoke acme/alice\n  \
                        regain codes revoke --account acme --where setup=pending --dry-run\n  \
                        regain codes revoke --all --reason 'mail gateway misbehaved'")]
pub(in crate::cli) struct Revoke {
    #[command(flatten)]
    people: People,
    /// Revoke the codes and setup tokens of all users
    #[arg(long, group = "people", conflicts_with_all = ["batch", "resume", "atomic", "max_failures", "failed_to", "jobs",
          "filters", "expect", "include_root"])]
    all: bool,
}

#[derive(Debug, Serialize)]
struct Revoked {
    revoked: u64,
}

impl Row for Revoked {
    const COLUMNS: &'static [Column<Self>] = &[column("revoked", |row| row.revoked.to_string())];
    const FIELDS: &'static [&'static str] = &["revoked"];
}

pub(super) fn run(arguments: &Revoke, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let (named, who, id);
    let what = if arguments.all {
        flow::Revoked::Everything
    } else {
        if !arguments.people.alone() {
            env.authorize(Task::RevokeCode, None)?;
        }
        named = match arguments.people.read(session)? {
            Whom::One(named) => named,
            whom => {
                let args = &arguments.people.batch;
                return several(session, &whom, args, "codes revoke", Work::RevokeCodes);
            }
        };
        id = typed::id(&named.text);
        if id::is_of(&id, "cod") || id::is_of(&id, "tok") {
            flow::Revoked::One(&id)
        } else {
            who = input::who(&env, &named.text)?;
            flow::Revoked::Of(&who)
        }
    };
    let plan = RevokeCodes::plan(&env, what)?;
    let planned = Planned::<Revoked>::unknown().with("revoked", plan.ending().map(flow::Ended::all));
    let Some((ended, live)) = runner::run(session, planned, plan)? else {
        return Ok(());
    };
    let revoked = ended.all();
    if revoked > 0 || live {
        context.printer.done(&format!("{}.", capitalised(&ended.describe())));
    }
    Ok(context.printer.written(&Revoked { revoked }, revoked > 0)?)
}
