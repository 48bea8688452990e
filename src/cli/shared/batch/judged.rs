//! What judging all people of a batch came to.

use std::collections::VecDeque;

use super::steps::Steps;
use crate::cli::shared::views::OutcomeView;
use crate::domain::batch::{Ended, Outcome, Person, Row};
use crate::flow::batch::{self, Unplanned};
use crate::flow::{AboutUser, FlowError};

/// The rows of the journal to come.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) rows: Vec<Row>,
    /// Those that ended with it, by place.
    pub(super) ended: VecDeque<(u64, OutcomeView)>,
    pub(super) longest: String,
    pub(super) changes: bool,
}

impl Judged {
    pub(super) fn add<S: Steps>(&mut self, steps: &S, of: batch::Judged<'_, S::Plan>) {
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
            journalled.ended = Some(Ended { outcome: view.recorded(), reason: view.reason.clone() });
            self.ended.push_back((place, view));
        }
        self.rows.push(journalled);
    }

    pub(super) fn failed(&self) -> usize {
        self.ended.iter().filter(|(_, view)| view.recorded() == Outcome::Failed).count()
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
