//! What judging all people of a batch came to.

use std::collections::VecDeque;

use super::steps::Steps;
use crate::cli::shared::views::OutcomeView;
use crate::domain::batch::{Ended, Outcome, Person, Row};
use crate::flow::AboutUser;
use crate::flow::batch;

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
