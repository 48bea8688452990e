//! One change of several people: all of them planned, then done one after the other, each in a transaction of its own.

use std::collections::HashMap;

use crate::domain::who::{Who, WhoError};
use crate::flow::foundation::{AboutUser, FlowError};
use crate::store::StoreError;

/// A person as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// The line of the file, or the place on the command line, from 1 on.
    pub row: u64,
    /// What cannot be a person is found out by [`Batch::plan`], and fails alone.
    pub text: String,
}

impl Named {
    /// The people of a command line.
    pub fn list(texts: &[String]) -> Vec<Self> {
        (1..).zip(texts).map(|(row, text)| Self { row, text: text.clone() }).collect()
    }
}

/// An error after which it may be that nobody knows what became of the change.
pub trait LeavesUnknown: From<FlowError> {
    fn leaves_unknown(&self) -> bool;
}

impl LeavesUnknown for FlowError {
    fn leaves_unknown(&self) -> bool {
        matches!(self, Self::Store(StoreError::Unknown(_)))
    }
}

/// What became of one of them.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome<D, E> {
    Done(D),
    /// Named before, in that row.
    Duplicate(u64),
    /// What was written names nobody that could exist.
    Malformed(WhoError),
    Failed(E),
    /// The disk failed while it was committed.
    Unknown(E),
}

/// How many there were, and of how many it was not done, or may not have been.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub all: usize,
    pub failed: usize,
    pub unknown: usize,
}

/// A change of several people, planned.
pub struct Batch<P> {
    rows: Vec<Planned<P>>,
}

struct Planned<P> {
    row: u64,
    /// As they are called, once they were found.
    user: String,
    plan: Result<P, Unplanned>,
}

enum Unplanned {
    Duplicate(u64),
    Malformed(WhoError),
    Failed(FlowError),
}

impl<P: AboutUser> Batch<P> {
    /// Plans the change for each person, who counts once however often and in whatever way they are named.
    pub fn plan(people: &[Named], plan: impl Fn(&Who) -> Result<P, FlowError>) -> Self {
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut planned = |named: &Named| {
            let who = Who::parse(&named.text).map_err(Unplanned::Malformed)?;
            let plan = plan(&who).map_err(Unplanned::Failed)?;
            match *seen.entry(plan.user().id.clone()).or_insert(named.row) {
                first if first == named.row => Ok(plan),
                first => Err(Unplanned::Duplicate(first)),
            }
        };
        let rows = people.iter().map(|named| {
            let plan = planned(named);
            let user = plan.as_ref().map_or_else(|_| named.text.clone(), |plan| plan.user().path());
            Planned { row: named.row, user, plan }
        });
        Self { rows: rows.collect() }
    }

    /// The plans that can be done.
    pub fn plans(&self) -> Vec<&P> {
        self.rows.iter().filter_map(|row| row.plan.as_ref().ok()).collect()
    }

    /// Of how many it can be told beforehand that it cannot be done.
    pub fn unplanned(&self) -> usize {
        let unplanned =
            |row: &&Planned<P>| matches!(row.plan, Err(Unplanned::Malformed(_) | Unplanned::Failed(_)));
        self.rows.iter().filter(unplanned).count()
    }

    /// Goes through all of them in their order. What `prepare` makes for `at_once` of them together, `act` gets one by one
    /// to do it, and `tell` hears of everybody, by row and name. Only an error of `tell` ends it early.
    pub fn carry_out<M, D, E: LeavesUnknown, X>(
        self,
        at_once: usize,
        prepare: impl Fn(&[&P]) -> Vec<M>,
        mut act: impl FnMut(P, Option<M>) -> Result<D, E>,
        mut tell: impl FnMut(u64, &str, Outcome<D, E>) -> Result<(), X>,
    ) -> Result<Tally, X> {
        let mut tally = Tally::default();
        let mut rows = self.rows.into_iter();
        loop {
            let chunk: Vec<Planned<P>> = rows.by_ref().take(at_once.max(1)).collect();
            if chunk.is_empty() {
                return Ok(tally);
            }
            let plans: Vec<&P> = chunk.iter().filter_map(|row| row.plan.as_ref().ok()).collect();
            let mut prepared = prepare(&plans).into_iter();
            for Planned { row, user, plan } in chunk {
                let outcome = match plan {
                    Err(Unplanned::Duplicate(first)) => Outcome::Duplicate(first),
                    Err(Unplanned::Malformed(error)) => Outcome::Malformed(error),
                    Err(Unplanned::Failed(error)) => ended(Err(error.into())),
                    Ok(plan) => ended(act(plan, prepared.next())),
                };
                tally.count(&outcome);
                tell(row, &user, outcome)?;
            }
        }
    }
}

fn ended<D, E: LeavesUnknown>(result: Result<D, E>) -> Outcome<D, E> {
    match result {
        Ok(done) => Outcome::Done(done),
        Err(error) if error.leaves_unknown() => Outcome::Unknown(error),
        Err(error) => Outcome::Failed(error),
    }
}

impl Tally {
    fn count<D, E>(&mut self, outcome: &Outcome<D, E>) {
        self.all += 1;
        match outcome {
            Outcome::Done(_) | Outcome::Duplicate(_) => {}
            Outcome::Malformed(_) | Outcome::Failed(_) => self.failed += 1,
            Outcome::Unknown(_) => self.unknown += 1,
        }
    }
}
