//! The rows of a journal that are left, planned when their turn comes near.

use std::collections::VecDeque;

use super::steps::Steps;
use crate::domain::batch::Row;
use crate::flow::batch::{Journal, Turn, Unplanned};
use crate::flow::{AboutUser, Env, FlowError, Missing, Refusal};

/// The rows that are left.
pub(super) struct Coming<'c, P> {
    journal: &'c Journal,
    env: &'c Env<'c>,
    rows: VecDeque<Row>,
    after: u64,
    planned: VecDeque<Turn<P, ()>>,
    /// Why no more come.
    pub(super) failed: Option<FlowError>,
}

/// How many are planned at a time, reading in one transaction.
const PLANNED: usize = 64;

impl<'c, P> Coming<'c, P> {
    pub(super) fn of(journal: &'c Journal, env: &'c Env<'c>) -> Self {
        Self { journal, env, rows: VecDeque::new(), after: 0, planned: VecDeque::new(), failed: None }
    }

    pub(super) fn next<S: Steps<Plan = P>>(&mut self, steps: &S) -> Option<Turn<P, ()>> {
        if self.planned.is_empty() {
            let planned = self.env.steadily(|| {
                let turns = std::iter::from_fn(|| self.plan(steps));
                turns.take(PLANNED).collect()
            });
            match planned {
                Ok(planned) => self.planned = planned,
                Err(error) => self.failed = Some(error),
            }
        }
        self.planned.pop_front()
    }

    fn plan<S: Steps<Plan = P>>(&mut self, steps: &S) -> Option<Turn<P, ()>> {
        loop {
            if self.rows.is_empty() {
                match self.journal.left(self.env, self.after) {
                    Ok(rows) => self.rows = rows.into(),
                    Err(error) => self.failed = Some(error),
                }
            }
            let row = self.rows.pop_front()?;
            self.after = row.place;
            if let Some(turn) = turn(self.env, steps, row) {
                return Some(turn);
            }
        }
    }
}

/// What is done for somebody who was judged before, if they are as they were.
pub(super) fn turn<S: Steps>(env: &Env<'_>, steps: &S, row: Row) -> Option<Turn<S::Plan, ()>> {
    let planned = steps.again(env, &row);
    let Row { place, row, person, .. } = row;
    let person = person?;
    let planned = planned.map_err(|why| match why {
        // By name, as everybody else.
        Unplanned::Failed(FlowError::Missing(Missing::UserId(_))) => {
            Unplanned::Failed(Missing::User(person.path.clone()).into())
        }
        other => other,
    });
    let plan = planned.and_then(|plan| {
        if steps.version(&plan) == person.version {
            return Ok((plan, ()));
        }
        Err(Unplanned::Failed(Refusal::ChangedSince(plan.user().path()).into()))
    });
    let user = plan.as_ref().map_or(person.path, |(plan, ())| plan.user().path());
    Some(Turn { place, row, user, plan })
}
