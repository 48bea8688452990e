//! A try is spent before it is judged (security K11): the record of it, and what it costs, are committed in a
//! transaction of their own. Whoever makes the next one fail has learnt nothing and is one try poorer.

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};

use crate::domain::attempt::{Attempt, Kind, OUTCOME_WITHIN};
use crate::domain::event::Detail;
use crate::domain::lock::{self, Rule};
use crate::domain::time::before;
use crate::domain::{Fact, NewEvent, Principal, Target, User};
use crate::flow::foundation::{Env, FlowError, Refusal, Transaction, audit, counted, policies};
use crate::flow::proofs::backoff;
use crate::flow::proofs::guesses::{self, Counted};
use crate::flow::proofs::named::Named;
use crate::store::{StoreError, Tx};

/// In the records: nobody knows how it would have ended.
const NO_OUTCOME: &str = "no_outcome";

/// How long to wait before looking again whether others' attempts have their outcome.
const PAUSE: SignedDuration = SignedDuration::from_millis(20);

/// What an attempt is about to be judged by.
pub(crate) struct Trial<'a> {
    pub(crate) kind: Kind,
    /// For the records: what it is for.
    pub(crate) purpose: &'static str,
    /// The id of the person, or a [`stand_in`].
    pub(crate) subject: &'a str,
    /// What a wrong one is counted by; empty where nothing is.
    pub(crate) counted: &'a [u8],
    pub(crate) source: &'a str,
}

impl<'a> Trial<'a> {
    /// One that is counted by nothing.
    pub(crate) fn new(kind: Kind, purpose: &'static str, subject: &'a str, source: &'a str) -> Self {
        Self { kind, purpose, subject, counted: &[], source }
    }
}

/// An attempt that was spent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    seq: u64,
}

/// What stands for somebody who is not known, by a keyed hash of what was typed: as long as the id of a person, so that
/// the rows of both are of one size.
pub(crate) fn stand_in(mac: &[u8]) -> String {
    format!("unk_{}", HEXLOWER.encode(mac.get(..12).unwrap_or_default()))
}

/// Whom an attempt is about: the person, or what stands for the name that was typed.
pub(crate) fn subject_of(env: &Env<'_>, user: Option<&User>, typed: &str) -> String {
    user.map_or_else(|| stand_in(&counted::person(env, typed)), |user| user.id.clone())
}

/// Writes down that something is about to be judged. Nothing of it depends on the person but the values, and those
/// are all as long: same rows, in the same places.
pub(crate) fn spend(tx: &mut Transaction<'_>, trial: &Trial<'_>) -> Result<Spent, FlowError> {
    let event = NewEvent::attempted(trial.kind.attempted())
        .with("for", Fact::Word(trial.purpose))
        .with(Detail::Subject, Fact::Id(trial.subject.to_owned()));
    let seq = event.append_numbered(tx)?;
    tx.store.open_attempt(&Attempt {
        seq,
        kind: trial.kind,
        subject: trial.subject.to_owned(),
        counted: trial.counted.to_vec(),
        source: trial.source.to_owned(),
        begun_at: tx.now,
    })?;
    Ok(Spent { seq })
}

/// [`spend`] in a transaction of its own, for what was typed and may mean nobody; nothing is counted by it.
pub(crate) fn spend_typed(
    env: &Env<'_>,
    kind: Kind,
    purpose: &'static str,
    typed: &str,
) -> Result<Spent, FlowError> {
    let (subject, source) = (of_typed(env, kind, typed), env.actor.source.as_str());
    spend_alone(env, &Trial::new(kind, purpose, &subject, source))
}

/// What stands for something that was typed and may mean nobody.
pub(crate) fn of_typed(env: &Env<'_>, kind: Kind, typed: &str) -> String {
    stand_in(&counted::text(env, kind.as_str(), typed))
}

/// [`spend`] in a transaction of its own.
pub(crate) fn spend_alone(env: &Env<'_>, trial: &Trial<'_>) -> Result<Spent, FlowError> {
    env.write(|tx| Ok(spend(tx, trial)?))
}

impl Spent {
    /// The first deed of the transaction that judges. One whose time is over counts as wrong already, whatever it
    /// would have been.
    pub(crate) fn conclude(self, tx: &mut dyn Tx, now: Timestamp) -> Result<(), FlowError> {
        if tx.close_attempt(self.seq, before(now, OUTCOME_WITHIN))? {
            Ok(())
        } else {
            Err(Refusal::OutcomeTooLate.into())
        }
    }
}

