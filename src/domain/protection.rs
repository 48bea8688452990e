//! Operation protection: a proof that one's own change is one's own, and how long it is good.

use jiff::Timestamp;

/// That a code was entered, at that place, as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredProof {
    pub user_id: String,
    /// Where: the uid, and the address of a portal's caller.
    pub source: String,
    /// The contact that was asked, or what stands for the designated person.
    pub contact_id: String,
    /// Of the credential that it was given beside: another change of that ends the proof.
    pub epoch: u64,
    pub proven_at: Timestamp,
    pub key_id: String,
    pub tag: Vec<u8>,
}

impl StoredProof {
    /// What the tag covers: everything but itself.
    pub fn parts(&self) -> [Vec<u8>; 5] {
        [
            self.user_id.as_bytes().to_vec(),
            self.source.as_bytes().to_vec(),
            self.contact_id.as_bytes().to_vec(),
            self.epoch.to_be_bytes().to_vec(),
            self.proven_at.as_millisecond().to_be_bytes().to_vec(),
        ]
    }
}
