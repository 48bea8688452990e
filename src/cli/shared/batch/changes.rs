//! A change without a secret, of one person or of many.

use std::cell::RefCell;

use super::effects::Effects;
use super::steps::{Done, Each, Group, Steps, by_id, done_of, kept};
use crate::cli::shared::Failure;
use crate::cli::shared::views::{ChangeView, OutcomeView};
use crate::domain::batch::{Counts, Row};
use crate::domain::{Principal, User};
use crate::flow::batch::{Journal, Named, Parts, Recorded, Turn, Unplanned, judge};
use crate::flow::{AboutUser, Change, Confirmed, Env, FlowError, Promise};
use crate::guidance::effects;

/// What is done for each, by a plan of theirs, and what is left to know of somebody for whom it was done.
pub(super) struct Changes<'p, F, R> {
    people: &'p [Named],
    plan: F,
    remarks: R,
    effects: RefCell<Effects>,
}

impl<'p, F, R> Changes<'p, F, R> {
    pub(super) fn new(people: &'p [Named], plan: F, remarks: R) -> Self {
        Self { people, plan, remarks, effects: RefCell::default() }
    }
}

/// What somebody is still kept out by who could come in but for it.
pub(super) fn kept_out(user: &User) -> Vec<String> {
    let open = user.enabled();
    let kept = [effects::stays_blocked(user), effects::unmet_protection(user)];
    kept.into_iter().flatten().filter(|_| open).collect()
}

impl<C, F, R> Steps for Changes<'_, F, R>
where
    C: Change + AboutUser,
    F: Fn(&Env<'_>, &Principal) -> Result<C, FlowError>,
    R: Fn(&C::Done) -> Vec<String>,
{
    type Plan = C;
    type Made = ();
    type View = ChangeView;

    const LABEL: &'static str = "Changing";

    fn judge(&self, env: &Env<'_>, each: &mut Each<'_, C>) -> Result<(), Failure> {
        judge(env, self.people, &self.plan, each)
    }

    fn again(&self, env: &Env<'_>, row: &Row) -> Result<C, Unplanned> {
        by_id(row, |who| (self.plan)(env, who))
    }

    fn changes(&self, plan: &C) -> bool {
        plan.changes()
    }

    fn would(&self, plan: &C) -> OutcomeView {
        let effects = plan.effects();
        if plan.changes() { OutcomeView::would_do(effects) } else { OutcomeView::unchanged(effects) }
    }

    fn see(&self, plan: &C) {
        if plan.changes() {
            self.effects.borrow_mut().see(plan, plan.effects());
        }
    }

    fn effects(&self, Counts { failed, .. }: Counts) -> Vec<String> {
        let seen = self.effects.borrow();
        let mut all = seen.all();
        if let (1.., 1..) = (seen.changing, failed) {
            all.push(format!("it cannot be done for {}: the report says why", effects::people(failed)));
        }
        all
    }

    fn prepared<T>(
        &self,
        _: &Env<'_>,
        work: impl FnOnce(&dyn Fn(&C) -> Promise<Result<(), FlowError>>) -> T,
    ) -> T {
        work(&|_| Promise::Kept(Ok(())))
    }

    fn commit(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        group: Group<'_, C, ()>,
    ) -> Result<Vec<Done>, Failure> {
        let Group { turns, yes, atomic, enough } = group;
        let (mut done, mut turns) = (Vec::with_capacity(turns.len()), turns.into_iter());
        let mut broken = None;
        let ended = journal.together(env, Parts::Apart, &mut |env| {
            for turn in turns.by_ref() {
                match do_one(env, turn, yes, &self.remarks) {
                    Ok(one) => done.push(one),
                    Err(error) => {
                        broken = Some(error);
                        return None;
                    }
                }
                if enough(&done) {
                    break;
                }
            }
            let undone = atomic && done.iter().any(Done::failed);
            (!undone).then(|| Recorded { ended: done_of(&done), sealed: None })
        });
        match broken {
            Some(error) => Err(error.into()),
            None => kept(ended, done),
        }
    }
}

fn do_one<C: Change + AboutUser>(
    env: &Env<'_>,
    turn: Turn<C, ()>,
    yes: Confirmed,
    remarks: &impl Fn(&C::Done) -> Vec<String>,
) -> Result<Done, FlowError> {
    let Turn { place, row, user, plan } = turn;
    let act = |change: C| -> Result<OutcomeView, FlowError> {
        let effects = change.effects();
        if !change.changes() {
            return Ok(OutcomeView::unchanged(effects));
        }
        let left_open = change.left_open();
        let done = change.commit(env, yes)?;
        let remarks = remarks(&done).into_iter().chain(left_open).collect();
        Ok(OutcomeView { effects, remarks, ..OutcomeView::done() })
    };
    let view = match plan {
        Ok((change, ())) => match act(change) {
            Err(error) if error.is_of_everybody() && !error.leaves_unknown() => return Err(error),
            acted => acted.unwrap_or_else(|error| OutcomeView::failed(&error.into())),
        },
        Err(Unplanned::Failed(error)) if error.is_of_everybody() => return Err(error),
        Err(why) => OutcomeView::unplanned(why, &user),
    };
    Ok(Done { place, view: OutcomeView { row, user: Some(user), ..view } })
}
