//! What sending costs: budgets of contacts, people, places and channels, that survive resending, a new request, another
//! method and a restart (security K6).

use jiff::Timestamp;

use crate::domain::Channel;
use crate::domain::message::Message;
use crate::domain::sms::segments;
use crate::domain::time::after;
use crate::flow::foundation::eligibility::{BY_CHANNEL, Charge, FROM_SOURCE, TO_CONTACT, TO_PERSON, part};
use crate::flow::foundation::{Env, FlowError, Refusal, Transaction};
use crate::keyring::Purpose;
use crate::store::Tx;

/// Who asked for a code a moment ago waits for the next (`codes.resend_after`).
pub(crate) fn too_soon(env: &Env<'_>, last_sent_at: Timestamp, now: Timestamp) -> Option<Refusal> {
    let again_from = after(last_sent_at, env.settings.codes.resend_after);
    let wait = again_from.duration_since(now);
    // Rounded up: whoever waits as long as they were told has waited long enough.
    let seconds = wait.as_secs().unsigned_abs() + u64::from(wait.subsec_nanos() > 0);
    (now < again_from).then_some(Refusal::TooSoon { seconds })
}

/// Counts one code; what its message costs is counted when it is queued.
pub(crate) fn spend(tx: &mut Transaction<'_>, charge: &Charge<'_>) -> Result<(), FlowError> {
    tx.store.spend(TO_CONTACT, &part(tx.env, charge.by, &charge.contact), tx.now)?;
    tx.store.spend(TO_PERSON, &part(tx.env, charge.by, &charge.person), tx.now)?;
    if let Some(source) = charge.by.source() {
        tx.store.spend(FROM_SOURCE, source.as_bytes(), tx.now)?;
    }
    Ok(())
}

/// Counts one that was sent to nobody: it costs its source, and as many rows as any other, charged to no person
/// (security K12).
pub(crate) fn spend_in_vain(tx: &mut Transaction<'_>, charge: &Charge<'_>) -> Result<(), FlowError> {
    let apart = |subject: &[u8]| tx.env.keys.lasting_mac(Purpose::Budget, &[b"in_vain", subject]).to_vec();
    let (contact, person) = (apart(&charge.contact), apart(&charge.person));
    spend(tx, &Charge { contact, person, ..*charge })
}

/// Counts what a message costs its channel, whatever it is: one, or as many as an SMS has parts. Notices and setup
/// tokens are counted and never held back: who was told of nothing could say no to nothing (security S7).
pub(crate) fn spend_channel(
    tx: &mut dyn Tx,
    now: Timestamp,
    channel: Channel,
    message: &Message,
) -> Result<(), FlowError> {
    let parts = match channel {
        Channel::Email => 1,
        Channel::Mobile => segments(message.body.trim_end()).count,
    };
    for _ in 0..parts {
        tx.spend(BY_CHANNEL, channel.as_str().as_bytes(), now)?;
    }
    Ok(())
}
