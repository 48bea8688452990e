//! `regain codes revoke`

use clap::Args;
use serde::Serialize;

use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::time::counted;
use crate::domain::{id, typed};
use crate::flow::{self, RevokeCodes};
use crate::ui::{Column, Row, column};

/// Revoke live codes and setup tokens: one, all of a user, or all
///
/// Revoked codes and tokens no longer work, and those still in the queue are not sent. Passwords do not change; `regain
/// user revoke` removes one. With --all, you confirm by typing `all`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("whose").required(true)))]
#[command(after_help = "Examples:\n  regain codes revoke tok_… --reason 'went to the wrong person'\n  \
                        regain codes revoke acme/alice\n  \
                        regain codes revoke --all --reason 'mail gateway misbehaved'")]
pub(in crate::cli) struct Revoke {
    /// The user, or the ID of a code or setup token
    #[arg(value_name = "ID|USER", group = "whose")]
    what: Option<String>,
    /// Revoke the codes and setup tokens of all users
    #[arg(long, group = "whose")]
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
    let (who, id);
    let what = match arguments.what.as_deref() {
        None => flow::Revoked::Everything,
        Some(text) => {
            id = typed::id(text);
            if id::is_of(&id, "cod") || id::is_of(&id, "tok") {
                flow::Revoked::One(&id)
            } else {
                who = input::who(&env, text)?;
                flow::Revoked::Of(&who)
            }
        }
    };
    let plan = RevokeCodes::plan(&env, what)?;
    let planned = Planned::<Revoked>::unknown().with("revoked", plan.ending().map(flow::Ended::all));
    let Some((ended, live)) = runner::run(session, planned, plan)? else {
        return Ok(());
    };
    let flow::Ended { codes, setup_tokens } = ended;
    let counted: Vec<String> = [(codes, "code"), (setup_tokens, "setup token")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(count, noun))
        .collect();
    match (counted.is_empty(), live) {
        (true, true) => context.printer.done("There was no live code or setup token."),
        (true, false) => {}
        (false, _) => context.printer.done(&format!("Ended {}.", counted.join(" and "))),
    }
    let revoked = ended.all();
    Ok(context.printer.written(&Revoked { revoked }, revoked > 0)?)
}
