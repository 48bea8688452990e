//! The worker: takes what waits in the outbox and hands it over, outside the time of whoever asked (security E4).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::care;
use super::env::Env;
use super::error::FlowError;
use super::events;
use crate::delivery::{LONGEST, Parcel, Persistence, Transports};
use crate::domain::address::Channel;
use crate::domain::code::State as CodeState;
use crate::domain::event::{Action, Fact, NewEvent, Target};
use crate::domain::id;
use crate::domain::message::Message;
use crate::domain::operator::Task;
use crate::domain::outbox::{Outgoing, State, pause_after};
use crate::domain::time::after;
use crate::keyring::{KeyId, KeyringError, Sealed};

/// How long a message is one worker's alone: longer than any transport takes over one.
const LEASE: SignedDuration = SignedDuration::from_secs(LONGEST.as_secs().cast_signed() + 10);
/// What is due within this time is waited for, so that a short failure needs no second worker.
const SOON: SignedDuration = SignedDuration::from_secs(5);
/// How often a watching worker looks, and the longest it takes to notice that it should stop.
const LOOK: Duration = Duration::from_secs(1);
const NAP: Duration = Duration::from_millis(100);

/// When a worker is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// When nothing is due now or soon.
    Once,
    /// When it is told to stop.
    Watch,
}

/// What a worker did. Messages to nobody count as handed over, as they look everywhere (security E1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    pub handed_over: u64,
    /// Tries that failed and are followed by another.
    pub postponed: u64,
    /// Given up.
    pub failed: u64,
    /// Of no use any more: codes that ended before they went out.
    pub dropped: u64,
}

/// What waits in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub channel: Channel,
    pub waiting: u64,
    pub oldest: Option<Timestamp>,
}

/// What waits, for operators.
pub fn waiting(env: &Env<'_>) -> Result<Vec<Waiting>, FlowError> {
    env.authorize(Task::ReadCodes, None)?;
    let found = env.read(|tx| tx.waiting())?;
    let of = |channel: &Channel| {
        let found = found.iter().find(|(of, ..)| of == channel);
        Waiting {
            channel: *channel,
            waiting: found.map_or(0, |(_, count, _)| *count),
            oldest: found.map(|(.., oldest)| *oldest),
        }
    };
    Ok(Channel::ALL.iter().map(of).collect())
}

/// How a worker works.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub stay: Stay,
    /// Set when it should stop after the message in hand.
    pub stop: &'a AtomicBool,
    /// Keys that are gone for good.
    pub lost: &'a [KeyId],
}

/// Hands over what is due, until nothing is, or until it should stop; counts in `done`; and does once a day what is due then.
///
/// A message under a key that is not in `env` ends the run with [`KeyringError::UnknownKey`] and stays queued: the
/// key file was rotated, and is to be read again. One under a key in `lost` can never be opened, and is given up.
pub fn deliver(
    env: &Env<'_>,
    transports: &mut Transports,
    terms: &Terms<'_>,
    done: &mut Delivered,
) -> Result<(), FlowError> {
    let Terms { stay, stop, lost } = *terms;
    let worker = id::new(env.entropy, "wrk")?;
    // First: what it queues goes out in this run.
    care::upkeep_due(env)?;
    while !stop.load(Ordering::Relaxed) {
        // Looking is a read: a worker that watches an empty outbox writes nothing.
        let now = env.clock.now();
        let next = env.read(|tx| tx.next_due())?;
        match (next, stay) {
            (Some(at), _) if at <= now => {
                let before = *done;
                while let Some(claimed) = claim(env, &worker)? {
                    let end = hand_over(env, transports, &claimed, lost);
                    settle(env, &worker, &claimed, &end, done)?;
                    if let End::NewKey(id) = end {
                        return Err(KeyringError::UnknownKey { id }.into());
                    }
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
                if *done == before {
                    // Another worker was faster, or the clock and the store disagree for a moment.
                    pause(NAP, stop);
                }
            }
            (Some(at), Stay::Once) if at <= after(now, SOON) => pause(NAP, stop),
            (_, Stay::Watch) => {
                care::upkeep_due(env)?;
                care::purge_due(env)?;
                pause(LOOK, stop);
            }
            (_, Stay::Once) => break,
        }
    }
    care::purge_due(env)?;
    Ok(())
}

fn pause(length: Duration, stop: &AtomicBool) {
    let mut left = length;
    while !left.is_zero() && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(NAP.min(left));
        left = left.saturating_sub(NAP);
    }
}

/// A message that this worker holds, as it was found.
struct Claimed {
    row: Outgoing,
    since: Timestamp,
    /// Whether the code it carries was sent to somebody and can be accepted no more.
    code_ended: bool,
}

