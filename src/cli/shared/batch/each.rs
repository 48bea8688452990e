//! A change of one USER, or of several.

use super::args::BatchArgs;
use super::work::several;
use crate::cli::shared::people::Whom;
use crate::cli::shared::views::{AloneView, OutcomeView, UserView};
use crate::cli::shared::{Failure, Planned, Session, input, runner};
use crate::domain::{Principal, User};
use crate::flow::batch::Work;
use crate::flow::{AboutUser, Change, Env, FlowError};
use crate::guidance::{effects, notes};

/// Plans a change for each person, asks once, and commits one after the other. One person alone is shown as the
/// user it made of them, with its own exit code, after what was done in a word.
pub(in crate::cli) fn run_each<C: Change<Done = User> + AboutUser>(
    session: &Session<'_>,
    (whom, args): (&Whom, &BatchArgs),
    said: &str,
    plan: impl Fn(&Env<'_>, &Principal) -> Result<C, FlowError>,
    (command, work): (&'static str, Work),
) -> Result<(), Failure> {
    if let Whom::One(only) = whom {
        let env = session.operating();
        return alone(session, said, plan(&env, &input::who(&env, &only.text)?)?);
    }
    several(session, whom, args, command, work)
}

fn alone<C: Change<Done = User> + AboutUser>(
    session: &Session<'_>,
    said: &str,
    change: C,
) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let (printer, now) = (&context.printer, env.clock.now());
    let effects = printer.program().name_in_all(&change.effects());
    let after = OutcomeView { user: Some(change.after().path()), ..OutcomeView::done() };
    let planned = Planned::of(AloneView::of(UserView::of(&change.after(), now), after));
    let left_open = change.left_open();
    let Some((user, changed)) = runner::run(session, planned, change)? else { return Ok(()) };
    if changed {
        printer.done(&format!("{said} {}.", user.path()));
        if let Some(until) = user.failures.locked(now).filter(|_| user.enabled()) {
            printer.note(&notes::still_locked(&user.path(), until));
        }
        if let Some(stays) = effects::stays_blocked(&user).filter(|_| user.enabled()) {
            printer.note(&format!("Note: {stays}."));
        }
        if let Some(unmet) = effects::unmet_protection(&user).filter(|_| user.enabled()) {
            printer.warn(&unmet);
        }
        if let Some(left_open) = left_open {
            printer.note(&format!("Note: {left_open}."));
        }
    }
    let view = if changed {
        OutcomeView { effects, ..OutcomeView::done() }
    } else {
        OutcomeView::unchanged(effects)
    };
    let view = OutcomeView { user: Some(user.path()), ..view };
    Ok(printer.written(&AloneView::of(UserView::of(&user, now), view), changed)?)
}
