//! Whose turn it is in a batch: what is slow is prepared ahead, and those who are ready are done together.

use std::collections::VecDeque;

use super::judge::Unplanned;
use crate::flow::foundation::{FlowError, Promise};

/// How many people are prepared ahead, and at most done together: more than eight threads hash while a slow disk is waited for
/// (100 ms), and so many that each page of the store is written once for several of them; nobody else waits for that longer
/// than for the disk.
const TOGETHER: usize = 512;

/// How many are done together of what is to be in few pieces.
const PIECE: usize = 64;

/// How many are waited for: a flush takes as much of a core as a fiftieth of a hash, and some 100 ms pass unnoticed.
const LEAST: usize = 8;

/// How many people are done at a time.
#[derive(Debug, Clone, Copy)]
pub struct AtOnce {
    most: usize,
    least: usize,
}

impl AtOnce {
    /// As many as are ready.
    pub const READY: Self = Self { most: TOGETHER, least: LEAST };
    /// As many as may be: what is made for all of them together should not be in many pieces.
    pub const MANY: Self = Self { most: PIECE, least: PIECE };
    /// Each alone.
    pub const ONE: Self = Self { most: 1, least: 1 };

    /// All of so many.
    pub fn all(people: usize) -> Self {
        Self { most: people.max(1), least: people.max(1) }
    }
}

/// A person whose turn it is, with what is done for them and what it needs, or why it is not done.
pub struct Turn<P, M> {
    pub place: u64,
    /// The line of the input.
    pub row: u64,
    pub user: String,
    pub plan: Result<(P, M), Unplanned>,
}

/// Goes through all of them in their order. What `prepare` promised for each, `act` gets for some who are ready. Only an error
/// of `act` ends it early.
pub fn in_turn<P, M, X>(
    mut coming: impl FnMut() -> Option<Turn<P, ()>>,
    at_once: AtOnce,
    prepare: impl Fn(&P) -> Promise<Result<M, FlowError>>,
    mut act: impl FnMut(Vec<Turn<P, M>>) -> Result<(), X>,
) -> Result<(), X> {
    let mut ahead = VecDeque::new();
    loop {
        while ahead.len() < at_once.most {
            let Some(turn) = coming() else { break };
            ahead.push_back(turn.with(|plan| Ok(prepare(plan))));
        }
        if ahead.is_empty() {
            return Ok(());
        }
        let waited_for = at_once.least.min(ahead.len());
        let others = ahead.iter_mut().skip(waited_for);
        let ready = others.map(Turn::is_ready).take_while(|ready| *ready).count();
        let group: Vec<_> = ahead.drain(..waited_for + ready).collect();
        // The others are prepared while these are done.
        while ahead.len() < at_once.most {
            let Some(turn) = coming() else { break };
            ahead.push_back(turn.with(|plan| Ok(prepare(plan))));
        }
        act(group.into_iter().map(Turn::kept).collect())?;
    }
}

impl<P> Turn<P, ()> {
    fn with<M>(self, make: impl FnOnce(&P) -> Result<M, Unplanned>) -> Turn<P, M> {
        let plan = self.plan.and_then(|(plan, ())| {
            let made = make(&plan)?;
            Ok((plan, made))
        });
        Turn { place: self.place, row: self.row, user: self.user, plan }
    }
}

impl<P, M> Turn<P, Promise<Result<M, FlowError>>> {
    /// Whether nothing of it need be waited for.
    fn is_ready(&mut self) -> bool {
        self.plan.as_mut().map_or(true, |(_, promise)| promise.is_kept())
    }

    fn kept(self) -> Turn<P, M> {
        let plan =
            self.plan.and_then(|(plan, promise)| Ok((plan, promise.wait().map_err(Unplanned::Failed)?)));
        Turn { place: self.place, row: self.row, user: self.user, plan }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(count: u64) -> impl FnMut() -> Option<Turn<u64, ()>> {
        let mut places = 1..=count;
        move || {
            let place = places.next()?;
            Some(Turn { place, row: place, user: String::new(), plan: Ok((place, ())) })
        }
    }

    /// How many were done at a time, of those who are ready at once.
    fn groups(count: u64, at_once: AtOnce) -> Vec<usize> {
        let mut groups = Vec::new();
        in_turn(
            turns(count),
            at_once,
            |place| Promise::Kept(Ok(*place)),
            |group| {
                assert!(group.iter().all(|turn| turn.plan.as_ref().is_ok_and(|(plan, made)| plan == made)));
                groups.push(group.len());
                Ok::<_, ()>(())
            },
        )
        .unwrap();
        groups
    }

    #[test]
    fn those_who_are_ready_are_done_together_and_in_order() {
        assert_eq!(groups(3, AtOnce::ONE), [1, 1, 1]);
        assert_eq!(groups(1_030, AtOnce::READY), [512, 512, 6]);
        assert_eq!(groups(130, AtOnce::MANY), [64, 64, 2]);
        assert_eq!(groups(130, AtOnce::all(130)), [130]);
        assert_eq!(groups(0, AtOnce::READY), [0_usize; 0]);
    }

    #[test]
    fn what_ends_it_ends_it_and_who_cannot_be_prepared_for_is_handed_on() {
        let ended = in_turn(turns(3), AtOnce::ONE, |_| Promise::Kept(Ok(())), |group| Err(group[0].place));
        assert_eq!(ended, Err(1));
        let failing = |_: &u64| Promise::Kept(Err::<(), _>(FlowError::MustChange));
        let told = |group: Vec<Turn<u64, ()>>| {
            assert!(matches!(group[0].plan, Err(Unplanned::Failed(FlowError::MustChange))));
            Ok::<_, ()>(())
        };
        assert_eq!(in_turn(turns(2), AtOnce::ONE, failing, told), Ok(()));
    }
}
