//! What became of messages after they were handed over.

use jiff::Timestamp;

use super::error::Result;
use crate::domain::receipt::{Arrival, HandedOver};

/// The keyed hash of what a provider calls a message, and the key that made it. What it really says comes from
/// the other side, and may repeat the address or the code (security T9).
pub struct ReferenceMac {
    pub key_id: String,
    pub tag: Vec<u8>,
}

pub trait Receipts {
    /// Notes what the other side calls a message that was handed over.
    fn set_reference(&mut self, message_id: &str, reference: &ReferenceMac) -> Result<()>;
    /// By the id of the outbox.
    fn handed_over(&mut self, message_id: &str) -> Result<Option<HandedOver>>;
    /// By what the provider calls it: the newest, should two providers use one name.
    fn handed_over_as(&mut self, reference: &ReferenceMac) -> Result<Option<HandedOver>>;
    fn set_arrival(
        &mut self,
        message_id: &str,
        arrival: Arrival,
        at: Timestamp,
        words: Option<&str>,
    ) -> Result<()>;
    /// Writes the same into the code that was in the message: a code that is known not to have arrived has failed,
    /// and can still be entered, because providers err; one that ended otherwise keeps its end.
    fn set_code_arrival(
        &mut self,
        code_id: &str,
        arrival: Arrival,
        at: Timestamp,
        reason: &str,
    ) -> Result<()>;
}