fn claim(env: &Env<'_>, worker: &str) -> Result<Option<Claimed>, FlowError> {
    env.write(|tx, now| {
        let Some(row) = tx.lease(now, after(now, LEASE), worker)? else { return Ok(Ok(None)) };
        let code = match &row.code_id {
            Some(code_id) => tx.code(code_id)?,
            None => None,
        };
        // One that merely got too old was wanted, and is told as a failure.
        let ended = |state: CodeState| !state.live() && state != CodeState::Expired;
        let code_ended = code.is_some_and(|code| code.destination.is_some() && ended(code.state));
        Ok(Ok(Some(Claimed { row, since: now, code_ended })))
    })
}

/// How a try ended.
enum End {
    HandedOver,
    /// Nobody wants it any more.
    Dropped,
    /// Try again, if it still lives then; the words of the failure.
    Postponed(String),
    Failed {
        code: &'static str,
        words: String,
    },
    /// It was sealed with a key that this worker has not read yet.
    NewKey(KeyId),
}

fn hand_over(env: &Env<'_>, transports: &mut Transports, claimed: &Claimed, lost: &[KeyId]) -> End {
    let row = &claimed.row;
    if claimed.code_ended {
        return End::Dropped;
    }
    if let Some(id) = unknown_key(env, row).filter(|id| !lost.contains(id)) {
        return End::NewKey(id);
    }
    let Some(message) = opened(env, row) else {
        return End::Failed {
            code: "unreadable_message",
            words: "the sealed message could not be opened".to_owned(),
        };
    };
    if message.to.is_empty() {
        return End::HandedOver;
    }
    if row.expires_at <= claimed.since {
        return End::Failed { code: "expired", words: "expired before it could be sent".to_owned() };
    }
    let parcel = Parcel { id: &row.id, at: row.created_at, message: &message };
    match transports.of(row.channel).hand_over(&parcel) {
        Ok(_) => End::HandedOver,
        Err(error) => {
            let words = error.told(&message);
            match error.persistence {
                Persistence::Temporary => End::Postponed(words),
                Persistence::Permanent => End::Failed { code: "undeliverable", words },
            }
        }
    }
}

fn unknown_key(env: &Env<'_>, row: &Outgoing) -> Option<KeyId> {
    let id = row.key_id.parse().ok()?;
    env.keys.list().all(|(known, _)| known != id).then_some(id)
}

fn opened(env: &Env<'_>, row: &Outgoing) -> Option<Message> {
    let sealed = Sealed { key_id: row.key_id.parse().ok()?, bytes: row.sealed.clone() };
    let plain = env.keys.open(&sealed, row.id.as_bytes()).ok()?;
    Message::from_bytes(&plain)
}

/// Writes down how it ended, if the message is still this worker's.
fn settle(
    env: &Env<'_>,
    worker: &str,
    claimed: &Claimed,
    end: &End,
    done: &mut Delivered,
) -> Result<(), FlowError> {
    let row = &claimed.row;
    let mut chance = [0_u8];
    env.entropy.fill(&mut chance)?;
    let pause = pause_after(row.attempts, chance[0]);
    let counted = env.write(|tx, now| {
        let again = after(now, pause);
        let mut counted = Delivered::default();
        let (to, due, words) = match end {
            End::HandedOver => (State::Done, now, None),
            End::Dropped => (State::Failed, now, Some("withdrawn")),
            End::NewKey(_) => (State::Queued, now, None),
            End::Postponed(words) if again < row.expires_at => (State::Queued, again, Some(words.as_str())),
            End::Postponed(words) | End::Failed { words, .. } => (State::Failed, now, Some(words.as_str())),
        };
        if !tx.settle(&row.id, worker, to, due, words)? {
            // Withdrawn meanwhile, or taken over by another worker after the lease: not ours to judge.
            return Ok(Ok(counted));
        }
        match (end, to) {
            (End::HandedOver, _) => {
                counted.handed_over = 1;
                if let Some(code_id) = &row.code_id {
                    tx.set_code_delivery(code_id, CodeState::Sent, None, now)?;
                }
            }
            (End::Dropped, _) => counted.dropped = 1,
            (End::NewKey(_), _) => {}
            (_, State::Queued) => counted.postponed = 1,
            (End::Postponed(_) | End::Failed { .. }, _) => {
                counted.failed = 1;
                if let Some(code_id) = &row.code_id {
                    tx.set_code_delivery(code_id, CodeState::Failed, words, now)?;
                }
                let user = match &row.user_id {
                    Some(user_id) => tx.user_by_id(user_id)?,
                    None => None,
                };
                let code = if let End::Failed { code, .. } = end { code } else { "undeliverable" };
                let target = user.as_ref().map_or(Target::None, events::target);
                let event = NewEvent::failure(Action::DeliveryFailed, target, code)
                    .with("message", Fact::Id(row.id.clone()))
                    .with("kind", Fact::Word(row.kind.as_str()))
                    .with("channel", Fact::Word(row.channel.as_str()))
                    .with("attempts", Fact::Count(u64::from(row.attempts)));
                events::append(env, tx, now, &event)?;
            }
        }
        Ok(Ok(counted))
    })?;
    done.handed_over += counted.handed_over;
    done.postponed += counted.postponed;
    done.failed += counted.failed;
    done.dropped += counted.dropped;
    Ok(())
}
