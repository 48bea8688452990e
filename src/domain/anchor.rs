//! An anchor: what is noted, away from the store, about the last operation record (security U2). Whoever can
//! write to the store can cut its last records off and rewrite the head noted beside them, but not this.

use super::time::in_seconds;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The last record at a moment, with a mark that only the key can make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The number of the last record; 0 where there was none.
    pub seq: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// When the anchor was made.
    #[serde(serialize_with = "in_seconds")]
    pub at: Timestamp,
    pub key_id: String,
    /// The keyed hash of everything above, in hexadecimal.
    pub mac: String,
}

impl Anchor {
    /// What the mark covers.
    pub fn marked_parts(&self) -> Vec<Vec<u8>> {
        vec![
            self.seq.to_be_bytes().to_vec(),
            self.hash.as_bytes().to_vec(),
            self.at.as_millisecond().to_be_bytes().to_vec(),
            self.key_id.as_bytes().to_vec(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::user::tests::at;

    #[test]
    fn u2_the_mark_of_an_anchor_covers_all_of_it() {
        let anchor =
            Anchor { seq: 1, hash: "a".to_owned(), at: at(0), key_id: "k".to_owned(), mac: String::new() };
        let others: [fn(&mut Anchor); 4] = [
            |of| of.seq = 2,
            |of| of.hash = "b".to_owned(),
            |of| of.at = at(1),
            |of| of.key_id = "l".to_owned(),
        ];
        for (which, change) in others.iter().enumerate() {
            let mut other = anchor.clone();
            change(&mut other);
            assert_ne!(other.marked_parts(), anchor.marked_parts(), "{which}");
        }
    }
}
