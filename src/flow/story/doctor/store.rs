//! What stands in the store.

use jiff::{SignedDuration, Timestamp};

use super::Finding;
use super::finding::or_ok;
use crate::config::Budgets;
use crate::domain::Channel;
use crate::domain::batch::Batch;
use crate::domain::chain::Break;
use crate::domain::outbox::Try;
use crate::domain::time::{after, counted, for_people, span_for_people};
use crate::flow::foundation::FlowError;
use crate::flow::foundation::clock::latest_moment;
use crate::flow::foundation::eligibility;
use crate::flow::story::audit_log;
use crate::flow::story::batch;
use crate::flow::story::maintenance::{INTERVAL, purged_at};
use crate::guidance::doctor as remedies;
use crate::guidance::mail_answer::remedy;
use crate::guidance::store::CHECK_OR_RESTORE;
use crate::keyring::KeyRing;
use crate::store::{Engine, Transactions};

/// A message that waits longer waits for nobody.
const STUCK: SignedDuration = SignedDuration::from_mins(5);

/// What setting a clock by the network may do to it.
const SLEW: SignedDuration = SignedDuration::from_secs(60);

/// What a look into the store found, or that nobody can look.
fn or_unreadable(check: &'static str, found: Result<Vec<Finding>, FlowError>) -> Vec<Finding> {
    found.unwrap_or_else(|error| {
        vec![Finding::error(check, format!("regain cannot {error}."), CHECK_OR_RESTORE)]
    })
}

/// Damage that a quick look finds.
pub fn integrity(store: &dyn Engine) -> Vec<Finding> {
    const CHECK: &str = "integrity";
    let damage =
        |line: String| Finding::error(CHECK, format!("The store is damaged: {line}."), CHECK_OR_RESTORE);
    let found = store.check(false).map(|found| found.into_iter().map(damage).collect());
    or_unreadable(CHECK, found.map(|found| or_ok(found, CHECK, remedies::QUICK_LOOK)).map_err(Into::into))
}

/// The chain of the operation records.
pub fn records(store: &dyn Engine, keys: &KeyRing) -> Vec<Finding> {
    const CHECK: &str = "records";
    let verified = store.read(|tx| audit_log::verify(keys, tx));
    let told = verified.map(|verified| match verified.first_bad {
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
    });
    or_unreadable(CHECK, told.map(|told| vec![told]))
}

/// Whether the clock is behind what the store has seen.
pub fn clock(store: &dyn Engine, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "clock";
    let seen = store.read::<_, FlowError>(|tx| Ok(latest_moment(tx)?));
    let told = seen.map(|seen| match seen.filter(|seen| *seen > after(now, SLEW)) {
        Some(seen) => Finding::warning(
            CHECK,
            format!(
                "The clock says {}, but the store was written to at {}.",
                for_people(now),
                for_people(seen)
            ),
            "set the clock right before the next command: setting it back ends all codes and requests",
        ),
        None => Finding::ok(CHECK, format!("The clock says {}.", for_people(now))),
    });
    or_unreadable(CHECK, told.map(|told| vec![told]))
}

/// Whether messages wait for a worker that does not come, or for something to be mended on their way.
pub fn queue(store: &dyn Engine, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "queue";
    let stuck = store.read::<_, FlowError>(|tx| {
        let mut stuck = Vec::new();
        let tried = tx.left_behind(now)?.into_iter().filter_map(|left| left.last);
        let to_mend: Vec<Try> = tried.filter(Try::is_of_the_way).collect();
        for (channel, count, oldest) in tx.waiting()? {
            let to_mend = to_mend.iter().rfind(|last| last.channel == channel).cloned();
            if to_mend.is_some() || after(oldest, STUCK) < now {
                let last = match to_mend {
                    Some(last) => Some(last),
                    None => tx.last_failure(channel, oldest).ok().flatten(),
                };
                let remedy = last.as_ref().and_then(|last| last.matter).map_or(remedies::OUTBOX, remedy);
                let why = last.and_then(|last| last.words).map(|words| format!(" Last failure: {words}."));
                let (since, why) = (for_people(oldest), why.unwrap_or_default());
                let (messages, wait) = (counted(count, "message"), if count == 1 { "waits" } else { "wait" });
                let message = format!("{messages} by {channel} {wait}, the oldest since {since}.{why}");
                stuck.push(Finding::warning(CHECK, message, remedy));
            }
        }
        Ok(stuck)
    });
    or_unreadable(CHECK, stuck.map(|stuck| or_ok(stuck, CHECK, "No message waits for long.")))
}

/// Batches that no process is at any more, with people who still wait for their change.
pub fn batches(store: &dyn Engine, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "batches";
    let told = batch::interrupted(store, now).map(|found| {
        let left: u64 = found.iter().map(|batch| batch.counts.left()).sum();
        let since = found.iter().map(|batch| batch.seen_at).min().map(for_people).unwrap_or_default();
        match found.as_slice() {
            [] => Finding::ok(CHECK, "No batch is interrupted."),
            [batch @ Batch { id, name, counts, .. }] => {
                let (name, rows) = (name.as_ref().unwrap_or(id), counted(counts.rows, "row"));
                let message = format!("The batch {name} was interrupted at {since}: {left} of {rows} left.");
                Finding::warning(CHECK, message, remedies::interrupted_batch(id, batch.is_of_file()))
            }
            several => {
                let (count, left) = (several.len(), counted(left, "row"));
                let message = format!("{count} batches were interrupted, the first at {since}: {left} left.");
                Finding::warning(CHECK, message, remedies::INTERRUPTED_BATCHES)
            }
        }
    });
    or_unreadable(CHECK, told.map(|told| vec![told]))
}

/// Whether a channel's ceiling keeps codes back.
pub fn ceilings(store: &dyn Engine, limits: &Budgets, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "ceiling";
    let told = |channel: &Channel| {
        let found = store.read::<_, FlowError>(|tx| Ok(eligibility::of_channel(tx, limits, *channel, now)?));
        let reached = found.map(|ceiling| ceiling.filter(|ceiling| ceiling.reached()).into_iter().map(|ceiling| {
            let key = match channel {
                Channel::Email => "email_per_hour",
                Channel::Mobile => "sms_per_hour",
            };
            Finding::warning(
                CHECK,
                format!(
                    "The ceiling of {} messages an hour by {channel} is reached: codes are held back until some of \
                    them are an hour old.",
                    ceiling.most
                ),
                remedies::ceiling(key),
            )
        }).collect());
        or_unreadable(CHECK, reached)
    };
    Channel::ALL.iter().flat_map(told).collect()
}

/// Whether spent rows are deleted on schedule (security K10).
pub fn purging(store: &dyn Engine, now: Timestamp) -> Vec<Finding> {
    const CHECK: &str = "purge";
    let last = store.read::<_, FlowError>(|tx| {
        let purged = purged_at(tx)?;
        // A store that was never purged is as old as its first record.
        Ok(purged.or(tx.events_after(0, 1)?.first().map(|event| event.at)))
    });
    let told = last.map(|last| match last.filter(|at| after(*at, INTERVAL + INTERVAL) < now) {
        Some(at) => {
            let span = span_for_people(now.duration_since(at));
            let message = format!("Spent requests and codes were not deleted for {span}.");
            Finding::warning(CHECK, message, remedies::PURGE)
        }
        None => Finding::ok(CHECK, "Spent requests and codes are deleted in time."),
    });
    or_unreadable(CHECK, told.map(|told| vec![told]))
}
