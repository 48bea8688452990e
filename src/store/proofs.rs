//! Proofs of operation protection, and what is noted about a user for the upkeep.

use jiff::Timestamp;

use super::error::StoreError;
use crate::domain::protection::StoredProof;

pub trait Proofs {
    /// The one of a person and a place.
    fn proof(&mut self, user_id: &str, source: &str) -> Result<Option<StoredProof>, StoreError>;
    /// Writes one in place of what was there.
    fn put_proof(&mut self, proof: &StoredProof) -> Result<(), StoreError>;
    /// Ends every proof of a person; how many there were.
    fn end_proofs(&mut self, user_id: &str) -> Result<u64, StoreError>;
    /// Ends every proof given then or before; how many there were.
    fn expire_proofs(&mut self, given_until: Timestamp) -> Result<u64, StoreError>;
    /// The epoch of the password whose end the person was told of.
    fn expiry_notified(&mut self, user_id: &str) -> Result<Option<u64>, StoreError>;
    fn set_expiry_notified(&mut self, user_id: &str, epoch: u64) -> Result<(), StoreError>;
    /// When an operator enabled the user last.
    fn active_from(&mut self, user_id: &str) -> Result<Option<Timestamp>, StoreError>;
    fn set_active_from(&mut self, user_id: &str, at: Timestamp) -> Result<(), StoreError>;
}
