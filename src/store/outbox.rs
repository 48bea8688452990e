//! Messages on their way, and every try to hand one over.

use jiff::Timestamp;
use serde::Serialize;

use super::error::Result;
use crate::domain::Channel;
use crate::domain::mail_answer::Matter;
use crate::domain::outbox::{Outcome, Outgoing, State as OutboxState, Try};
use crate::domain::time::in_seconds;

/// How a try ended, and what becomes of the message.
#[derive(Clone, Copy)]
pub struct Disposition<'a> {
    pub to: OutboxState,
    pub due_at: Timestamp,
    pub now: Timestamp,
    pub outcome: Outcome,
    pub stage: Option<&'a str>,
    pub words: Option<&'a str>,
    pub matter: Option<Matter>,
}

/// What happened in a channel in one step of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Traffic {
    #[serde(skip)]
    pub channel: Channel,
    /// When the step began.
    #[serde(serialize_with = "in_seconds")]
    pub at: Timestamp,
    pub queued: u64,
    pub handed_over: u64,
    pub postponed: u64,
    pub failed: u64,
}

/// Messages that were left in the queue in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub channel: Channel,
    pub count: u64,
    /// The newest of their last tries; none where they are due and were not tried.
    pub last: Option<Try>,
}

pub trait Outbox {
    fn enqueue(&mut self, message: &Outgoing) -> Result<()>;
    /// Claims the next due message until `lease_until`, but of no channel in `held`: codes first, then the oldest.
    /// One whose former worker let its lease run out is marked.
    fn lease(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        worker: &str,
        held: &[Channel],
    ) -> Result<Option<Outgoing>>;
    /// Ends or postpones a message that `worker` holds; wipes the body unless it is queued again. The try is
    /// written down even where the message is the worker's no more.
    fn record_outcome(&mut self, id: &str, worker: &str, disposition: &Disposition<'_>) -> Result<bool>;
    /// Every try for a person's messages, in order.
    fn tries_of_user(&mut self, user_id: &str) -> Result<Vec<Try>>;
    /// What was handed over, failed and was put off since then in each channel, by steps of `step_ms`. Only steps
    /// in which anything happened.
    fn traffic(&mut self, since: Timestamp, step_ms: i64) -> Result<Vec<Traffic>>;
    /// How the last try of a channel that failed did, since then.
    fn last_failure(&mut self, channel: Channel, since: Timestamp) -> Result<Option<Try>>;
    /// How many messages of a channel were queued since then and may have been sent twice.
    fn maybe_twice(&mut self, channel: Channel, since: Timestamp) -> Result<u64>;
    /// Ends the waiting messages of codes and tokens that are live no more.
    fn withdraw_for_code(&mut self, code_id: &str) -> Result<u64>;
    fn withdraw_for_user(&mut self, user_id: &str) -> Result<u64>;
    /// Ends the waiting messages with setup tokens, of a person or of everybody.
    fn withdraw_setups(&mut self, user_id: Option<&str>) -> Result<u64>;
    /// Makes every message that waits for its next try due now.
    fn retry_now(&mut self, now: Timestamp) -> Result<()>;
    /// When the next message that waits is due, or its holder's lease is over; of no channel in `held`.
    fn next_due(&mut self, held: &[Channel]) -> Result<Option<Timestamp>>;
    /// Those that wait and were tried in vain, or are due, and that nobody holds: together where their last tries ended
    /// at the same stage for the same matter.
    fn left_behind(&mut self, now: Timestamp) -> Result<Vec<Left>>;
    /// Ends every waiting message.
    fn withdraw_all(&mut self) -> Result<u64>;
    /// How many wait in each channel, and when the oldest was queued.
    fn waiting(&mut self) -> Result<Vec<(Channel, u64, Timestamp)>>;
    /// Every message that still has a sealed body, for re-sealing.
    fn sealed_messages(&mut self) -> Result<Vec<(String, String, Vec<u8>)>>;
    fn reseal(&mut self, id: &str, key_id: &str, sealed: &[u8]) -> Result<()>;
}
