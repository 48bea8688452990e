//! What judging all people of a batch came to.

use super::before::Before;
use super::steps::Steps;
use crate::cli::shared::Failure;
use crate::cli::shared::views::OutcomeView;
use crate::domain::batch::{Counts, Ended, Person, Row};
use crate::flow::batch::{self, Unplanned};
use crate::flow::{AboutUser, FlowError};
use crate::os::Rows;

/// The rows of the journal to come.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) rows: Rows<Row>,
    pub(super) counts: Counts,
    /// Those that ended with it.
    pub(super) ended: Before,
    pub(super) longest: String,
    /// The line of the last one.
    pub(super) last: u64,
    pub(super) changes: bool,
}

impl Judged {
    pub(super) fn add<S: Steps>(&mut self, steps: &S, of: batch::Judged<'_, S::Plan>) -> Result<(), Failure> {
        let user = of.user();
        if user.len() > self.longest.len() {
            self.longest.clone_from(&user);
        }
        let (place, row) = (of.place, of.named.row);
        let person = of.plan.as_ref().ok().map(|plan| {
            let about = plan.user();
            Person { id: about.id.clone(), path: about.path(), version: steps.version(plan) }
        });
        // Whoever was found may be named, although nothing is done for them.
        let person = person.or_else(|| {
            let is_there = of.named.user.is_some() || of.plan.as_ref().is_err_and(is_about_somebody);
            is_there.then(|| Person { id: String::new(), path: user.clone(), version: Vec::new() })
        });
        let mut journalled = Row { place, row, person, ended: None };
        if let Err(why) = of.plan {
            let view = OutcomeView { row, ..OutcomeView::unplanned(why, &user) };
            let outcome = view.recorded();
            journalled.ended = Some(Ended { outcome, reason: view.reason.clone() });
            self.counts.add(outcome);
            self.ended.add(place, view).map_err(FlowError::from)?;
        }
        self.counts.rows += 1;
        self.last = row;
        Ok(self.rows.push(&journalled).map_err(FlowError::from)?)
    }
}

/// Whether it tells of somebody who was found. What names nobody is not kept: people type passwords there (security U3).
fn is_about_somebody(why: &Unplanned) -> bool {
    match why {
        Unplanned::Duplicate(_) => true,
        Unplanned::Malformed(_) => false,
        Unplanned::Failed(FlowError::Refused(refusal)) => refusal.is_about_somebody(),
        Unplanned::Failed(_) => false,
    }
}
