//! That a code was entered: kept for a quarter of an hour, for that person and that place.

use jiff::Timestamp;

use crate::domain::User;
use crate::domain::protection::StoredProof;
use crate::domain::sign_in::proof_holds;
use crate::flow::foundation::{FlowError, Transaction};
use crate::keyring::Purpose;

/// Writes down that this person proved here, at that moment, by what was sent to that contact.
pub(crate) fn record(
    tx: &mut Transaction<'_>,
    user: &User,
    contact_id: &str,
    proven_at: Timestamp,
) -> Result<(), FlowError> {
    let mut proof = StoredProof {
        user_id: user.id.clone(),
        source: tx.env.actor.source.clone(),
        contact_id: contact_id.to_owned(),
        epoch: user.credential.epoch,
        proven_at,
        key_id: String::new(),
        tag: Vec::new(),
    };
    let parts = proof.parts();
    let (key_id, tag) = tx.env.keys.mac(Purpose::Proof, &parts.each_ref().map(Vec::as_slice));
    (proof.key_id, proof.tag) = (key_id.to_string(), tag.to_vec());
    Ok(tx.store.put_proof(&proof)?)
}

/// The proof of this person and place that counts now.
fn read(tx: &mut Transaction<'_>, user: &User) -> Result<Option<StoredProof>, FlowError> {
    let Some(proof) = tx.store.proof(&user.id, &tx.env.actor.source)? else { return Ok(None) };
    let parts = proof.parts();
    let ours =
        tx.env.tag_matches(&proof.key_id, Purpose::Proof, &parts.each_ref().map(Vec::as_slice), &proof.tag);
    let counts = ours
        && proof.epoch == user.credential.epoch
        && proof.proven_at <= tx.now
        && proof_holds(proof.proven_at, tx.now);
    Ok(counts.then_some(proof))
}

/// By which contact this person has proved who they are, here and lately.
pub(crate) fn live(tx: &mut Transaction<'_>, user: &User) -> Result<Option<String>, FlowError> {
    Ok(read(tx, user)?.map(|proof| proof.contact_id))
}

/// Ends every proof of a person whose credential they changed themself, save the one that the change was made under:
/// it goes on for its own time. `before` is the person as the proof was given, `after` as the change left them. A
/// contact that was `replaced` by another that is proven, too, hands its word on to that: both by their ids.
pub(crate) fn carry(
    tx: &mut Transaction<'_>,
    before: &User,
    after: &User,
    replaced: Option<(&str, &str)>,
) -> Result<(), FlowError> {
    let kept = read(tx, before)?;
    tx.store.end_proofs(&before.id)?;
    match kept {
        Some(proof) => {
            let by = replaced.filter(|(old, _)| *old == proof.contact_id).map(|(_, new)| new);
            record(tx, after, by.unwrap_or(&proof.contact_id), proof.proven_at)
        }
        None => Ok(()),
    }
}
