//! What a kind of batch does for each person.

use std::io::Write;

use super::failed::{Failed, Unwritten};
use crate::cli::shared::Failure;
use crate::cli::shared::views::OutcomeView;
use crate::domain::batch::{Counts, Ended, Row};
use crate::domain::{Name, Principal};
use crate::flow::batch::{AtOnce, Journal, Judged, Turn, Unplanned};
use crate::flow::{AboutUser, Confirmed, Env, FlowError, Promise};
use crate::guidance::notes;
use crate::os::Rows;
use crate::ui;

/// How a row ended, as it is reported.
pub(in crate::cli) struct Done {
    pub(in crate::cli) place: u64,
    pub(in crate::cli) view: OutcomeView,
}

/// What is done with somebody who was judged.
pub(in crate::cli) type Each<'e, P> = dyn FnMut(Judged<'_, P>) -> Result<(), Failure> + 'e;

/// What is done for each person of a batch, and how it is told.
pub(in crate::cli) trait Steps {
    type Plan: AboutUser;
    /// What is prepared for each, ahead of their turn.
    type Made;
    type View: ui::Row + From<OutcomeView>;

    /// What the bar of its progress is called.
    const LABEL: &'static str;

    /// Judges everybody in their order, and hands each over at once. Only what keeps all of them from being judged, or an
    /// error of `each`, ends it early.
    fn judge(&self, env: &Env<'_>, each: &mut Each<'_, Self::Plan>) -> Result<(), Failure>;

    /// Plans a row once more that was judged before.
    fn again(&self, env: &Env<'_>, row: &Row) -> Result<Self::Plan, Unplanned>;

    /// As what somebody is judged by a plan: another one where they were changed since.
    fn version(&self, plan: &Self::Plan) -> Vec<u8> {
        plan.user().version()
    }

    /// Whether a plan changes anything.
    fn changes(&self, plan: &Self::Plan) -> bool;

    /// What a dry run shows of somebody.
    fn would(&self, plan: &Self::Plan) -> OutcomeView;

    /// Looks at a plan, for the question that is asked once for all.
    fn see(&self, plan: &Self::Plan);

    /// What will happen, a sentence each; `counts` are of those of whom it is known already how it ends.
    fn effects(&self, counts: Counts) -> Vec<String>;

    /// Opens whatever takes secrets, where some will be handed out. One that is gone on with has its journal.
    fn open(&self, _env: &Env<'_>, _journal: Option<&Journal>) -> Result<(), Failure> {
        Ok(())
    }

    /// Closes it, however the batch ended.
    fn close(&self, _env: &Env<'_>, _journal: &Journal, ended: Result<(), Failure>) -> Result<(), Failure> {
        ended
    }

    /// Writes the rows that failed in the form of the input, where that is no list of people; whether it did.
    fn write_failed(&self, _failed: &mut Rows<Failed>, _out: &mut dyn Write) -> Result<bool, Unwritten> {
        Ok(false)
    }

    fn at_once(&self) -> AtOnce {
        AtOnce::READY
    }

    /// Lets `work` have what is made for each ahead, as promises.
    fn prepared<T>(
        &self,
        env: &Env<'_>,
        work: impl FnOnce(&dyn Fn(&Self::Plan) -> Promise<Result<Self::Made, FlowError>>) -> T,
    ) -> T;

    /// Does some of them and writes into the journal how each ended, in one transaction. Whoever is missing from what is
    /// returned has not been begun, because `enough` said that too many failed. Only what ends the batch is an error.
    fn commit(
        &self,
        env: &Env<'_>,
        journal: &Journal,
        group: Group<'_, Self::Plan, Self::Made>,
    ) -> Result<Vec<Done>, Failure>;
}

/// Some whose turn it is.
pub(in crate::cli) struct Group<'g, P, M> {
    pub(in crate::cli) turns: Vec<Turn<P, M>>,
    pub(in crate::cli) yes: Confirmed,
    /// Whether all are undone where one fails.
    pub(in crate::cli) atomic: bool,
    /// Whether too many have failed, these among them.
    pub(in crate::cli) enough: &'g dyn Fn(&[Done]) -> bool,
}

impl Done {
    pub(in crate::cli) fn failed(&self) -> bool {
        self.view.is_failure()
    }

    /// As a row that ended so instead.
    fn with(self, view: OutcomeView) -> Self {
        let (row, user) = (self.view.row, self.view.user);
        Self { view: OutcomeView { row, user, ..view }, ..self }
    }

    /// What was undone with others that failed.
    fn undone(self) -> Self {
        if self.failed() { self } else { self.with(OutcomeView::left_alone(notes::ALL_OR_NONE)) }
    }
}

/// As a journal keeps it.
pub(in crate::cli) fn done_of(done: &[Done]) -> Vec<(u64, Ended)> {
    let ended = |done: &Done| {
        let ended = Ended { outcome: done.view.recorded(), reason: done.view.reason.clone() };
        (done.place, ended)
    };
    done.iter().map(ended).collect()
}

/// [`Steps::again`] for somebody who is known by their id.
pub(super) fn by_id<P>(
    row: &Row,
    plan: impl FnOnce(&Principal) -> Result<P, FlowError>,
) -> Result<P, Unplanned> {
    let id = row.person.as_ref().map(|person| person.id.as_str()).unwrap_or_default();
    let who = Name::parse(id).map(Principal::Id).map_err(|error| Unplanned::Malformed(error.into()))?;
    plan(&who).map_err(Unplanned::Failed)
}

/// What a group came to whose transaction ended so. Where it does not stand, nothing of it is done; where nobody knows, that
/// is told of each.
pub(super) fn kept(kept: Result<bool, FlowError>, done: Vec<Done>) -> Result<Vec<Done>, Failure> {
    match kept {
        Ok(true) => Ok(done),
        Ok(false) => Ok(done.into_iter().map(Done::undone).collect()),
        Err(error) if error.leaves_unknown() => {
            let error = Failure::from(error);
            let unknown =
                |done: Done| if done.failed() { done } else { done.with(OutcomeView::failed(&error)) };
            Ok(done.into_iter().map(unknown).collect())
        }
        Err(error) => Err(error.into()),
    }
}
