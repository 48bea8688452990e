//! What waits, and what became of the rest in the last hours: for operators.

use jiff::{SignedDuration, Timestamp};

use crate::domain::eligibility::Ceiling;
use crate::domain::outbox::Try;
use crate::domain::time::before;
use crate::domain::{Channel, Task};
use crate::flow::foundation::{Env, FlowError, eligibility};
use crate::store::{Left, Traffic};

/// How many hours back, this one included.
const HOURS: i64 = 12;
const HOUR_MS: i64 = 3_600_000;

/// The state of a channel.
#[derive(Debug, Clone)]
pub struct ChannelStatus {
    pub channel: Channel,
    pub waiting: u64,
    pub oldest: Option<Timestamp>,
    /// One for each hour, the oldest first, in UTC.
    pub hours: Vec<Traffic>,
    /// Of these hours.
    pub maybe_twice: u64,
    pub last_failure: Option<Try>,
    pub ceiling: Option<Ceiling>,
}

/// Lets nothing wait for its next try any longer: for whoever has just mended what kept it.
pub fn retry_now(env: &Env<'_>) -> Result<(), FlowError> {
    env.write(|tx| Ok(tx.store.retry_now(tx.now)?))
}

/// How many messages wait, and when the first of them is tried; `None` where none does.
pub fn waiting(env: &Env<'_>) -> Result<Option<(u64, Timestamp)>, FlowError> {
    env.read(|tx| {
        let count = tx.waiting()?.iter().map(|(_, count, _)| count).sum();
        Ok(tx.next_due(&[])?.map(|at| (count, at)))
    })
}

/// How many messages are left because of the way out: what their last try met keeps others, too, or they are due and
/// were not taken because the channel is down.
pub fn left_behind(env: &Env<'_>) -> Result<u64, FlowError> {
    let now = env.clock.now();
    let left = env.read(|tx| tx.left_behind(now))?;
    let of_the_way = |left: &Left| left.last.as_ref().is_none_or(Try::is_of_the_way);
    Ok(left.into_iter().filter(of_the_way).map(|left| left.count).sum())
}

/// The state of every channel. Messages to nobody count as waiting, and as nothing once they are gone.
pub fn delivery_status(env: &Env<'_>) -> Result<Vec<ChannelStatus>, FlowError> {
    env.authorize(Task::ReadCodes, None)?;
    let now = env.clock.now();
    let hour = SignedDuration::from_millis(HOUR_MS);
    let this_hour = before(now, SignedDuration::from_millis(now.as_millisecond().rem_euclid(HOUR_MS)));
    let since = before(this_hour, SignedDuration::from_millis((HOURS - 1) * HOUR_MS));
    env.read(|tx| {
        let waiting = tx.waiting()?;
        let traffic = tx.traffic(since, HOUR_MS)?;
        let mut channels = Vec::new();
        for channel in Channel::ALL.iter().copied() {
            let found = waiting.iter().find(|(of, ..)| *of == channel);
            let mut hours = Vec::new();
            let mut at = since;
            while at <= this_hour {
                let happened = traffic.iter().find(|step| step.channel == channel && step.at == at);
                let nothing = Traffic { channel, at, queued: 0, handed_over: 0, postponed: 0, failed: 0 };
                hours.push(happened.cloned().unwrap_or(nothing));
                at += hour;
            }
            channels.push(ChannelStatus {
                channel,
                waiting: found.map_or(0, |(_, count, _)| *count),
                oldest: found.map(|(.., oldest)| *oldest),
                hours,
                maybe_twice: tx.maybe_twice(channel, since)?,
                last_failure: tx.last_failure(channel, since)?,
                ceiling: eligibility::of_channel(tx, &env.settings.budgets, channel, now)?,
            });
        }
        Ok(channels)
    })
}
