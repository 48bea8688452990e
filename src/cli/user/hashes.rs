//! `regain user hashes`

use clap::Args;
use serde::Serialize;

use crate::cli::shared::{Failure, Session, input};
use crate::domain::hash_scheme::Scheme;
use crate::domain::time::counted;
use crate::flow::{self, CountedHashes, HashState};
use crate::ui::{Column, Row, column, prose};

/// Count users by how their passwords are hashed
///
/// Hashes of other programs, and those that cost less than the config says now, are replaced at the next sign-in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain user hashes\n  regain user hashes acme -o json")]
pub(in crate::cli) struct Hashes {
    /// Count only users of this account
    #[arg(value_name = "ACCOUNT")]
    account: Option<String>,
}

/// A kind of hash, and how many have it.
#[derive(Debug, Serialize)]
struct HashesView {
    scheme: Option<Scheme>,
    cost: Option<String>,
    state: HashState,
    users: u64,
}

impl HashesView {
    fn of(counted: CountedHashes) -> Self {
        let CountedHashes { kind, state, users } = counted;
        let (scheme, cost) = kind.map(|kind| (kind.scheme, kind.cost)).unzip();
        Self { scheme, cost, state, users }
    }
}

impl Row for HashesView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("scheme", |view| view.scheme.map_or_else(|| "-".to_owned(), |scheme| scheme.to_string())),
        prose("cost", |view| view.cost.clone().unwrap_or_else(|| "-".to_owned())),
        column("state", |view| view.state.to_string()),
        column("users", |view| view.users.to_string()),
    ];
    const FIELDS: &'static [&'static str] = &["scheme", "cost", "state", "users"];
}

pub(super) fn run(arguments: &Hashes, session: &Session<'_>) -> Result<(), Failure> {
    let account = arguments.account.as_deref().map(input::account).transpose()?;
    let found = flow::count_hashes(&session.operating(), account.as_ref())?;
    let waiting: u64 = found.iter().filter(|hashes| hashes.state.waits()).map(|hashes| hashes.users).sum();
    let printer = &session.context.printer;
    printer.list(found.into_iter().map(HashesView::of), "There are no users.")?;
    if waiting > 0 {
        printer
            .note(&format!("The hashes of {} are replaced at their next sign-in.", counted(waiting, "user")));
    }
    Ok(())
}
