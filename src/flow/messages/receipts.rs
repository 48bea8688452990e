//! Delivery receipts: a gateway's word on what became of a message that it took.

use crate::delivery::redacted;
use crate::domain::event::Detail;
use crate::domain::id::with_digits;
use crate::domain::message::Message;
use crate::domain::outbox::Outgoing;
use crate::domain::receipt::{Arrival, HandedOver, Status, Verdict, judge, reason};
use crate::domain::{Action, Fact, NewEvent, Target, Task, User};
use crate::flow::foundation::{Env, FlowError, Missing, Stop, Transaction, audit};
use crate::keyring::Purpose;
use crate::store::{ReferenceMac, Tx};

/// A receipt as it is handed in.
pub struct Receipt<'r> {
    /// Ours, as the template `{{id}}` gave it to the gateway or `Message-ID:` to a program, or their own.
    pub id: &'r str,
    pub status: Status,
    /// What the gateway says besides.
    pub words: Option<&'r str>,
}

/// What it changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The row of the outbox.
    pub message: String,
    pub verdict: Verdict,
}

/// Remembers by which name the gateway will speak of a message, if it has one; called where that was handed over.
pub(crate) fn expect(tx: &mut Transaction<'_>, row: &Outgoing, reference: &str) -> Result<(), FlowError> {
    if !reference.is_empty() {
        let (key, tag) = tx.env.keys.mac(Purpose::Identifier, &parts(reference));
        let mac = ReferenceMac { key_id: key.to_string(), tag: tag.to_vec() };
        tx.store.set_reference(&row.id, &mac)?;
    }
    let Some(code) = &row.code_id else { return Ok(()) };
    // A receipt that was faster than the worker waits for the code to have been sent.
    if let Some(HandedOver { arrival: Some(arrival), words, .. }) = tx.store.handed_over(&row.id)? {
        tx.store.set_code_arrival(code, arrival, tx.now, &reason(arrival, words.as_deref()))?;
    }
    Ok(())
}

/// What tells a reference from any other text that is hashed for the same purpose.
fn parts(reference: &str) -> [&[u8]; 2] {
    [b"reference", reference.as_bytes()]
}

/// Writes a receipt down; `dry` only tells what that would change. The same receipt twice is none the second
/// time, and one that says of a message that arrived that it did not is too late.
///
/// Admins hand them in, and the users that the config names for it.
pub fn note_receipt(env: &Env<'_>, receipt: &Receipt<'_>, dry: bool) -> Result<Noted, FlowError> {
    let named = env.settings.delivery.receipts.contains(&env.actor.name);
    if !named {
        env.authorize(Task::NoteReceipts, None)?;
    }
    if dry {
        let found = env.read(|tx| Ok(find(env, tx, receipt.id)))??;
        let message = found.ok_or_else(|| Missing::Message(receipt.id.to_owned()))?;
        return Ok(Noted { verdict: judge(message.arrival, receipt.status), message: message.id });
    }
    env.write(|tx| {
        let Some(message) = find(env, tx.store, receipt.id)? else {
            let nobody = audit::unknown_text(env.keys, receipt.id);
            NewEvent::failure(Action::DeliveryReceipt, nobody, "no_such_message").append(tx)?;
            return Err(Stop::keep(Missing::Message(receipt.id.to_owned())));
        };
        let verdict = judge(message.arrival, receipt.status);
        if let Verdict::Noted(arrival) = verdict {
            write(tx, &message, arrival, receipt.words)?;
        }
        Ok(Noted { message: message.id, verdict })
    })
}

fn find(env: &Env<'_>, tx: &mut dyn Tx, id: &str) -> Result<Option<HandedOver>, FlowError> {
    // A program and a letter have ours without digits.
    for ours in [id.to_owned(), with_digits(id)] {
        if let Some(found) = tx.handed_over(&ours)? {
            return Ok(Some(found));
        }
    }
    for (key, tag) in env.keys.every_mac(Purpose::Identifier, &parts(id)) {
        let mac = ReferenceMac { key_id: key.to_string(), tag: tag.to_vec() };
        if let Some(theirs) = tx.handed_over_as(&mac)? {
            return Ok(Some(theirs));
        }
    }
    Ok(None)
}

fn write(
    tx: &mut Transaction<'_>,
    message: &HandedOver,
    arrival: Arrival,
    words: Option<&str>,
) -> Result<(), FlowError> {
    let user = tx.store.user_by_id(message.user_id.as_deref().unwrap_or_default())?;
    let words = words.map(|words| clean(words, user.as_ref())).filter(|words| !words.is_empty());
    tx.store.set_arrival(&message.id, arrival, tx.now, words.as_deref())?;
    if let Some(code) = &message.code_id {
        tx.store.set_code_arrival(code, arrival, tx.now, &reason(arrival, words.as_deref()))?;
    }
    let target = user.as_ref().map_or(Target::None, audit::target);
    let event = match arrival {
        Arrival::Delivered => NewEvent::success(Action::DeliveryReceipt, target),
        Arrival::Undelivered => NewEvent::failure(Action::DeliveryReceipt, target, "undelivered"),
    };
    event
        .with(Detail::Message, Fact::Id(message.id.clone()))
        .with(Detail::Arrival, Fact::Word(arrival.as_str()))
        .append(tx)
}

/// Without any address of the person and anything that may be a code (security T9): the message itself is gone.
fn clean(words: &str, user: Option<&User>) -> String {
    let bound = user.into_iter().flat_map(User::every_contact).map(|contact| contact.address.clone());
    let hidden = bound.chain([String::new()]).fold(words.to_owned(), |words, to| {
        redacted(&words, &Message { to, subject: String::new(), body: String::new() })
    });
    hidden.trim().to_owned()
}
