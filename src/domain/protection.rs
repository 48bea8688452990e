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

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::user::tests::at;

    #[test]
    fn k3_the_tag_of_a_proof_covers_all_of_it() {
        let proof = StoredProof {
            user_id: "usr_1".to_owned(),
            source: "uid:1".to_owned(),
            contact_id: "con_1".to_owned(),
            epoch: 1,
            proven_at: at(0),
            key_id: String::new(),
            tag: Vec::new(),
        };
        let others: [fn(&mut StoredProof); 5] = [
            |of| of.user_id = "usr_2".to_owned(),
            |of| of.source = "uid:2".to_owned(),
            |of| of.contact_id = "con_2".to_owned(),
            |of| of.epoch = 2,
            |of| of.proven_at = at(1),
        ];
        for (which, change) in others.iter().enumerate() {
            let mut other = proof.clone();
            change(&mut other);
            assert_ne!(other.parts(), proof.parts(), "{which}");
        }
    }
}
