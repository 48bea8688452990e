//! One command for several people: each its own transaction and its own row of the report.

use std::collections::HashMap;

use super::carry_out::{carry_out, confirm};
use super::context::Session;
use super::failure::Failure;
use super::input;
use super::views::{ChangeView, Outcome, OutcomeView, UserView};
use crate::domain::time::for_people;
use crate::domain::user::User;
use crate::domain::who::Who;
use crate::flow::{self, Change, ChangeOfUser, Env, FlowError};

/// Counts what was not done, or may not have been.
#[derive(Default)]
pub(in crate::cli) struct Tally {
    failed: usize,
    unknown: usize,
    all: usize,
}

impl Tally {
    pub(in crate::cli) fn count(&mut self, view: &OutcomeView) {
        self.all += 1;
        self.failed += usize::from(view.outcome == Outcome::Failed);
        self.unknown += usize::from(view.outcome == Outcome::Unknown);
    }

    pub(in crate::cli) fn result(self) -> Result<(), Failure> {
        let Self { failed, unknown, all } = self;
        if failed + unknown == 0 { Ok(()) } else { Err(Failure::Partial { failed, unknown, all }) }
    }
}

/// The block of somebody who could come in but for it.
fn blocked(user: &User) -> Option<String> {
    flow::stays_blocked(user).filter(|_| user.enabled())
}

/// Plans a change for each person, asks once, and commits one after the other. One person alone is shown as the
/// user it made of them, with its own exit code.
pub(in crate::cli) fn carry_out_each<C>(
    session: &Session<'_>,
    users: &[String],
    said: &str,
    plan: impl Fn(&Env<'_>, &Who) -> Result<C, FlowError>,
) -> Result<(), Failure>
where
    C: ChangeOfUser,
{
    let (context, env) = (session.context, session.operating());
    if let [only] = users {
        return alone(session, said, plan(&env, &input::who(only)?)?);
    }
    let mut rows = Vec::new();
    let mut seen = HashMap::new();
    for (row, text) in (1..).zip(users) {
        let planned = input::who(text).and_then(|who| {
            let change = plan(&env, &who)?;
            let first = *seen.entry(change.id().to_owned()).or_insert(row);
            Ok(if first == row { Ok(change) } else { Err(first) })
        });
        rows.push((row, text, planned));
    }
    let effects: Vec<String> = rows
        .iter()
        .filter_map(|(_, _, planned)| planned.as_ref().ok()?.as_ref().ok())
        .flat_map(Change::effects)
        .collect();
    let yes = match (context.globals.dry_run, effects.is_empty()) {
        (false, false) => Some(confirm(context, &effects)?),
        _ => None,
    };
    let mut tally = Tally::default();
    let mut list = context.printer.begin_list();
    for (row, text, planned) in rows {
        let view = match (planned, yes) {
            (Err(failure), _) => OutcomeView::failed(row, text, &failure),
            (Ok(Err(first)), _) => OutcomeView::duplicate(row, text, first),
            (Ok(Ok(change)), None) => {
                let effects = change.effects();
                OutcomeView {
                    remarks: effects.clone(),
                    effects,
                    ..OutcomeView::new(row, text, Outcome::WouldDo)
                }
            }
            (Ok(Ok(change)), Some(yes)) => {
                let effects = change.effects();
                match change.commit(&env, yes) {
                    Ok(user) => OutcomeView {
                        effects,
                        remarks: blocked(&user).into_iter().collect(),
                        ..OutcomeView::new(row, &user.path(), Outcome::Done)
                    },
                    Err(error) => OutcomeView::failed(row, text, &error.into()),
                }
            }
        };
        tally.count(&view);
        // Nobody may read on, but what was confirmed is done.
        let _ = list.row(&ChangeView(view))?;
    }
    list.finish("")?;
    tally.result()
}

fn alone<C: ChangeOfUser>(session: &Session<'_>, said: &str, change: C) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    let Some(user) = carry_out(context, &env, change)? else { return Ok(()) };
    let now = env.clock.now();
    context.printer.done(&format!("{said} {}.", user.path()));
    if let Some(until) = user.failures.locked(now).filter(|_| user.enabled()) {
        context.printer.note(&format!(
            "Note: it is locked until {}; `enable --unlock` ends the lock, and `regain faq locked` tells more.",
            for_people(until)
        ));
    }
    if let Some(stays) = blocked(&user) {
        context.printer.note(&format!("Note: {stays}."));
    }
    Ok(context.printer.one_if_data(&UserView::of(&user, now))?)
}
