//! The worker: takes what waits in the outbox and hands it over, outside the time of whoever asked (security E4).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::delivery::{LONGEST_HANDOVER, OutboundMessage, Persistence, Transports};
use crate::domain::code::State as CodeState;
use crate::domain::mail_answer::{About, Matter};
use crate::domain::message::Message;
use crate::domain::outbox::Outgoing;
use crate::domain::time::after;
use crate::domain::{Channel, id};
use crate::flow::foundation::{Env, FlowError};
use crate::flow::messages::outages::{Hold, Outages};
use crate::flow::messages::outcome::{Delivered, End, Trouble, record_outcome};
use crate::keyring::{KeyId, KeyringError, Sealed};
use crate::store::{Durability, StoreError, Tx};

/// How long a message is one worker's alone: longer than any transport takes over one.
const LEASE: SignedDuration = SignedDuration::from_secs(LONGEST_HANDOVER.as_secs().cast_signed() + 10);
/// What is due within this time is waited for, so that a short failure needs no second worker.
const SOON: SignedDuration = SignedDuration::from_secs(5);
/// How often a watching worker looks, and the longest it takes to notice that it should stop.
const LOOK: Duration = Duration::from_secs(1);
const NAP: Duration = Duration::from_millis(100);

/// How long a worker that a command started takes messages, and how long it is seen: as long as the last of them may
/// take, whether it has one or not, so that nobody tells a real message from a decoy by it (security E1).
pub const TAKES: Duration = Duration::from_secs(5);
pub const SEEN: Duration = Duration::from_secs(60);
const _: () = assert!(TAKES.as_secs() + LOOK.as_secs() + LONGEST_HANDOVER.as_secs() < SEEN.as_secs());

/// When a worker is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// When nothing is due now or soon.
    Once,
    /// When it is told to stop.
    Watch,
}

/// How a worker works.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub stay: Stay,
    /// Set when it should stop after the message in hand.
    pub stop: &'a AtomicBool,
    /// Set when it should stop once nothing is due, whatever it stays for.
    pub leave: &'a AtomicBool,
    /// Keys that are gone for good.
    pub lost: &'a [KeyId],
}

/// Hands over what is due, until nothing is, or until it should stop; counts in `done`. A worker
/// that watches does `idle` whenever nothing is due.
///
/// One message is in hand at a time: what happened to it is written down in the transaction that claims the next, so
/// a worker that is killed leaves one message in doubt at most, and that one is marked by whoever takes it over.
///
/// A message under a key that is not in `env` ends the run with [`KeyringError::UnknownKey`] and stays queued: the
/// key file was rotated, and is to be read again. One under a key in `lost` can never be opened, and is given up.
pub(crate) fn deliver(
    env: &Env<'_>,
    transports: &mut Transports,
    terms: &Terms<'_>,
    done: &mut Delivered,
    idle: fn(&Env<'_>) -> Result<(), FlowError>,
) -> Result<(), FlowError> {
    let Terms { stay, stop, leave, lost } = *terms;
    let worker = id::new(env.entropy, "wrk")?;
    let in_a_row = env.in_a_row();
    let mut outages = Outages::default();
    while !stop.load(Ordering::Relaxed) {
        // Asked first: what came before is seen below, and what comes after is another worker's.
        let leaving = leave.load(Ordering::SeqCst);
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
                        step(&in_a_row, &worker, Some((&held, &end)), &Outages::all(), stop)?;
                        env.store.set_durability(Durability::Power)?;
                        return Err(KeyringError::UnknownKey { id }.into());
                    }
                    let (next, counted) = step(&in_a_row, &worker, Some((&held, &end)), &outages, stop)?;
                    done.add(counted);
                    claimed = next;
                }
                env.store.set_durability(Durability::Power)?;
                if *done == before {
                    // Another worker was faster, or the clock and the store disagree for a moment.
                    pause(NAP, stop);
                }
            }
            _ if leaving => break,
            (Some(at), Stay::Once) if at <= after(now, SOON) => pause(NAP, stop),
            (_, Stay::Watch) => {
                transports.idle();
                idle(env)?;
                pause(LOOK, stop);
            }
            (_, Stay::Once) => break,
        }
    }
    Ok(())
}

