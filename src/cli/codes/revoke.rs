//! `regain codes revoke`

use clap::Args;
use serde::Serialize;

use crate::cli::shared::runner;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::time::counted;
use crate::flow::RevokeCodes;
use crate::ui::{Column, Row, column};

#[derive(Debug, Args)]
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
    let who = arguments.user.as_deref().map(|text| input::who(&session.operating(), text)).transpose()?;
    let Some(revoked) = runner::run(session, RevokeCodes::plan(&env, who.as_ref())?)? else {
        return Ok(());
    };
    context.printer.done(&match revoked {
        0 => "There was no live code.".to_owned(),
        some => format!("Ended {}.", counted(some, "code")),
    });
    Ok(context.printer.one_if_data(&Revoked { revoked })?)
}
