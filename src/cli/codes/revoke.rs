//! `regain codes revoke`

use clap::Args;
use serde::Serialize;

use crate::cli::shared::runner;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::time::counted;
use crate::flow::RevokeCodes;
use crate::ui::{Column, Row, column};

/// End the live codes of one person, or of everybody
///
/// With --all it asks for the word `all` instead of a yes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain codes revoke acme/alice\n  \
                        regain codes revoke --all --reason 'mail gateway misbehaved'")]
#[command(group(clap::ArgGroup::new("whose").required(true)))]
pub(in crate::cli) struct Revoke {
    /// The person
    #[arg(value_name = "USER", group = "whose")]
    user: Option<String>,
    /// Of everybody
    #[arg(long, group = "whose")]
    all: bool,
}

#[derive(Debug, Serialize)]
struct Revoked {
    revoked: u64,
}

impl Row for Revoked {
    const COLUMNS: &'static [Column<Self>] = &[column("revoked", |row| row.revoked.to_string())];
}

pub(super) fn run(arguments: &Revoke, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let who = arguments.user.as_deref().map(|text| input::who(&env, text)).transpose()?;
    let Some((revoked, live)) = runner::run(session, RevokeCodes::plan(&env, who.as_ref())?)? else {
        return Ok(());
    };
    match revoked {
        0 if live => context.printer.done("There was no live code."),
        0 => {}
        some => context.printer.done(&format!("Ended {}.", counted(some, "code"))),
    }
    Ok(context.printer.written(&Revoked { revoked }, revoked > 0)?)
}
