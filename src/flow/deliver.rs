//! The worker: takes what waits in the outbox and hands it over, outside the time of whoever asked (security E4).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::care;
use super::env::Env;
use super::error::FlowError;
use super::events;
use super::outages::Outages;
use super::receipts;
use crate::delivery::{LONGEST, Parcel, Persistence, Stage, Transports};
use crate::domain::address::Channel;
use crate::domain::code::State as CodeState;
use crate::domain::event::{Action, Fact, NewEvent, Target};
use crate::domain::id;
use crate::domain::message::Message;
use crate::domain::outbox::{Outcome, Outgoing, State, pause_after};
use crate::domain::time::after;
use crate::keyring::{KeyId, KeyringError, Sealed};
use crate::store::{Durability, Settlement, StoreError, Tx};

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

impl Delivered {
    fn add(&mut self, more: Self) {
        self.handed_over += more.handed_over;
        self.postponed += more.postponed;
        self.failed += more.failed;
        self.dropped += more.dropped;
    }
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
/// One message is in hand at a time: what happened to it is written down in the transaction that claims the next, so
/// a worker that is killed leaves one message in doubt at most, and that one is marked by whoever takes it over.
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
    let mut outages = Outages::default();
    while !stop.load(Ordering::Relaxed) {
        // Looking is a read: a worker that watches an empty outbox writes nothing.
        let now = env.clock.now();
        let next = env.read(|tx| {
            let open = tx.next_due(&outages.held(now))?;
            // What waits for a channel that is down is due when that is tried again.
            Ok(match outages.next(now) {
                Some(again) if tx.next_due(&[])?.is_some() => {
                    Some(open.map_or(again, |open| open.min(again)))
                }
                _ => open,
            })
        })?;
        match (next, stay) {
            (Some(at), _) if at <= now => {
                let before = *done;
                // A flush of the disk a message would be slower than most servers.
                env.store.set_durability(Durability::Process)?;
                let mut claimed = step(env, &worker, None, &outages, stop)?.0;
                while let Some(held) = claimed.take() {
                    let end = hand_over(env, transports, &held, lost);
                    learn(env, &mut outages, held.row.channel, &end)?;
                    if let End::NewKey(id) = end {
                        step(env, &worker, Some((&held, &end)), &Outages::all(), stop)?;
                        env.store.set_durability(Durability::Power)?;
                        return Err(KeyringError::UnknownKey { id }.into());
                    }
                    let (next, counted) = step(env, &worker, Some((&held, &end)), &outages, stop)?;
                    done.add(counted);
                    claimed = next;
                }
                env.store.set_durability(Durability::Power)?;
                if *done == before {
                    // Another worker was faster, or the clock and the store disagree for a moment.
                    pause(NAP, stop);
                }
            }
            (Some(at), Stay::Once) if at <= after(now, SOON) => pause(NAP, stop),
            (_, Stay::Watch) => {
                care::upkeep_due(env)?;
                transports.rest();
                care::purge_due(env)?;
                pause(LOOK, stop);
            }
            (_, Stay::Once) => break,
        }
    }
    care::purge_due(env)?;
    Ok(())
}

/// A failure before anything of the message was looked at would be that of every other message, too: the channel is
/// left alone for a while, so that none of them loses a try, and the other channel does not wait for it.
fn learn(env: &Env<'_>, outages: &mut Outages, channel: Channel, end: &End) -> Result<(), FlowError> {
    match end {
        End::Postponed { trouble, asked } if asked.is_some() || trouble.of_all => {
            let mut chance = [0_u8];
            env.entropy.fill(&mut chance)?;
            outages.begin(channel, env.clock.now(), chance[0], *asked);
        }
        End::HandedOver(_) => outages.end(channel),
        _ => {}
    }
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

/// How a try ended.
enum End {
    /// With the provider's name of it, where there is one.
    HandedOver(String),
    /// A decoy's.
    ToNobody,
    /// Nobody wants it any more.
    Dropped,
    /// Try again, if it still lives then.
    Postponed {
        trouble: Trouble,
        /// How long the other side asked to be left alone.
        asked: Option<SignedDuration>,
    },
    Failed {
        code: &'static str,
        trouble: Trouble,
    },
    /// It was sealed with a key that this worker has not read yet.
    NewKey(KeyId),
}

/// What went wrong, and where on the way.
struct Trouble {
    stage: Option<Stage>,
    /// Scrubbed (security T9).
    words: String,
    /// Whether every other message would fail in the same way now.
    of_all: bool,
}

impl Trouble {
    fn before_the_way(words: &str) -> Self {
        Self { stage: None, words: words.to_owned(), of_all: false }
    }
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
        let trouble = Trouble::before_the_way("the sealed message could not be opened");
        return End::Failed { code: "unreadable_message", trouble };
    };
    if message.to.is_empty() {
        return End::ToNobody;
    }
    if row.expires_at <= claimed.since {
        return End::Failed { code: "expired", trouble: too_late(env, row) };
    }
    let parcel = Parcel { id: &row.id, at: row.created_at, message: &message };
    match transports.of(row.channel).hand_over(&parcel) {
        Ok(receipt) => End::HandedOver(receipt.reference),
        Err(error) => {
            let of_all = error.concerns_all();
            let trouble = Trouble { stage: Some(error.stage), words: error.told(&message), of_all };
            match error.persistence {
                Persistence::Temporary => End::Postponed { trouble, asked: error.pause },
                Persistence::Permanent => End::Failed { code: "undeliverable", trouble },
            }
        }
    }
}

/// What is said of a message whose time is over. It was not tried, so it stopped at no stage.
const TOO_LATE: &str = "its time was over before it could be sent";

