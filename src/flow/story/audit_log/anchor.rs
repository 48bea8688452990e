//! Making and checking anchors.

use data_encoding::HEXLOWER;
use jiff::Timestamp;

use crate::domain::anchor::Anchor;
use crate::domain::time::whole_seconds;
use crate::flow::foundation::{FlowError, Refusal};
use crate::keyring::{KeyId, KeyRing, Purpose};

/// Notes the last record, marked with the newest key.
pub(super) fn make(keys: &KeyRing, seq: u64, hash: String, at: Timestamp) -> Result<Anchor, FlowError> {
    let key = keys.newest();
    // As it is written out, so that the mark holds for what is read back.
    let mut anchor = Anchor { seq, hash, at: whole_seconds(at), key_id: key.to_string(), mac: String::new() };
    anchor.mac = HEXLOWER.encode(&mark(keys, key, &anchor)?);
    Ok(anchor)
}

/// Whether the anchor is one that a key here marked, unchanged; nothing in it counts before.
pub(super) fn check(keys: &KeyRing, anchor: &Anchor) -> Result<(), FlowError> {
    let forged = || FlowError::from(Refusal::AnchorForged);
    let key: KeyId = anchor.key_id.parse().map_err(|_| forged())?;
    let mac = HEXLOWER.decode(anchor.mac.as_bytes()).map_err(|_| forged())?;
    let parts = anchor.marked_parts();
    let borrowed: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    if keys.verify_mac(key, Purpose::Anchor, &borrowed, &mac)? { Ok(()) } else { Err(forged()) }
}

fn mark(keys: &KeyRing, key: KeyId, anchor: &Anchor) -> Result<Vec<u8>, FlowError> {
    let parts = anchor.marked_parts();
    let borrowed: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    Ok(keys.mac_with(key, Purpose::Anchor, &borrowed)?.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Clock;
    use crate::domain::entropy::SystemEntropy;
    use crate::domain::time::SystemClock;

    #[test]
    fn u2_an_anchor_counts_as_its_key_marked_it_and_not_otherwise() {
        let mut keys = KeyRing::generate(&SystemEntropy, &SystemClock).unwrap();
        let made = make(&keys, 7, "ab".repeat(32), SystemClock.now()).unwrap();
        keys.rotate(&SystemEntropy, &SystemClock).unwrap();
        check(&keys, &made).unwrap();
        let changes: [fn(&mut Anchor); 6] = [
            |anchor| anchor.seq = 6,
            |anchor| anchor.hash = "ac".repeat(32),
            |anchor| anchor.at = Timestamp::UNIX_EPOCH,
            |anchor| anchor.mac = "00".repeat(32),
            |anchor| anchor.mac.clear(),
            |anchor| anchor.key_id = "no key".to_owned(),
        ];
        for change in changes {
            let mut changed = made.clone();
            change(&mut changed);
            let refused = check(&keys, &changed);
            assert!(matches!(refused, Err(FlowError::Refused(Refusal::AnchorForged))), "{changed:?}");
        }
        let elsewhere = KeyRing::generate(&SystemEntropy, &SystemClock).unwrap();
        assert!(matches!(check(&elsewhere, &made), Err(FlowError::Keyring(_))));
    }
}
