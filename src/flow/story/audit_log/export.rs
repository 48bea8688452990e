//! Taking the operation records away, with an anchor.

use std::ops::ControlFlow;

use super::verify::verify_records;
use super::{PAGE, anchor};
use crate::domain::Task;
use crate::domain::anchor::Anchor;
use crate::domain::chain::Break;
use crate::domain::event::StoredEvent;
use crate::flow::foundation::{Env, FlowError, audit, clock};
use crate::store::{StoreError, Transactions, Tx};

/// How an export ended.
#[derive(Debug)]
#[must_use]
pub enum Export {
    /// Everything was handed out, so many records, and this is the anchor of it.
    Whole(u64, Anchor),
    /// Everything was handed out that is there, and no anchor was made, because it would vouch for what was tampered
    /// with: the first bad record.
    Broken(u64, Break),
    /// Nobody wanted the rest.
    Abandoned,
}

/// Hands every record after that number to `write`, the oldest first, as they were when it began, in pages of what
/// `line` makes of each; admins only. Their hashes are checked on the way, from the first one handed out.
pub fn export_records<E: From<FlowError>>(
    env: &Env<'_>,
    after: u64,
    line: impl Fn(&StoredEvent<'_>) -> Result<String, E>,
    mut write: impl FnMut(&str) -> Result<ControlFlow<()>, E>,
) -> Result<Export, E> {
    env.authorize(Task::ReadRecords, None)?;
    let (head, mut so_far) = start(env, after)?;
    let mut hashes = audit::Hashes::new(env.keys);
    loop {
        // Nothing waits within the transaction for whoever reads the page.
        let (lines, now) = env.read(|tx| page(tx, &so_far, head.seq, &mut hashes, &line))?;
        if now.events == so_far.events {
            break;
        }
        so_far = now;
        if write(&lines?)?.is_break() {
            return Ok(Export::Abandoned);
        }
    }
    let SoFar { events, seq, hash, sound } = so_far;
    if !sound || seq < head.seq || (after < head.seq && hash != head.hash) {
        let (at, what) = verify_records(env, None)?.first_bad.unwrap_or((seq, Break::Changed));
        return Ok(Export::Broken(at, what));
    }
    Ok(Export::Whole(events, head))
}

/// What was handed out.
#[derive(Clone)]
struct SoFar {
    events: u64,
    /// Number and hash of the last record; at first, of the one before the first.
    seq: u64,
    hash: String,
    /// Whether the chain is in order up to there.
    sound: bool,
}

/// The lines of the next records, up to the one with the number `last`, and what is handed out with them.
fn page<E>(
    tx: &mut dyn Tx,
    so_far: &SoFar,
    last: u64,
    hashes: &mut audit::Hashes<'_>,
    line: impl Fn(&StoredEvent<'_>) -> Result<String, E>,
) -> Result<(Result<String, E>, SoFar), StoreError> {
    let (mut lines, mut now, mut readable) = (Ok(String::new()), so_far.clone(), true);
    tx.each_event(so_far.seq, &mut |event| {
        let Ok(page) = &mut lines else { return ControlFlow::Break(()) };
        if event.seq > last || now.events - so_far.events == u64::from(PAGE) {
            return ControlFlow::Break(());
        }
        let hash = hashes.of_stored(&now.hash, event);
        if event.seq != now.seq + 1 || hash.as_deref() != Some(event.hash) {
            now.sound = false;
            readable &= event.is_readable();
        }
        match line(event) {
            Ok(line) => page.push_str(&line),
            Err(error) => lines = Err(error),
        }
        now = SoFar { events: now.events + 1, seq: event.seq, hash: event.hash.to_owned(), sound: now.sound };
        ControlFlow::Continue(())
    })?;
    if readable { Ok((lines, now)) } else { Err(StoreError::Unreadable { column: "detail" }) }
}

/// The last record, to which the export goes, and what is known before the first one is handed out.
fn start(env: &Env<'_>, after: u64) -> Result<(Anchor, SoFar), FlowError> {
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
        let head = anchor::make(env.keys, seq, hash, at)?;
        Ok((head, SoFar { events: 0, seq: after, hash: before, sound }))
    })
}
