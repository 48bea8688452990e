//! The one way an operator's write goes: plan → effects → yes → commit. `--dry-run` ends it at the effects.

use serde::Serialize;

use super::context::{Context, Session};
use super::failure::Failure;
use crate::flow::mfa::Authority;
use crate::flow::{Change, Confirmed, Env};
use crate::ui::{Column, Format, Row, column};

/// What `--dry-run` shows.
#[derive(Debug, Serialize)]
struct DryRun {
    dry_run: bool,
    outcome: &'static str,
    effects: Vec<String>,
}

impl DryRun {
    fn of(effects: Vec<String>, changes: bool) -> Self {
        Self { dry_run: true, outcome: if changes { "would_do" } else { "unchanged" }, effects }
    }
}

impl Row for DryRun {
    const COLUMNS: &'static [Column<Self>] = &[column("would happen", |row| {
        if row.effects.is_empty() { "nothing".to_owned() } else { row.effects.join("; ") }
    })];
}

/// What a dry run shows of a command that prints what it made: the object as it would be, with the keys of the run.
#[derive(Debug, Serialize)]
struct Tried<R> {
    #[serde(flatten)]
    object: R,
    #[serde(flatten)]
    tried: DryRun,
}

impl<R: Row> Row for Tried<R> {
    const COLUMNS: &'static [Column<Self>] = &[];
}

/// [`run`] of a change that makes this object, which a dry run shows to programs.
pub(in crate::cli) fn run_for<R: Row, C: Change>(
    session: &Session<'_>,
    object: R,
    change: C,
) -> Result<Option<Done<C::Done>>, Failure> {
    let printer = &session.context.printer;
    if !session.context.globals.dry_run || printer.format() == Format::Table {
        return run(session, change);
    }
    let effects = printer.program().name_in_all(&change.effects());
    let tried = DryRun::of(effects, change.changes());
    printer.written(&Tried { object, tried }, false)?;
    Ok(None)
}

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

/// Shows the effects, asks unless `--yes`, and commits. `None` is a dry run.
pub(in crate::cli) fn run<C: Change>(
    session: &Session<'_>,
    change: C,
) -> Result<Option<Done<C::Done>>, Failure> {
    run_by(session.context, &session.operating(), Consent::Asked, change)
}

/// Shows the effects of a dry run, or commits by this consent. `None` is a dry run.
pub(in crate::cli) fn run_by<C: Change>(
    context: &Context<'_>,
    env: &Env<'_>,
    consent: Consent,
    change: C,
) -> Result<Option<Done<C::Done>>, Failure> {
    let (effects, changed, typed) = (change.effects(), change.changes(), change.typed());
    let consent = if changed { consent } else { Consent::Implied };
    let Some(yes) = agree_by(context, consent, &effects, typed.as_deref())? else { return Ok(None) };
    if !changed {
        context.printer.done(&nothing(&effects));
    }
    Ok(Some((change.commit(env, yes)?, changed)))
}

/// What people are told of a write that changes nothing.
pub(in crate::cli) fn nothing(effects: &[String]) -> String {
    format!("Nothing to change: {}.", effects.join("; "))
}

/// The yes to these effects; `None` is a dry run, which has shown them.
pub(in crate::cli) fn agree(
    context: &Context<'_>,
    consent: Consent,
    effects: &[String],
) -> Result<Option<Confirmed>, Failure> {
    agree_by(context, consent, effects, None)
}

/// [`agree`], by this word instead of a yes where there is one.
fn agree_by(
    context: &Context<'_>,
    consent: Consent,
    effects: &[String],
    typed: Option<&str>,
) -> Result<Option<Confirmed>, Failure> {
    if context.globals.dry_run {
        preview(context, effects)?;
        return Ok(None);
    }
    match consent {
        Consent::Asked => confirm_by(context, effects, typed).map(Some),
        Consent::Implied => Ok(Confirmed::by(true)),
    }
}

/// What `--dry-run` ends with.
pub(in crate::cli) fn preview(context: &Context<'_>, effects: &[String]) -> Result<(), Failure> {
    let effects = context.printer.program().name_in_all(effects);
    let changes = !effects.is_empty();
    Ok(context.printer.written_and_shown(&DryRun::of(effects, changes), false)?)
}

/// Tells what will happen and asks, unless `--yes`, or where nothing will.
pub(in crate::cli) fn confirm(context: &Context<'_>, effects: &[String]) -> Result<Confirmed, Failure> {
    confirm_by(context, effects, None)
}

/// [`confirm`], by this word where there is one: case does not count in it, as in no name here.
fn confirm_by(context: &Context<'_>, effects: &[String], typed: Option<&str>) -> Result<Confirmed, Failure> {
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
