//! One change of several people: all of them planned, then done one after the other. Those that are ready at the same time are
//! parts of one transaction, wait for the disk together, and are told of after that.

use std::collections::{HashMap, VecDeque};

use crate::domain::Principal;
use crate::domain::principal::PrincipalError;
use crate::flow::foundation::{AboutUser, Env, FlowError, Promise};
use crate::store::StoreError;

/// How many people of a batch are prepared ahead, and at most done together: eight threads that hash need no more while
/// a slow disk is waited for (100 ms).
pub const TOGETHER: usize = 64;

/// How many are waited for: a flush takes as much of a core as a fiftieth of a hash, and some 100 ms pass unnoticed.
const LEAST: usize = 8;

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

/// What a change needs, or why it cannot be had.
type Preparing<M> = Promise<Result<M, FlowError>>;

/// What became of whom: row, name and outcome.
pub type Told<D, E> = (u64, String, Outcome<D, E>);

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

    /// Goes through all of them in their order, `at_once` at most at a time. What `prepare` promised for each, `act` gets
    /// for some who are ready, to do it and to say of each how that ended; and `tell` hears of everybody, when what was
    /// done survives a loss of power. Only an error of `tell` ends it early.
    pub fn carry_out<M, D, E: LeavesUnknown, X>(
        self,
        at_once: usize,
        prepare: impl Fn(&P) -> Preparing<M>,
        mut act: impl FnMut(Vec<(P, M)>) -> Vec<Result<D, E>>,
        mut tell: impl FnMut(Vec<Told<D, E>>) -> Result<(), X>,
    ) -> Result<Tally, X> {
        let mut tally = Tally::default();
        let mut rows = self.rows.into_iter();
        let mut coming = VecDeque::new();
        let mut prepare_more = |coming: &mut VecDeque<_>| {
            let room = at_once.max(1) - coming.len();
            coming.extend(rows.by_ref().take(room).map(|row| row.prepared_by(&prepare)));
        };
        prepare_more(&mut coming);
        while !coming.is_empty() {
            let waited_for = LEAST.min(coming.len());
            let others = coming.iter_mut().skip(waited_for);
            let ready = others.map(Planned::is_ready).take_while(|ready| *ready).count();
            let group = coming.drain(..waited_for + ready).collect();
            // The others are prepared while these are done.
            prepare_more(&mut coming);
            let told = carry_out_group(group, &mut act);
            for (_, _, outcome) in &told {
                tally.count(outcome);
            }
            tell(told)?;
        }
        Ok(tally)
    }
}

/// Does all of a group, once they are ready.
fn carry_out_group<P, M, D, E: LeavesUnknown>(
    group: Vec<Planned<(P, Preparing<M>)>>,
    act: &mut impl FnMut(Vec<(P, M)>) -> Vec<Result<D, E>>,
) -> Vec<Told<D, E>> {
    let mut planned = Vec::new();
    let mut told = Vec::new();
    for Planned { row, user, plan } in group {
        let prepared =
            plan.and_then(|(plan, promise)| Ok((plan, promise.wait().map_err(Unplanned::Failed)?)));
        told.push((row, user, prepared.map(|prepared| planned.push(prepared)).err()));
    }
    let mut ended = act(planned).into_iter();
    let mut outcome =
        |unplanned: Option<Unplanned>| match unplanned {
            Some(Unplanned::Duplicate(first)) => Outcome::Duplicate(first),
            Some(Unplanned::Malformed(error)) => Outcome::Malformed(error),
            Some(Unplanned::Failed(error)) => Outcome::of(Err(error.into())),
            // Whoever acts says of each how it ended, or is broken.
            None => Outcome::of(ended.next().unwrap_or_else(|| {
                Err(FlowError::from(StoreError::Rows { changed: 0, expected: 1 }).into())
            })),
        };
    told.into_iter().map(|(row, user, unplanned)| (row, user, outcome(unplanned))).collect()
}

