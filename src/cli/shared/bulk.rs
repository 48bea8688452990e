//! The report of one change of several people, a row each.

use std::collections::HashMap;

use anyhow::Context as _;

use super::context::Session;
use super::failure::Failure;
use super::input;
use super::people::People;
use super::planned::Planned;
use super::runner::{self, confirm};
use super::views::{AloneView, ChangeView, OutcomeView, UserView};
use crate::domain::{Principal, User};
use crate::flow::bulk::{Batch, TOGETHER, act_together};
use crate::flow::{AboutUser, Change, Env, FlowError, Promise};
use crate::guidance::{effects, notes};
use crate::ui::progress::Progress;
use crate::ui::{BetweenRows, Row};

/// Goes through a batch by `act`, which gets those who are ready with what `prepare` made for them, `at_once` at most, and
/// prints what became of each.
pub(in crate::cli) fn report<P: AboutUser, M, R: Row + From<OutcomeView>>(
    session: &Session<'_>,
    batch: Batch<P>,
    progress: Option<Progress>,
    at_once: usize,
    prepare: impl Fn(&P) -> Promise<Result<M, FlowError>>,
    mut act: impl FnMut(Vec<(P, M)>) -> Vec<Result<OutcomeView, Failure>>,
) -> Result<(), Failure> {
    let (printer, dry_run) = (&session.context.printer, session.context.globals.dry_run);
    let mut list = printer.begin_list::<R>();
    // The columns of a table stand still while its rows come.
    list.make_room(&OutcomeView::widest(batch.last_row(), batch.longest_name()).into());
    let signals = BetweenRows::begin().context("the signals of a batch could not be watched")?;
    let (all, mut done, mut failed) = (batch.len(), 0, 0);
    let act = |group| match &progress {
        Some(progress) => progress.suspend(|| act(group)),
        None => act(group),
    };
    let tally = batch.carry_out(at_once, prepare, act, |told| -> Result<(), Failure> {
        let mut last = 0;
        for (row, user, outcome) in told {
            // Nobody may read on, but what was confirmed is done.
            let view = OutcomeView { dry_run, ..OutcomeView::of(row, &user, outcome) };
            *if view.is_failure() { &mut failed } else { &mut done } += 1;
            let _ = list.row(&view.named(&printer.program()).into())?;
            // Each row is shown when it is done.
            let shown = match &progress {
                Some(progress) => progress.suspend(|| list.show()),
                None => list.show(),
            };
            shown?;
            if let Some(progress) = &progress {
                progress.advance(1);
            }
            last = row;
        }
        let left = all - done - failed;
        match signals.asked_to_end().filter(|_| left > 0) {
            Some(signal) => Err(Failure::Interrupted { signal, row: last, done, failed, left }),
            None => Ok(()),
        }
    })?;
    if let Some(progress) = progress {
        progress.finish();
    }
    list.finish("There is nobody in the list.")?;
    if tally.failed + tally.unknown == 0 { Ok(()) } else { Err(Failure::Partial(tally)) }
}

/// Of how many people the effects are shown before the question; the rest is counted.
const SHOWN: usize = 10;

/// The effects on several people: each one's own, then once what is the same for more of them.
fn together<C: Change>(changes: &[&C]) -> Vec<String> {
    let mut times: HashMap<String, usize> = HashMap::new();
    for effect in changes.iter().flat_map(|change| change.effects()) {
        *times.entry(effect).or_default() += 1;
    }
    let mut shared = Vec::new();
    let mut effects = Vec::new();
    for (at, change) in changes.iter().enumerate() {
        for effect in change.effects() {
            if times.get(&effect).is_none_or(|times| *times == 1) {
                effects.extend((at < SHOWN).then_some(effect));
            } else if !shared.contains(&effect) {
                shared.push(effect);
            }
        }
    }
    if let more @ 1.. = changes.len().saturating_sub(SHOWN) {
        effects.push(format!("and so for {more} more; --dry-run lists them all"));
    }
    effects.extend(shared);
    effects
}

/// What somebody is still kept out by who could come in but for it.
fn kept_out(user: &User) -> Vec<String> {
    let open = user.enabled();
    let kept = [effects::stays_blocked(user), effects::unmet_protection(user)];
    kept.into_iter().flatten().filter(|_| open).collect()
}

/// Plans a change for each person, asks once, and commits one after the other. One person alone is shown as the
/// user it made of them, with its own exit code.
pub(in crate::cli) fn run_each<C: Change<Done = User> + AboutUser>(
    session: &Session<'_>,
    people: &People,
    said: &str,
    plan: impl Fn(&Env<'_>, &Principal) -> Result<C, FlowError>,
) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let named = people.read(session)?;
    if let ([only], true) = (named.as_slice(), people.alone()) {
        return alone(session, said, plan(&env, &input::who(&env, &only.text)?)?);
    }
    let batch = Batch::plan(&env, &named, |who| plan(&env, who));
    let changing: Vec<&C> = batch.plans().into_iter().filter(|change| change.changes()).collect();
    let mut told = together(&changing);
    if let (false, more @ 1..) = (changing.is_empty(), batch.unplanned()) {
        told.push(format!("it cannot be done for {}: the report says why", effects::people(more)));
    }
    let yes = if context.globals.dry_run { None } else { Some(confirm(context, &told)?) };
    let act = |env: &Env<'_>, change: C| {
        let effects = change.effects();
        if !change.changes() {
            return Ok(OutcomeView::unchanged(effects));
        }
        let Some(yes) = yes else { return Ok(OutcomeView::would_do(effects)) };
        let left_open = change.left_open();
        let user = change.commit(env, yes)?;
        let remarks = kept_out(&user).into_iter().chain(left_open).collect();
        Ok(OutcomeView { effects, remarks, ..OutcomeView::done() })
    };
    let act = |group: Vec<(C, ())>| {
        if yes.is_none() || !group.iter().any(|(change, ())| change.changes()) {
            // Nothing is written, so nobody need be kept from writing.
            return group.into_iter().map(|(change, ())| act(&env, change)).collect();
        }
        act_together(&env, group, |env, (change, ())| act(env, change))
    };
    report::<_, _, ChangeView>(session, batch, None, TOGETHER, |_| Promise::Kept(Ok(())), act)
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
