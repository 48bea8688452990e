//! Taking the operation records away, with an anchor.

use std::ops::ControlFlow;

use super::verify::verify_records;
use super::{PAGE, anchor};
use crate::domain::Task;
use crate::domain::anchor::Anchor;
use crate::domain::chain::Break;
use crate::domain::event::Event;
use crate::flow::foundation::{Env, FlowError, audit, clock};
use crate::store::Transactions;

/// How an export ended.
#[derive(Debug)]
#[must_use]
pub enum Export {
    /// Everything was handed out, and this is the anchor of it.
    Whole(Anchor),
    /// Everything was handed out that is there, and no anchor was made, because it would vouch for what was tampered
    /// with: the first bad record.
    Broken(u64, Break),
    /// Nobody wanted the rest.
    Abandoned,
}

/// Hands every record after that number to `each`, the oldest first, as they were when it began; admins only.
/// Their hashes are checked on the way, from the first one handed out.
pub fn export_records<E: From<FlowError>>(
    env: &Env<'_>,
    after: u64,
    mut each: impl FnMut(Event) -> Result<ControlFlow<()>, E>,
) -> Result<Export, E> {
    env.authorize(Task::ReadRecords, None)?;
    let start = start(env, after)?;
    let (mut seq, mut before, mut sound) = (after, start.before, start.sound);
    let mut hashes = audit::Hashes::new(env.keys);
    while seq < start.head.seq {
        let size = u32::try_from(start.head.seq - seq).unwrap_or(PAGE).min(PAGE);
        let mut page = env.read(|tx| tx.events_after(seq, size))?;
        page.retain(|event| event.seq <= start.head.seq);
        if page.is_empty() {
            break;
        }
        for event in page {
            sound &=
                event.seq == seq + 1 && hashes.of(&before, &event).is_some_and(|hash| hash == event.hash);
            seq = event.seq;
            before.clone_from(&event.hash);
            if each(event)?.is_break() {
                return Ok(Export::Abandoned);
            }
        }
    }
    sound &= seq >= start.head.seq && (after >= start.head.seq || before == start.head.hash);
    if !sound {
        let (at, what) = verify_records(env, None)?.first_bad.unwrap_or((seq, Break::Changed));
        return Ok(Export::Broken(at, what));
    }
    Ok(Export::Whole(start.head))
}

/// What is known before the first record is handed out.
struct Start {
    /// The last record, to which the export goes.
    head: Anchor,
    /// The hash of the record before the first one.
    before: String,
    sound: bool,
}

fn start(env: &Env<'_>, after: u64) -> Result<Start, FlowError> {
    env.store.read(|tx| {
        let last = tx.last_event()?;
        let (seq, hash) = last.map_or((0, String::new()), |event| (event.seq, event.hash));
        let noted = audit::noted_head(tx)?.unwrap_or_default();
        let mut sound = noted == (seq, hash.clone());
        let mut before = String::new();
        if (1..=seq).contains(&after) {
            match tx.events_after(after - 1, 1)?.pop().filter(|event| event.seq == after) {
                Some(event) => before = event.hash,
                None => sound = false,
            }
        }
        let now = env.clock.now();
        let at = clock::latest_moment(tx)?.map_or(now, |seen| seen.max(now));
        Ok(Start { head: anchor::make(env.keys, seq, hash, at)?, before, sound })
    })
}