/// Spends a sign-in, and finds whoever it is about. An open attempt locks nobody: where failures and open attempts fill
/// the limit together, this one waits for the outcome of those, for known and unknown alike. None is open for longer
/// than [`OUTCOME_WITHIN`].
pub(crate) fn spend_sign_in(
    env: &Env<'_>,
    who: &Principal,
    purpose: &'static str,
) -> Result<(Spent, Named), FlowError> {
    loop {
        let begun = env.write(|tx| {
            let (named, subject, has_room) = room(env, tx.store, who, tx.now)?;
            if !has_room {
                return Ok(None);
            }
            let source = env.actor.source.as_str();
            // The lock counts it. A code of an authenticator is looked at only after a right password.
            let trial = Trial::new(Kind::SignIn, purpose, &subject, source);
            Ok(Some((spend(tx, &trial)?, named)))
        })?;
        if let Some(begun) = begun {
            return Ok(begun);
        }
        wait_for_room(env, who)?;
    }
}

/// Who is named, what an attempt is about, and whether there is room for one more.
fn room(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    who: &Principal,
    now: Timestamp,
) -> Result<(Named, String, bool), StoreError> {
    let named = Named::find(env, tx, who)?;
    let user = named.user.as_ref();
    let subject = subject_of(env, user, &who.key());
    let login = policies::login(tx, user.map_or("", |user| &user.account_id))?;
    let open = tx.open_sign_ins(&subject, before(now, OUTCOME_WITHIN))?;
    let has_room = lock::has_room(tx.failures(&subject)?, open, Rule::of(&login), now);
    Ok((named, subject, has_room))
}

/// Looks without writing until there may be room; others may take it first. Not for longer than an attempt can be open:
/// then the next write counts it as wrong.
fn wait_for_room(env: &Env<'_>, who: &Principal) -> Result<(), FlowError> {
    let mut waited = SignedDuration::ZERO;
    while waited < OUTCOME_WITHIN {
        env.clock.pause(PAUSE);
        waited += PAUSE;
        if env.read(|tx| room(env, tx, who, env.clock.now()))?.2 {
            break;
        }
    }
    Ok(())
}

/// Counts what has had no outcome for a minute as wrong, in the name of whoever tried.
pub fn expire(tx: &mut Transaction<'_>) -> Result<(), FlowError> {
    for attempt in tx.store.take_overdue_attempts(before(tx.now, OUTCOME_WITHIN), tx.now)? {
        let Some(record) = tx.store.events_after(attempt.seq.saturating_sub(1), 1)?.pop() else { continue };
        let env = tx.env.in_place_of(&record, &attempt.source);
        fail(&mut Transaction { env: &env, store: tx.store, now: tx.now, unrecorded: None }, &attempt)?;
    }
    Ok(())
}

fn fail(tx: &mut Transaction<'_>, attempt: &Attempt) -> Result<(), FlowError> {
    let user = tx.store.user_by_id(&attempt.subject)?;
    let mut event = NewEvent::failure(attempt.kind.failed(), of(user.as_ref(), attempt), NO_OUTCOME)
        .with("attempt", Fact::Count(attempt.seq));
    if attempt.kind.locks() {
        backoff::failed(tx.store, tx.now, &attempt.source)?;
        let login = policies::login(tx.store, user.as_ref().map_or("", |user| &user.account_id))?;
        let so_far = tx.store.failures(&attempt.subject)?;
        // What failed since began a row, and this one comes on top of it.
        let at = so_far.since.unwrap_or(Timestamp::MIN).max(attempt.begun_at).min(tx.now);
        if so_far.locked(at).is_none() {
            let failures = lock::after_failure(so_far, Rule::of(&login), at);
            tx.store.set_failures(&attempt.subject, failures)?;
            if let Some(until) = failures.locked(tx.now) {
                event = event.with(Detail::LockedUntil, Fact::Time(until));
            }
        }
    }
    if !attempt.counted.is_empty() {
        let person = counted::person(tx.env, &attempt.subject);
        let counted = Counted { tried_on: &attempt.counted, source: &attempt.source, person: &person };
        guesses::wrong(tx, &counted)?;
        guesses::tell_half(tx, &person, user.as_ref(), &of(user.as_ref(), attempt))?;
    }
    event.append(tx)
}

fn of(user: Option<&User>, attempt: &Attempt) -> Target {
    user.map_or_else(|| Target::Unknown { hash: attempt.subject.clone() }, audit::target)
}

#[cfg(test)]
#[path = "attempts_tests.rs"]
mod tests;