/// With the words of the last failure on its channel since it was queued: that is what held it up.
fn too_late(env: &Env<'_>, row: &Outgoing) -> Trouble {
    let failure = env.read(|tx| tx.last_failure(row.channel, row.created_at)).ok().flatten();
    match failure.map(|last| (last.stage, last.words)) {
        Some((Some(_), Some(words))) => {
            Trouble::before_the_way(&format!("{TOO_LATE}; the last try failed to {words}"))
        }
        // Another message that came too late: the same held both up.
        Some((None, Some(words))) if words.starts_with(TOO_LATE) => Trouble::before_the_way(&words),
        _ => Trouble::before_the_way(TOO_LATE),
    }
}

fn unknown_key(env: &Env<'_>, row: &Outgoing) -> Option<KeyId> {
    let id = row.key_id.parse().ok()?;
    (!env.keys.holds(id)).then_some(id)
}

fn opened(env: &Env<'_>, row: &Outgoing) -> Option<Message> {
    let sealed = Sealed { key_id: row.key_id.parse().ok()?, bytes: row.sealed.clone() };
    let plain = env.keys.open(&sealed, row.id.as_bytes()).ok()?;
    Message::from_bytes(&plain)
}

/// Writes down how the message in hand ended, and claims the next, in one transaction.
fn step(
    env: &Env<'_>,
    worker: &str,
    ended: Option<(&Claimed, &End)>,
    outages: &Outages,
    stop: &AtomicBool,
) -> Result<(Option<Claimed>, Delivered), FlowError> {
    let mut chance = [0_u8];
    env.entropy.fill(&mut chance)?;
    env.write(|tx, now| {
        let counted = match ended {
            Some((claimed, end)) => {
                settle(env, tx, now, &Settling { worker, claimed, end, chance: chance[0] })?
            }
            None => Delivered::default(),
        };
        if stop.load(Ordering::Relaxed) {
            return Ok(Ok((None, counted)));
        }
        Ok(Ok((claim(tx, now, worker, &outages.held(now))?, counted)))
    })
}

fn claim(
    tx: &mut dyn Tx,
    now: Timestamp,
    worker: &str,
    held: &[Channel],
) -> Result<Option<Claimed>, StoreError> {
    let Some(row) = tx.lease(now, after(now, LEASE), worker, held)? else { return Ok(None) };
    let code = match &row.code_id {
        Some(code_id) => tx.code(code_id)?,
        None => None,
    };
    let ended = |state: CodeState| match state {
        CodeState::Queued | CodeState::Sent | CodeState::Failed => false,
        // One that merely got too old was wanted, and is told as a failure. A clock that went back ended it sooner.
        CodeState::Expired => now < row.expires_at,
        CodeState::Used | CodeState::Revoked | CodeState::Superseded | CodeState::Exhausted => true,
    };
    let code_ended = code.is_some_and(|code| code.destination.is_some() && ended(code.state));
    Ok(Some(Claimed { row, since: now, code_ended }))
}

/// A message that is to be settled.
struct Settling<'a> {
    worker: &'a str,
    claimed: &'a Claimed,
    end: &'a End,
    /// For the pause before the next try.
    chance: u8,
}

/// Writes down how it ended, if the message is still this worker's.
fn settle(
    env: &Env<'_>,
    tx: &mut dyn Tx,
    now: Timestamp,
    settling: &Settling<'_>,
) -> Result<Delivered, FlowError> {
    let Settling { worker, claimed: Claimed { row, .. }, end, chance } = settling;
    let asked = if let End::Postponed { asked, .. } = end { *asked } else { None };
    let again = after(now, pause_after(row.attempts, *chance).max(asked.unwrap_or_default()));
    let mut counted = Delivered::default();
    let (to, due_at, outcome, trouble) = match end {
        End::HandedOver(_) => (State::Done, now, Outcome::HandedOver, None),
        End::ToNobody => (State::Done, now, Outcome::ToNobody, None),
        End::Dropped => (State::Failed, now, Outcome::Dropped, None),
        End::NewKey(_) => (State::Queued, now, Outcome::Postponed, None),
        End::Postponed { trouble, .. } if again < row.expires_at => {
            (State::Queued, again, Outcome::Postponed, Some(trouble))
        }
        End::Postponed { trouble, .. } | End::Failed { trouble, .. } => {
            (State::Failed, now, Outcome::Failed, Some(trouble))
        }
    };
    let withdrawn = matches!(end, End::Dropped).then_some("withdrawn");
    let settlement = Settlement {
        to,
        due_at,
        now,
        outcome,
        stage: trouble.and_then(|trouble| trouble.stage).map(Stage::as_str),
        words: trouble.map(|trouble| trouble.words.as_str()).or(withdrawn),
    };
    if !tx.settle(&row.id, worker, &settlement)? {
        // Withdrawn meanwhile, or taken over by another worker after the lease: not ours to judge.
        return Ok(counted);
    }
    match outcome {
        Outcome::HandedOver | Outcome::ToNobody => {
            counted.handed_over = 1;
            if let Some(code_id) = &row.code_id {
                tx.set_code_delivery(code_id, CodeState::Sent, None, now)?;
            }
            if let End::HandedOver(reference) = end {
                receipts::expect(env, tx, now, &row.id, reference)?;
            }
        }
        Outcome::Dropped => counted.dropped = 1,
        Outcome::Postponed => counted.postponed = u64::from(trouble.is_some()),
        Outcome::Failed | Outcome::InHand | Outcome::Unknown => {
            counted.failed = 1;
            if let Some(code_id) = &row.code_id {
                tx.set_code_delivery(code_id, CodeState::Failed, settlement.words, now)?;
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
    Ok(counted)
}

#[cfg(test)]
#[path = "deliver_tests.rs"]
mod tests;