/// A failure before anything of the message was looked at would be that of every other message, too, and so is a
/// refusal that is not about the recipient, once two domains in a row met it: the channel is left alone for a while, so
/// that none of them loses a try, and the other channel does not wait for it.
fn learn(env: &Env<'_>, outages: &mut Outages, channel: Channel, end: &End) -> Result<(), FlowError> {
    let matter = end.trouble().and_then(|trouble| trouble.matter);
    let works = matches!(end, End::HandedOver(_))
        // Whoever judges a recipient has nothing against this site.
        || matter.map(Matter::about) == Some(About::Recipient);
    let hold = match end {
        End::Postponed { asked: Some(asked), .. } => Hold::Asked(*asked),
        End::Postponed { trouble, .. } if trouble.of_all => Hold::Usual,
        End::Postponed { trouble, .. }
            if matter.is_some_and(Matter::concerns_others) && outages.is_of_all(channel, &trouble.domain) =>
        {
            Hold::Refused
        }
        _ if works => {
            outages.end(channel);
            return Ok(());
        }
        _ => return Ok(()),
    };
    let mut chance = [0_u8];
    env.entropy.fill(&mut chance)?;
    outages.begin(channel, env.clock.now(), chance[0], hold);
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
    let outbound =
        OutboundMessage { id: &row.id, at: row.created_at, message: &message, again: row.attempts > 1 };
    match transports.of(row.channel).hand_over(&outbound) {
        Ok(receipt) => End::HandedOver(receipt.reference),
        Err(error) => {
            let of_all = error.concerns_all();
            let domain = message.to.rsplit_once('@').map_or("", |(_, domain)| domain).to_owned();
            let (stage, words) = (Some(error.stage), error.redacted(&message));
            let trouble = Trouble { stage, words, of_all, matter: error.matter, domain };
            match error.persistence {
                Persistence::Temporary => End::Postponed { trouble, asked: error.pause },
                Persistence::Permanent => End::Failed { code: "undeliverable", trouble },
            }
        }
    }
}

/// What is said of a message whose time is over. It was not tried, so it stopped at no stage.
const TOO_LATE: &str = "it expired before it could be sent";

/// With the words of the last failure on its channel since it was queued: that is what held it up.
fn too_late(env: &Env<'_>, row: &Outgoing) -> Trouble {
    let failure = env.read(|tx| tx.last_failure(row.channel, row.created_at)).ok().flatten();
    let (stage, words, matter) =
        failure.map(|last| (last.stage, last.words, last.matter)).unwrap_or_default();
    let matter = matter.filter(|matter| matter.concerns_others());
    let words = match (stage, words) {
        (Some(_), Some(words)) => format!("{TOO_LATE}; the last try failed to {words}"),
        // Another message that came too late: the same held both up.
        (None, Some(words)) if words.starts_with(TOO_LATE) => words,
        _ => TOO_LATE.to_owned(),
    };
    Trouble { matter, ..Trouble::before_the_way(&words) }
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
    env.write(|tx| {
        let counted = match ended {
            Some((claimed, end)) => record_outcome(tx, worker, &claimed.row, end, chance[0])?,
            None => Delivered::default(),
        };
        if stop.load(Ordering::Relaxed) {
            return Ok((None, counted));
        }
        Ok((claim(tx.store, tx.now, worker, &outages.held(tx.now))?, counted))
    })
}

fn claim(
    tx: &mut dyn Tx,
    now: Timestamp,
    worker: &str,
    held: &[Channel],
) -> Result<Option<Claimed>, StoreError> {
    let Some(row) = tx.lease(now, after(now, LEASE), worker, held)? else { return Ok(None) };
    let code = row.code_id.as_deref().map(|id| tx.code(id)).transpose()?.flatten();
    let ended = |state: CodeState| match state {
        CodeState::Queued | CodeState::Sent | CodeState::Failed => false,
        // One that merely got too old was wanted, and is told as a failure. A clock that went back ended it sooner.
        CodeState::Expired => now < row.expires_at,
        CodeState::Used | CodeState::Revoked | CodeState::Superseded | CodeState::Exhausted => true,
    };
    let code_ended = code.is_some_and(|code| code.destination.is_some() && ended(code.state));
    Ok(Some(Claimed { row, since: now, code_ended }))
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
