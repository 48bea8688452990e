//! One change of several people: all of them planned, then done one after the other, each in a transaction of its own.

use std::collections::HashMap;

use crate::domain::Principal;
use crate::domain::principal::PrincipalError;
use crate::flow::foundation::{AboutUser, Env, FlowError};
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
    Malformed(PrincipalError),
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
    Malformed(PrincipalError),
    Failed(FlowError),
}

impl<P: AboutUser> Batch<P> {
    /// Plans the change for each person, who counts once however often and in whatever way they are named.
    pub fn plan(env: &Env<'_>, people: &[Named], plan: impl Fn(&Principal) -> Result<P, FlowError>) -> Self {
        let reader = env.reader();
        let mut seen: HashMap<String, u64> = HashMap::new();
        let mut planned = |named: &Named| {
            let who = reader.who(&named.text).map_err(Unplanned::Malformed)?;
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

    /// How many were named.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The number of the last row.
    pub fn last_row(&self) -> u64 {
        self.rows.last().map_or(0, |row| row.row)
    }

    /// The longest of their names.
    pub fn longest_name(&self) -> &str {
        self.rows.iter().map(|row| row.user.as_str()).max_by_key(|user| user.len()).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::foundation::world_tests::World;
    use crate::flow::foundation::{Change, Confirmed};
    use crate::flow::story::users::RevokeUser;

    fn named(texts: [&str; 4]) -> Vec<Named> {
        Named::list(&texts.map(str::to_owned))
    }

    #[test]
    fn everybody_is_told_of_in_order_and_counts_once() {
        let world = World::new();
        let env = world.env();
        let people = named(["acme/nobody", "acme/alice", "acme/ALICE", "acme/a b!"]);
        let batch = Batch::plan(&env, &people, |who| RevokeUser::plan(&env, who, None));
        assert_eq!((batch.plans().len(), batch.unplanned()), (1, 2));
        let yes = Confirmed::by(true).unwrap();
        let mut told = Vec::new();
        let act = |plan: RevokeUser, prepared| Ok::<_, FlowError>((plan.commit(&env, yes)?.path(), prepared));
        let tell = |row, user: &str, outcome: Outcome<(String, Option<usize>), FlowError>| {
            told.push((row, user.to_owned(), format!("{outcome:?}")));
            Ok::<_, ()>(())
        };
        let tally = batch.carry_out(3, |plans| (1..=plans.len()).collect(), act, tell).unwrap();
        assert_eq!(tally, Tally { all: 4, failed: 2, unknown: 0 });
        let heard = |row: usize| told.get(row - 1).map(|(row, user, _)| (*row, user.as_str())).unwrap();
        assert_eq!((heard(1), heard(2)), ((1, "acme/nobody"), (2, "acme/alice")));
        assert_eq!((heard(3), heard(4)), ((3, "acme/ALICE"), (4, "acme/a b!")));
        assert!(told[0].2.starts_with("Failed(") && told[3].2.starts_with("Malformed("), "{told:?}");
        assert_eq!(told[1].2, "Done((\"acme/alice\", Some(1)))");
        assert_eq!(told[2].2, "Duplicate(2)");
        assert!(world.alice().credential.hash.is_none());
    }

    #[test]
    fn what_ends_in_doubt_is_no_failure_and_an_output_that_is_gone_ends_it() {
        let world = World::new();
        let env = world.env();
        let people = named(["acme/alice", "acme/nobody", "acme/nobody", "acme/nobody"]);
        let plan = || Batch::plan(&env, &people, |who| RevokeUser::plan(&env, who, None));
        let doubt = |_: RevokeUser, _: Option<()>| {
            Err::<(), _>(FlowError::from(StoreError::Unknown(Box::new(StoreError::Busy { seconds: 5 }))))
        };
        let tally = plan().carry_out(1, |_| Vec::new(), doubt, |_, _, _| Ok::<_, ()>(()));
        assert_eq!(tally, Ok(Tally { all: 4, failed: 3, unknown: 1 }));
        assert_eq!(plan().carry_out(1, |_| Vec::new(), doubt, |_, _, _| Err(())), Err(()));
    }
}
