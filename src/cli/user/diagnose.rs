//! `regain user diagnose` and `regain user readiness`: for the help desk.

use std::ops::ControlFlow;

use clap::Args;
use serde::Serialize;

use super::diagnosis::DiagnosisView;
use crate::cli::shared::selection::Shown;
use crate::cli::shared::{Failure, Session, input};
use crate::domain::readiness::Cause;
use crate::domain::{Role, User};
use crate::flow;
use crate::ui::{Brief, Column, Format, Printer, Row, column, escape};

/// Show the help desk everything about one user, and what to do next
///
/// One screen shows whether the user can sign in and reset the password, what to do next, and the facts behind it. With
/// -v it shows everything: contacts (masked) and whether a code would be sent to them, live requests, the latest codes
/// and their results, a caller who is being verified, sign-ins, and sources of many failed attempts. JSON always has
/// everything. Each use is recorded.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain user diagnose acme/alice\n  regain user diagnose acme/alice -v\n  \
                        regain user diagnose acme/alice -o json"
)]
pub(in crate::cli) struct Diagnose {
    /// The user, such as acme/alice, acme, acme/alice@example.com, alice@example.com or +4915112345678
    #[arg(value_name = "USER")]
    user: String,
}

const NEXT: &str = "What to do next";

/// List users who could not reset their own password today, and why
///
/// A user needs a verified contact that is not in its cool-down, and a channel that can deliver codes to it. Disabled
/// users and users with programmatic access only are listed, too. The list also shows who never signed in, and whose
/// temporary password has expired. A summary of the causes follows on standard error.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regain user readiness acme\n  regain user readiness --where verified-email=no\n  \
                  regain user readiness -o csv > unready.csv"
)]
pub(in crate::cli) struct Readiness {
    #[command(flatten)]
    shown: Shown,
    /// Also list users who could reset their password
    #[arg(long)]
    all: bool,
    /// Show at most N rows, and count all; a table shows 1000 by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

/// A table is laid out as a whole, in memory.
const TABLE_ROWS: u64 = 1000;

pub(super) fn diagnose(arguments: &Diagnose, session: &Session<'_>) -> Result<(), Failure> {
    let env = session.operating();
    let found = flow::diagnose(&env, &input::who(&env, &arguments.user)?)?;
    let (printer, view) =
        (&session.context.printer, DiagnosisView::of(found, &session.context.printer.program()));
    if printer.format() != Format::Table {
        return Ok(printer.one(&view)?);
    }
    if session.context.globals.verbose == 0 {
        return Ok(printer.brief(&Brief {
            head: &view.head(),
            heading: NEXT,
            steps: &view.next,
            facts: &view.facts(),
            more: "There is more: -v shows it.",
        })?);
    }
    printer.one(&view)?;
    section(printer, &view.contacts)?;
    section(printer, &view.requests)?;
    section(printer, &view.codes)?;
    section(printer, view.challenge.as_slice())?;
    section(printer, &view.sign_ins)?;
    section(printer, &view.attempts)?;
    printer.text(&format!("\n{NEXT}\n"))?;
    for step in &view.next {
        printer.prose(&format!("- {}", escape::visible(step)))?;
    }
    Ok(())
}

/// A table beneath the others, if there is anything in it.
fn section<R: Row>(printer: &Printer, rows: &[R]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    printer.text("\n")?;
    let mut list = printer.begin_list();
    for row in rows {
        list.row(row).map(drop)?;
    }
    Ok(list.finish("")?)
}

/// A person's readiness as shown.
#[derive(Debug, Serialize)]
struct ReadinessView {
    id: String,
    user: String,
    account: String,
    name: String,
    root: bool,
    can_recover: bool,
    causes: Vec<Cause>,
}

impl ReadinessView {
    fn of(user: &User, causes: &[Cause]) -> Self {
        Self {
            id: user.id.clone(),
            user: user.path(),
            account: user.account.clone(),
            name: user.name.clone(),
            root: user.root,
            can_recover: !causes.iter().any(|cause| cause.bars()),
            causes: causes.to_vec(),
        }
    }

    fn described(&self, which: fn(Cause) -> bool) -> String {
        let causes = self.causes.iter().filter(|cause| which(**cause)).map(|cause| cause.describe());
        causes.collect::<Vec<_>>().join(", ")
    }
}

impl Row for ReadinessView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("user", |row| row.user.clone()),
        column("can recover", |row| if row.can_recover { "yes" } else { "no" }.to_owned()),
        column("why", |row| row.described(Cause::bars)),
        column("besides", |row| row.described(|cause| !cause.bars())),
    ];
    const FIELDS: &'static [&'static str] =
        &["id", "user", "account", "name", "root", "can_recover", "causes"];
}

pub(super) fn readiness(arguments: &Readiness, session: &Session<'_>) -> Result<(), Failure> {
    let selection = arguments.shown.read(session)?;
    let (env, printer) = (session.operating(), &session.context.printer);
    let most = match printer.format() {
        Format::Table => arguments.limit.unwrap_or(TABLE_ROWS),
        Format::Json | Format::Jsonl | Format::Csv => arguments.limit.unwrap_or(u64::MAX),
    };
    let mut rows = printer.begin_list::<ReadinessView>();
    let (mut shown, mut left_out) = (0_u64, 0_u64);
    let counted = flow::readiness(&env, &selection, arguments.all, |user, causes| {
        if shown >= most {
            left_out += 1;
            return Ok::<_, Failure>(ControlFlow::Continue(()));
        }
        shown += 1;
        Ok(rows.row(&ReadinessView::of(user, causes))?)
    })?;
    rows.finish("Everybody could recover today.")?;
    left_out += counted.kept_back;
    if left_out > 0 && session.actor.role == Role::Support {
        printer.note(&format!(
            "{left_out} more are not shown; support sees 50 at once, of one ACCOUNT with its name."
        ));
    } else if left_out > 0 {
        printer.note(&format!("{left_out} more are not shown; `-o csv` or --limit shows them."));
    }
    printer.note(&format!("{} of {} could not recover today.", counted.unready, counted.people));
    let (bars, besides): (Vec<_>, Vec<_>) =
        counted.by_cause.iter().filter(|(_, count)| *count > 0).partition(|(cause, _)| cause.bars());
    let bars: Vec<(&str, u64)> = bars.iter().map(|(cause, count)| (cause.describe(), *count)).collect();
    printer.bars(&bars, counted.unready);
    if !besides.is_empty() {
        let told: Vec<String> =
            besides.iter().map(|(cause, count)| format!("{count} {}", cause.describe())).collect();
        printer.note(&format!("Besides, of these: {}.", told.join(", ")));
    }
    Ok(())
}
