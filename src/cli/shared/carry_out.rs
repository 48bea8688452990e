//! The one way an operator's write goes: plan → effects → yes → commit.

use serde::Serialize;

use super::context::Context;
use super::failure::Failure;
use crate::flow::{Change, Confirmed, Env};
use crate::ui::{Column, Row, column};

/// What `--dry-run` shows.
#[derive(Debug, Serialize)]
struct DryRun {
    dry_run: bool,
    effects: Vec<String>,
}

impl Row for DryRun {
    const COLUMNS: &'static [Column<Self>] = &[column("would happen", |row| {
        if row.effects.is_empty() { "nothing".to_owned() } else { row.effects.join("; ") }
    })];
}

/// Shows the effects, asks unless `--yes`, and commits. `None` is a dry run.
pub(in crate::cli) fn carry_out<C: Change>(
    context: &Context<'_>,
    env: &Env<'_>,
    change: C,
) -> Result<Option<C::Done>, Failure> {
    let effects = change.effects();
    if context.globals.dry_run {
        preview(context, effects)?;
        return Ok(None);
    }
    let yes = confirm(context, &effects)?;
    Ok(Some(change.commit(env, yes)?))
}

/// What `--dry-run` ends with.
pub(in crate::cli) fn preview(context: &Context<'_>, effects: Vec<String>) -> Result<(), Failure> {
    let effects = context.printer.program().name_in_all(&effects);
    Ok(context.printer.one(&DryRun { dry_run: true, effects })?)
}

/// Tells what will happen and asks, unless `--yes`, or where nothing will.
pub(in crate::cli) fn confirm(context: &Context<'_>, effects: &[String]) -> Result<Confirmed, Failure> {
    if !context.globals.yes && !effects.is_empty() {
        for effect in effects {
            context.printer.tell(&format!("  - {effect}"));
        }
        let answer = context.prompts().confirm("Go on?", Some(false));
        let yes = answer.map_err(|error| Failure::unanswered(error, "--yes"))?;
        return Confirmed::by(yes).ok_or(Failure::Declined);
    }
    Confirmed::by(true).ok_or(Failure::Declined)
}
