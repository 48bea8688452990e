//! Reading the operation records, and proving that nobody changed them (security U1, U2).

use std::ops::ControlFlow;

use super::env::Env;
use super::error::FlowError;
use super::{events, people};
use crate::domain::event::{Action, Event};
use crate::domain::operator::Task;
use crate::domain::who::Who;
use crate::keyring::{KeyId, KeyRing};
use crate::store::{EventFilter, StoreError, Transactions, Tx};

/// Records read at once.
const PAGE: u32 = 500;

/// How far apart two records may have been exchanged and still be told from changed ones.
const NEARBY: u32 = 64;

/// Lists records, the newest first, until `limit` or until `each` has had enough; admins only.
pub fn list_records<E: From<FlowError>>(
    env: &Env<'_>,
    who: Option<&Who>,
    action: Option<Action>,
    limit: u32,
    mut each: impl FnMut(Event) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    env.authorize(Task::ReadRecords, None)?;
    let mut filter = filter(env, who)?;
    filter.action = action.map(|action| action.as_str().to_owned());
    let mut left = limit;
    while left > 0 {
        let page = env.read(|tx| tx.events(&filter, left.min(PAGE)))?;
        let Some(oldest) = page.last().map(|event| event.seq) else { return Ok(()) };
        left = left.saturating_sub(u32::try_from(page.len()).unwrap_or(u32::MAX));
        filter.before = Some(oldest);
        for event in page {
            if each(event)?.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A person who exists is found by id, so that one made anew under an old name inherits no records
/// (security K8). One who does not is found by what was recorded of the name: the name itself, where
/// somebody had it, and its keyed hash, where nobody had.
fn filter(env: &Env<'_>, who: Option<&Who>) -> Result<EventFilter, FlowError> {
    let Some(who) = who else { return Ok(EventFilter::default()) };
    let mut filter = EventFilter::default();
    match env.read(|tx| people::find(tx, who))? {
        Some(user) => {
            filter.account = user.root.then(|| user.account_id.clone());
            filter.target = Some(user.id);
        }
        None => {
            filter.names = vec![who.to_string(), events::unknown_name(env.keys, who)];
        }
    }
    Ok(filter)
}

/// What is wrong with the chain at its first bad record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    #[error("it was changed")]
    Changed,
    #[error("it is missing")]
    Missing,
    #[error("it stands in the place of another")]
    OutOfOrder,
    #[error("it and all after it were cut off")]
    CutOff,
    #[error("it was written with key {0}, which the key file does not hold")]
    UnknownKey(String),
    #[error("it was added from outside")]
    Added,
}

impl Break {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::OutOfOrder => "out_of_order",
            Self::CutOff => "cut_off",
            Self::UnknownKey(_) => "unknown_key",
            Self::Added => "added",
        }
    }
}

/// What the verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The records that are in order, from the first on.
    pub events: u64,
    /// The number of the first bad one, and what is wrong with it.
    pub first_bad: Option<(u64, Break)>,
}

/// Recomputes the whole chain; admins only.
pub fn verify_records(env: &Env<'_>) -> Result<Verified, FlowError> {
    env.authorize(Task::ReadRecords, None)?;
    env.store.read(|tx| verify(env.keys, tx))
}

/// Recomputes the chain within one reading transaction, so that records written meanwhile do not count.
pub fn verify(keys: &KeyRing, tx: &mut dyn Tx) -> Result<Verified, FlowError> {
    let mut chain = Chain { keys, seq: 0, hash: String::new() };
    // Numbers begin at 1: nothing of ours stands before it.
    match tx.events(&EventFilter { before: Some(1), ..EventFilter::default() }, 1) {
        Ok(none) if none.is_empty() => {}
        Ok(_) | Err(StoreError::Unreadable { .. }) => return Ok(chain.broken(0, Break::Added)),
        Err(error) => return Err(error.into()),
    }
    loop {
        let page = match tx.events_after(chain.seq, PAGE) {
            Ok(page) if page.is_empty() => break,
            Ok(page) => page,
            // A row that cannot even be read: the good ones before it are read one by one.
            Err(StoreError::Unreadable { .. }) => match tx.events_after(chain.seq, 1) {
                Ok(one) => one,
                Err(StoreError::Unreadable { .. }) => {
                    return Ok(chain.broken(chain.seq + 1, Break::Changed));
                }
                Err(error) => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        };
        for event in &page {
            if let Err(what) = chain.step(tx, event) {
                return Ok(chain.broken(chain.seq + 1, what));
            }
        }
    }
    Ok(chain.compare(events::noted_head(tx)?))
}

/// The chain as far as it is known to be good.
struct Chain<'k> {
    keys: &'k KeyRing,
    seq: u64,
    hash: String,
}

impl Chain<'_> {
    fn broken(&self, at: u64, what: Break) -> Verified {
        Verified { events: self.seq, first_bad: Some((at, what)) }
    }

    /// Takes the next record in, or says what is wrong with it.
    fn step(&mut self, tx: &mut dyn Tx, event: &Event) -> Result<(), Break> {
        let expected = self.seq + 1;
        if event.seq != expected {
            return Err(Break::Missing);
        }
        match events::chained(self.keys, &self.hash, event) {
            Some(hash) if hash == event.hash => {
                self.seq = expected;
                self.hash = hash;
                Ok(())
            }
            // What is no name of a key at all was written by nobody but a forger.
            None if event.key_id.parse::<KeyId>().is_ok() => Err(Break::UnknownKey(event.key_id.clone())),
            _ if self.is_elsewhere(tx, event) => Err(Break::OutOfOrder),
            _ => Err(Break::Changed),
        }
    }

    /// Whether this record is a good one of another number nearby: then two were exchanged.
    fn is_elsewhere(&self, tx: &mut dyn Tx, event: &Event) -> bool {
        let nearby = tx.events_after(event.seq, NEARBY).unwrap_or_default();
        nearby.iter().enumerate().any(|(at, next)| {
            // In its own place it would follow the record before that place, which is the exchanged one
            // itself where the two were neighbours.
            let before = nearby.get(at.saturating_sub(1)).unwrap_or(next);
            let moved = Event { seq: next.seq, ..event.clone() };
            events::chained(self.keys, &before.hash, &moved).is_some_and(|hash| hash == event.hash)
        })
    }

    /// The end of the chain against the head that is noted beside it.
    fn compare(&self, head: Option<(u64, String)>) -> Verified {
        let (seq, hash) = head.unwrap_or((0, String::new()));
        match seq.cmp(&self.seq) {
            std::cmp::Ordering::Greater => self.broken(self.seq + 1, Break::CutOff),
            std::cmp::Ordering::Less => self.broken(seq + 1, Break::Added),
            std::cmp::Ordering::Equal if hash != self.hash => self.broken(seq, Break::Changed),
            std::cmp::Ordering::Equal => Verified { events: self.seq, first_bad: None },
        }
    }
}
