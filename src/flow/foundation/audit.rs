//! Writing operation records: a chain of keyed hashes (security U1, U2).

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};

use crate::domain::account::Account;
use crate::domain::device::Place;
use crate::domain::event::{Detail, Event, StoredEvent};
use crate::domain::{NewEvent, Principal, Role, Target, User};
use crate::flow::foundation::{Env, FlowError, Transaction};
use crate::guidance::looks;
use crate::keyring::{KeyRing, Purpose, Tagger};
use crate::store::Tx;

/// Number and hash of the last record, so that a tail cut off without the key shows.
const HEAD: &str = "records_head";

/// A known user as the target of an event.
pub(crate) fn target(user: &User) -> Target {
    Target::Known { id: user.id.clone(), name: user.path() }
}

/// A known account as the target of an event.
pub(crate) fn of_account(account: &Account) -> Target {
    Target::Known { id: account.id.clone(), name: account.name.clone() }
}

/// A name that nobody has. People type passwords there, so only its keyed hash is kept (security U3).
pub(crate) fn unknown(keys: &KeyRing, who: &Principal) -> Target {
    Target::Unknown { hash: unknown_name(keys, who) }
}

/// What stands in the records for a name that nobody has.
pub(crate) fn unknown_name(keys: &KeyRing, who: &Principal) -> String {
    hashed(keys, &who.key())
}

/// Anything else that was typed and names nothing.
pub(crate) fn unknown_text(keys: &KeyRing, typed: &str) -> Target {
    Target::Unknown { hash: hashed(keys, typed) }
}

fn hashed(keys: &KeyRing, text: &str) -> String {
    let (_, tag) = keys.mac(Purpose::Identifier, &[text.as_bytes()]);
    format!("unknown:{}", HEXLOWER.encode(&tag[..8]))
}

/// Whoever was named.
pub(crate) fn of(keys: &KeyRing, who: &Principal, user: Option<&User>) -> Target {
    user.map_or_else(|| unknown(keys, who), target)
}

impl NewEvent {
    /// Appends it within the transaction of the change that it tells of.
    pub(crate) fn append(&self, tx: &mut Transaction<'_>) -> Result<(), FlowError> {
        append(tx, self).map(|_| ())
    }

    /// [`Self::append`], with the number of the event.
    pub(crate) fn append_numbered(&self, tx: &mut Transaction<'_>) -> Result<u64, FlowError> {
        append(tx, self)
    }
}

fn append(tx: &mut Transaction<'_>, new: &NewEvent) -> Result<u64, FlowError> {
    if let Some(why) = tx.unrecorded {
        tx.env.remarks.remark(&looks::not_recorded(why));
        return Ok(0);
    }
    let (last, before) = tx.store.chain_head()?.unwrap_or_default();
    let seq = last + 1;
    let (target, target_id) = match &new.target {
        Target::None => (None, None),
        Target::Known { id, name } => (Some(name.clone()), Some(id.clone())),
        Target::Unknown { hash } => (Some(hash.clone()), None),
    };
    let operator = tx.env.actor.role != Role::Stranger && tx.env.occasion.operating;
    let mut event = Event {
        seq,
        at: tx.now,
        action: new.action.as_str().to_owned(),
        rating: new.action.rating(new.outcome).as_str().to_owned(),
        outcome: new.outcome.as_str().to_owned(),
        reason: tx.env.occasion.reason.clone().or_else(|| new.code.map(str::to_owned)),
        code: new.code.map(str::to_owned),
        actor: tx.env.actor.name.clone(),
        operator: operator.then(|| tx.env.actor.name.clone()),
        host: tx.env.actor.host.clone(),
        process: tx.env.actor.process,
        target,
        target_id,
        detail: detail(tx.env, new),
        ticket: tx.env.occasion.ticket.clone(),
        key_id: tx.env.keys.newest().to_string(),
        hash: String::new(),
    };
    event.hash = Hashes::new(tx.env.keys).of(&before, &event).unwrap_or_default();
    tx.store.append_event(&event)?;
    tx.store.set_meta(HEAD, &format!("{} {}", event.seq, event.hash))?;
    Ok(event.seq)
}

/// The detail, with the address that a portal or kiosk told, that an import brought it, and the operator's wish that nobody
/// be told.
fn detail(env: &Env<'_>, new: &NewEvent) -> Map<String, Value> {
    let mut detail = new.detail_json();
    if let (false, Some(Place::Address(address))) = (env.occasion.operating, &env.actor.place) {
        detail.entry(Detail::From.as_str()).or_insert_with(|| Value::String(address.to_string()));
    }
    if env.occasion.importing {
        detail.insert("source".to_owned(), Value::from("import"));
    }
    if env.occasion.silent {
        detail.insert("no_notify".to_owned(), Value::Bool(true));
    }
    if let Some(batch) = &env.occasion.batch {
        detail.entry("batch").or_insert_with(|| Value::String(batch.clone()));
    }
    detail
}

/// Computes the hashes of a chain.
pub(crate) struct Hashes<'k> {
    keys: &'k KeyRing,
    /// By the name of the key of the event before: most events have the same.
    tagger: Option<(String, Tagger)>,
}

impl<'k> Hashes<'k> {
    pub(crate) fn new(keys: &'k KeyRing) -> Self {
        Self { keys, tagger: None }
    }

    /// The hash an event must have after the one with the hash `before`; `None` if its key is not there.
    pub(crate) fn of(&mut self, before: &str, event: &Event) -> Option<String> {
        self.chain(before, event, &event.detail_text())
    }

    /// [`Self::of`] an event as it is stored.
    pub(crate) fn of_stored(&mut self, before: &str, event: &StoredEvent<'_>) -> Option<String> {
        self.chain(before, event, event.detail)
    }

    fn chain<T: AsRef<str>, D>(&mut self, before: &str, event: &Event<T, D>, detail: &str) -> Option<String> {
        let key = event.key_id.as_ref();
        if self.tagger.as_ref().is_none_or(|(of, _)| of != key) {
            let tagger = self.keys.tagger(key.parse().ok()?, Purpose::Audit).ok()?;
            self.tagger = Some((key.to_owned(), tagger));
        }
        let (_, tagger) = self.tagger.as_ref()?;
        let parts = event.chained_parts(detail);
        let parts: Vec<&[u8]> =
            std::iter::once(before.as_bytes()).chain(parts.iter().map(AsRef::as_ref)).collect();
        Some(HEXLOWER.encode(&tagger.tag(&parts)))
    }
}

/// Number and hash of the last record as noted beside the chain.
pub(crate) fn noted_head(tx: &mut dyn Tx) -> Result<Option<(u64, String)>, FlowError> {
    Ok(tx.meta(HEAD)?.and_then(|text| {
        let (seq, hash) = text.split_once(' ')?;
        Some((seq.parse().ok()?, hash.to_owned()))
    }))
}
