//! Proving that nobody changed the operation records (security U2).

use std::ops::ControlFlow;

use jiff::SignedDuration;

use super::anchor;
use crate::domain::Task;
use crate::domain::anchor::Anchor;
use crate::domain::chain::Break;
use crate::domain::event::{Event, StoredEvent};
use crate::domain::time::after;
use crate::flow::foundation::{Env, FlowError, audit};
use crate::keyring::{KeyId, KeyRing, KeyringError};
use crate::store::{Engine, EventFilter, StoreError, Transactions, Tx};

/// How far apart two records may have been exchanged and still be told from changed ones.
const NEARBY: u32 = 64;

/// What the verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The records that are in order, from the first on.
    pub events: u64,
    /// The number of the first bad one, and what is wrong with it.
    pub first_bad: Option<(u64, Break)>,
    /// The number of the record that an anchor noted, where one was given and it holds.
    pub anchored: Option<u64>,
}

/// Recomputes the whole chain, and compares it with an anchor that was made earlier; admins only. An anchor
/// without the mark of a key that is here is refused.
pub fn verify_records(env: &Env<'_>, noted: Option<&Anchor>) -> Result<Verified, FlowError> {
    env.authorize(Task::ReadRecords, None)?;
    if let Some(anchor) = noted {
        anchor::check(env.keys, anchor)?;
    }
    env.store.read(|tx| verify_against(env.keys, tx, noted))
}

/// Refuses a store that was written to last with a key that is not in the key file: it is another installation's, or
/// the key file is an old copy. What were written into it now would break the chain.
pub fn require_key(keys: &KeyRing, store: &dyn Engine) -> Result<(), FlowError> {
    let last = store.read::<_, FlowError>(|tx| Ok(tx.last_event()?))?;
    // A name that is none is damage, which a check tells of.
    let id = last.and_then(|event| event.key_id.parse::<KeyId>().ok());
    match id.filter(|id| !keys.holds(*id)) {
        Some(id) => Err(KeyringError::UnknownKey { id }.into()),
        None => Ok(()),
    }
}

/// Recomputes the chain within one reading transaction, so that records written meanwhile do not count.
pub fn verify(keys: &KeyRing, tx: &mut dyn Tx) -> Result<Verified, FlowError> {
    verify_against(keys, tx, None)
}

fn verify_against(keys: &KeyRing, tx: &mut dyn Tx, noted: Option<&Anchor>) -> Result<Verified, FlowError> {
    let mut chain =
        Chain { hashes: audit::Hashes::new(keys), seq: 0, hash: String::new(), noted: noted.map(Noted::of) };
    // Numbers begin at 1: nothing of ours stands before it.
    match tx.events(&EventFilter { before: Some(1), ..EventFilter::default() }, 1) {
        Ok(none) if none.is_empty() => {}
        Ok(_) | Err(StoreError::Unreadable { .. }) => return Ok(chain.broken(0, Break::Added)),
        Err(error) => return Err(error.into()),
    }
    let mut bad = None;
    let read = tx.each_event(0, &mut |event| match chain.step(event) {
        Ok(()) => ControlFlow::Continue(()),
        Err(what) => {
            bad = Some(what);
            ControlFlow::Break(())
        }
    });
    match (read, bad) {
        // A row that cannot even be read.
        (Err(StoreError::Unreadable { .. }), _) => Ok(chain.broken(chain.seq + 1, Break::Changed)),
        (Err(error), _) => Err(error.into()),
        (Ok(()), Some(Break::Changed)) if chain.is_elsewhere(tx) => {
            Ok(chain.broken(chain.seq + 1, Break::OutOfOrder))
        }
        (Ok(()), Some(what)) => Ok(chain.broken(chain.seq + 1, what)),
        (Ok(()), None) => Ok(chain.compare(audit::noted_head(tx)?)),
    }
}

/// The chain as far as it is known to be good.
struct Chain<'k> {
    hashes: audit::Hashes<'k>,
    seq: u64,
    hash: String,
    noted: Option<Noted<'k>>,
}