/// Makes the changes of a group parts of one transaction, each of which stands or falls alone, but for a disk that fails.
pub fn act_together<T, D, E: LeavesUnknown>(
    env: &Env<'_>,
    group: Vec<T>,
    mut act: impl FnMut(&Env<'_>, T) -> Result<D, E>,
) -> Vec<Result<D, E>> {
    let (mut ended, mut group) = (Vec::with_capacity(group.len()), group.into_iter());
    let kept = env.together(&mut |env| {
        ended.extend(group.by_ref().map(|one| act(env, one)));
        true
    });
    let Err(error) = kept else { return ended };
    // Of a transaction that did not begin, nobody has begun.
    let others = group.map(|_| Err(of_another(&error)));
    ended.into_iter().map(|done| done.and_then(|_| Err(of_another(&error)))).chain(others).collect()
}

fn of_another<E: LeavesUnknown>(error: &StoreError) -> E {
    FlowError::from(error.of_another()).into()
}

impl<P> Planned<P> {
    fn prepared_by<M>(self, prepare: impl Fn(&P) -> Promise<M>) -> Planned<(P, Promise<M>)> {
        let plan = self.plan.map(|plan| {
            let promise = prepare(&plan);
            (plan, promise)
        });
        Planned { row: self.row, user: self.user, plan }
    }
}

impl<P, M> Planned<(P, Promise<M>)> {
    /// Whether it need not be waited for.
    fn is_ready(&mut self) -> bool {
        self.plan.as_mut().map_or(true, |(_, promise)| promise.is_kept())
    }
}

impl<D, E: LeavesUnknown> Outcome<D, E> {
    fn of(result: Result<D, E>) -> Self {
        match result {
            Ok(done) => Self::Done(done),
            Err(error) if error.leaves_unknown() => Self::Unknown(error),
            Err(error) => Self::Failed(error),
        }
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
        let act = |group: Vec<(RevokeUser, usize)>| {
            let done = |(plan, prepared): (RevokeUser, usize)| {
                Ok::<_, FlowError>((plan.commit(&env, yes)?.path(), prepared))
            };
            group.into_iter().map(done).collect()
        };
        let tell = |group: Vec<Told<(String, usize), FlowError>>| {
            told.extend(group.into_iter().map(|(row, user, outcome)| (row, user, format!("{outcome:?}"))));
            Ok::<_, ()>(())
        };
        let tally = batch.carry_out(3, |_| Promise::Kept(Ok(1)), act, tell).unwrap();
        assert_eq!(tally, Tally { all: 4, failed: 2, unknown: 0 });
        let heard = |row: usize| told.get(row - 1).map(|(row, user, _)| (*row, user.as_str())).unwrap();
        assert_eq!((heard(1), heard(2)), ((1, "acme/nobody"), (2, "acme/alice")));
        assert_eq!((heard(3), heard(4)), ((3, "acme/ALICE"), (4, "acme/a b!")));
        assert!(told[0].2.starts_with("Failed(") && told[3].2.starts_with("Malformed("), "{told:?}");
        assert_eq!(told[1].2, "Done((\"acme/alice\", 1))");
        assert_eq!(told[2].2, "Duplicate(2)");
        assert!(world.alice().credential.hash.is_none());
    }

    #[test]
    fn what_ends_in_doubt_is_no_failure_and_an_output_that_is_gone_ends_it() {
        let world = World::new();
        let env = world.env();
        let people = named(["acme/alice", "acme/nobody", "acme/nobody", "acme/nobody"]);
        let plan = || Batch::plan(&env, &people, |who| RevokeUser::plan(&env, who, None));
        let doubt = |group: Vec<_>| {
            let unknown = || FlowError::from(StoreError::Unknown(Box::new(StoreError::Busy { seconds: 5 })));
            group.into_iter().map(|_: (RevokeUser, ())| Err::<(), _>(unknown())).collect()
        };
        let prepare = |_: &RevokeUser| Promise::Kept(Ok(()));
        let tally = plan().carry_out(1, prepare, doubt, |_| Ok::<_, ()>(()));
        assert_eq!(tally, Ok(Tally { all: 4, failed: 3, unknown: 1 }));
        assert_eq!(plan().carry_out(1, prepare, doubt, |_| Err(())), Err(()));
    }
}
