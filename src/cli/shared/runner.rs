//! The one way an operator's write goes: plan → effects → yes → commit. `--dry-run` ends it at the effects.

use super::context::Context;
use super::failure::Failure;
use super::planned::{Planned, Tried};
use super::session::Session;
use crate::flow::mfa::Authority;
use crate::flow::{Change, Confirmed, Env};
use crate::ui::Row;

/// Whether somebody is asked before a change is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Consent {
    /// By a question, unless `--yes` answered it beforehand.
    Asked,
    /// The command itself is the yes: to a change of one's own, or where nothing changes but a new file.
    Implied,
}

impl Consent {
    /// An operator is asked, the person themself is not.
    pub(in crate::cli) fn of(authority: &Authority) -> Self {
        if authority.is_own() { Self::Implied } else { Self::Asked }
    }
}

/// What was done, and whether that changed anything.
pub(in crate::cli) type Done<D> = (D, bool);

/// Shows the effects, asks unless `--yes`, and commits. `None` is a dry run, which shows programs the planned object.
pub(in crate::cli) fn run<R: Row, C: Change>(
    session: &Session<'_>,
    planned: Planned<R>,
    change: C,
) -> Result<Option<Done<C::Done>>, Failure> {
    run_by(session.context, &session.operating(), Consent::Asked, planned, change)
}

/// Shows the effects of a dry run, or commits by this consent. `None` is a dry run.
pub(in crate::cli) fn run_by<R: Row, C: Change>(
    context: &Context<'_>,
    env: &Env<'_>,
    consent: Consent,
    planned: Planned<R>,
    change: C,
) -> Result<Option<Done<C::Done>>, Failure> {
    let (effects, changed, typed) = (change.effects(), change.changes(), change.typed());
    if context.globals.dry_run {
        preview(context, planned, &effects, changed)?;
        return Ok(None);
    }
    let consent = if changed { consent } else { Consent::Implied };
    let yes = agree(context, consent, &effects, typed.as_deref())?;
    if !changed {
        context.printer.done(&nothing(&effects));
    }
    Ok(Some((change.commit(env, yes)?, changed)))
}

/// What people are told of a write that changes nothing.
pub(in crate::cli) fn nothing(effects: &[String]) -> String {
    format!("Nothing to change: {}.", effects.join("; "))
}

/// The yes to these effects, by this word instead of a yes where there is one.
pub(in crate::cli) fn agree(
    context: &Context<'_>,
    consent: Consent,
    effects: &[String],
    typed: Option<&str>,
) -> Result<Confirmed, Failure> {
    match consent {
        Consent::Asked => confirm_by(context, effects, typed),
        Consent::Implied => Confirmed::by(true).ok_or(Failure::Declined),
    }
}

/// What `--dry-run` ends with: people see the effects, programs the object as it would be.
pub(in crate::cli) fn preview<R: Row>(
    context: &Context<'_>,
    planned: Planned<R>,
    effects: &[String],
    changes: bool,
) -> Result<(), Failure> {
    let effects = context.printer.program().name_in_all(effects);
    let outcome = if changes { "would_do" } else { "unchanged" };
    Ok(context.printer.written_and_shown(&Tried { planned, outcome, effects }, false)?)
}

/// Tells what will happen and asks, unless `--yes`, or where nothing will.
pub(in crate::cli) fn confirm(context: &Context<'_>, effects: &[String]) -> Result<Confirmed, Failure> {
    confirm_by(context, effects, None)
}

/// [`confirm`], by this word where there is one: case does not count in it, as in no name here.
pub(in crate::cli) fn confirm_by(
    context: &Context<'_>,
    effects: &[String],
    typed: Option<&str>,
) -> Result<Confirmed, Failure> {
    let mut yes = true;
    if !context.globals.yes && !effects.is_empty() {
        for effect in effects {
            context.printer.tell(&format!("  - {effect}"));
        }
        yes = context.ask("--yes", |prompts| match typed {
            None => prompts.confirm("Go on?", Some(false)),
            Some(word) => {
                let answer = prompts.ask_line(&format!("Type {word} to go on"), None)?;
                let right = answer.trim().eq_ignore_ascii_case(word);
                if !right && !answer.trim().is_empty() {
                    context.printer.tell(&format!("That is not \"{word}\"."));
                }
                Ok(right)
            }
        })?;
    }
    Confirmed::by(yes).ok_or(Failure::Declined)
}