/// An anchor, and what the chain showed of it so far.
struct Noted<'a> {
    anchor: &'a Anchor,
    holds: bool,
    /// The first record up to the anchor's that is younger than the anchor: after a cut, the first of those that
    /// grew in place of what was cut off.
    younger: Option<u64>,
}

impl<'a> Noted<'a> {
    fn of(anchor: &'a Anchor) -> Self {
        Self { anchor, holds: anchor.seq == 0, younger: None }
    }

    fn see(&mut self, event: &StoredEvent<'_>) {
        // An anchor knows the second it was made in, a record its millisecond.
        let made = after(self.anchor.at, SignedDuration::from_millis(999));
        if event.seq <= self.anchor.seq && event.at > made && self.younger.is_none() {
            self.younger = Some(event.seq);
        }
        self.holds |= event.seq == self.anchor.seq && event.hash == self.anchor.hash;
    }

    /// What is wrong with a chain that goes to `last` and is in order by itself.
    fn judge(&self, last: u64) -> Option<(u64, Break)> {
        match self.younger {
            _ if self.holds => None,
            Some(at) => Some((at, Break::Replaced)),
            None if last < self.anchor.seq => Some((last + 1, Break::CutOff)),
            None => Some((self.anchor.seq, Break::Replaced)),
        }
    }
}

impl Chain<'_> {
    /// The good ones end before the first bad one.
    fn broken(&self, at: u64, what: Break) -> Verified {
        let events = self.seq.min(at.saturating_sub(1));
        Verified { events, first_bad: Some((at, what)), anchored: None }
    }

    /// Takes the next record in, or says what is wrong with it.
    fn step(&mut self, event: &StoredEvent<'_>) -> Result<(), Break> {
        let expected = self.seq + 1;
        if event.seq != expected {
            return Err(Break::Missing);
        }
        match self.hashes.of_stored(&self.hash, event) {
            Some(hash) if hash == event.hash => {
                self.seq = expected;
                self.hash = hash;
                if let Some(noted) = &mut self.noted {
                    noted.see(event);
                }
                Ok(())
            }
            // What is no name of a key at all was written by nobody but a forger.
            None if event.key_id.parse::<KeyId>().is_ok() => Err(Break::UnknownKey(event.key_id.to_owned())),
            _ => Err(Break::Changed),
        }
    }

    /// Whether the next record is a good one of another number nearby: then two were exchanged.
    fn is_elsewhere(&mut self, tx: &mut dyn Tx) -> bool {
        let records = tx.events_after(self.seq, 1 + NEARBY).unwrap_or_default();
        let Some((event, nearby)) = records.split_first() else { return false };
        nearby.iter().enumerate().any(|(at, next)| {
            // In its own place it would follow the record before that place, which is the exchanged one
            // itself where the two were neighbours.
            let before = nearby.get(at.saturating_sub(1)).unwrap_or(next);
            let moved = Event { seq: next.seq, ..event.clone() };
            self.hashes.of(&before.hash, &moved).is_some_and(|hash| hash == event.hash)
        })
    }

    /// The end of the chain against the anchor, and against the head that is noted beside it.
    fn compare(&self, head: Option<(u64, String)>) -> Verified {
        if let Some((at, what)) = self.noted.as_ref().and_then(|noted| noted.judge(self.seq)) {
            return self.broken(at, what);
        }
        let (seq, hash) = head.unwrap_or((0, String::new()));
        match seq.cmp(&self.seq) {
            std::cmp::Ordering::Greater => self.broken(self.seq + 1, Break::CutOff),
            std::cmp::Ordering::Less => self.broken(seq + 1, Break::Added),
            std::cmp::Ordering::Equal if hash != self.hash => self.broken(seq, Break::Changed),
            std::cmp::Ordering::Equal => Verified {
                events: self.seq,
                first_bad: None,
                anchored: self.noted.as_ref().map(|noted| noted.anchor.seq),
            },
        }
    }
}
