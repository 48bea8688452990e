//! What stands in the store.

use jiff::{SignedDuration, Timestamp};

use super::Finding;
use crate::config::Budgets;
use crate::domain::Channel;
use crate::domain::chain::Break;
use crate::domain::time::{after, for_people, span_for_people};
use crate::flow::foundation::FlowError;
use crate::flow::foundation::clock::latest_moment;
use crate::flow::foundation::eligibility;
use crate::flow::story::audit_log;
use crate::flow::story::maintenance::{INTERVAL, purged_at};
use crate::guidance::doctor as remedies;
use crate::guidance::store::CHECK_OR_RESTORE;
use crate::keyring::KeyRing;
use crate::store::{Engine, Transactions};

/// A message that waits longer waits for nobody.
const STUCK: SignedDuration = SignedDuration::from_mins(5);

/// What setting a clock by the network may do to it.
const SLEW: SignedDuration = SignedDuration::from_secs(60);

/// Damage that a quick look finds.
pub fn integrity(store: &dyn Engine) -> Vec<Finding> {
    const CHECK: &str = "integrity";
    match store.check(false) {
        Ok(found) if found.is_empty() => {
            vec![Finding::ok(CHECK, remedies::QUICK_LOOK)]
        }
        Ok(found) => found
            .into_iter()
            .map(|line| Finding::error(CHECK, format!("The store is damaged: {line}."), CHECK_OR_RESTORE))
            .collect(),
        Err(error) => vec![unreadable(CHECK, &error.into())],
    }
}

/// The chain of the operation records.
pub fn records(store: &dyn Engine, keys: &KeyRing) -> Vec<Finding> {
    const CHECK: &str = "records";
    let verified = match store.read(|tx| audit_log::verify(keys, tx)) {
        Ok(verified) => verified,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    vec![match verified.first_bad {
        None => {
            Finding::ok(CHECK, format!("Every operation record is in order, {} so far.", verified.events))
        }
        Some((at, what)) => {
            let remedy = match what {
                Break::UnknownKey(_) => "put the key file back that the store was written with",
                _ => "keep the store as evidence, and compare it with a backup",
            };
            Finding::error(CHECK, format!("The operation records are broken at number {at}: {what}."), remedy)
        }
    }]
}

/// Whether the clock is behind what the store has seen.
pub fn clock(store: &dyn Engine, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "clock";
    match store.read::<_, FlowError>(|tx| Ok(latest_moment(tx)?)) {
        Ok(Some(seen)) if seen > after(now, SLEW) => vec![Finding::warning(
            CHECK,
            format!(
                "The clock says {}, but the store was written to at {}.",
                for_people(now),
                for_people(seen)
            ),
            "set the clock right before the next command: one that went back ends all codes and requests",
        )],
        Ok(_) => vec![Finding::ok(CHECK, format!("The clock says {}.", for_people(now)))],
        Err(error) => vec![unreadable(CHECK, &error)],
    }
}

/// Whether messages wait for a worker that does not come.
pub fn queue(store: &dyn Engine, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "queue";
    let waiting = match store.read::<_, FlowError>(|tx| Ok(tx.waiting()?)) {
        Ok(waiting) => waiting,
        Err(error) => return vec![unreadable(CHECK, &error)],
    };
    let stuck: Vec<Finding> = waiting
        .iter()
        .filter(|(_, _, oldest)| after(*oldest, STUCK) < now)
        .map(|(channel, count, oldest)| {
            let last =
                store.read::<_, FlowError>(|tx| Ok(tx.last_failure(*channel, *oldest)?)).ok().flatten();
            let why = last.and_then(|last| last.words).map(|words| format!(" Last failure: {words}."));
            Finding::warning(
                CHECK,
                format!(
                    "{count} messages by {channel} wait, the oldest since {}.{}",
                    for_people(*oldest),
                    why.unwrap_or_default()
                ),
                remedies::OUTBOX,
            )
        })
        .collect();
    if stuck.is_empty() { vec![Finding::ok(CHECK, "No message waits for long.")] } else { stuck }
}

/// Whether a channel's ceiling keeps codes back.
pub fn ceilings(store: &dyn Engine, limits: &Budgets, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "ceiling";
    let found = |channel: Channel| {
        store.read::<_, FlowError>(|tx| Ok(eligibility::of_channel(tx, limits, channel, now)?))
    };
    let told = |channel: Channel| {
        match found(channel) {
        Err(error) => Some(unreadable(CHECK, &error)),
        Ok(ceiling) => ceiling.filter(|ceiling| ceiling.reached()).map(|ceiling| {
            let key = match channel {
                Channel::Email => "email_per_hour",
                Channel::Mobile => "sms_per_hour",
            };
            Finding::warning(
                CHECK,
                format!(
                    "The ceiling of {} messages an hour by {channel} is reached: codes are kept back until some of them are an hour old.",
                    ceiling.most
                ),
                remedies::ceiling(key),
            )
        }),
    }
    };
    Channel::ALL.iter().copied().filter_map(told).collect()
}

/// Whether spent rows are deleted on schedule (security K10).
pub fn purging(store: &dyn Engine, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "purge";
    let last = store.read::<_, FlowError>(|tx| {
        let purged = purged_at(tx)?;
        // A store that was never purged is as old as its first record.
        Ok(purged.or(tx.events_after(0, 1)?.first().map(|event| event.at)))
    });
    match last {
        Ok(Some(at)) if after(at, INTERVAL + INTERVAL) < now => vec![Finding::warning(
            CHECK,
            format!(
                "Spent requests and codes were not deleted for {}.",
                span_for_people(now.duration_since(at))
            ),
            remedies::PURGE,
        )],
        Ok(_) => vec![Finding::ok(CHECK, "Spent requests and codes are deleted in time.")],
        Err(error) => vec![unreadable(CHECK, &error)],
    }
}

fn unreadable(check: &'static str, error: &FlowError) -> Finding {
    Finding::error(check, format!("regain cannot {error}."), CHECK_OR_RESTORE)
}
