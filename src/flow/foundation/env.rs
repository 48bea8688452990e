//! What every flow works with.

use jiff::Timestamp;

use crate::config::Settings;
use crate::domain::device::Place;
use crate::domain::event::{Detail, Event};
use crate::domain::password::ExtraList;
use crate::domain::{Clock, Entropy, Reader, Role};
use crate::flow::foundation::FlowError;
use crate::hasher::Hasher;
use crate::keyring::{KeyRing, Purpose};
use crate::store::{Engine, Tx, Unwritable};
use crate::texts::Texts;

/// Everything a flow needs, handed in by the composition root.
pub struct Env<'a> {
    pub store: &'a dyn Engine,
    pub keys: &'a KeyRing,
    pub hasher: Hasher<'a>,
    pub clock: &'a dyn Clock,
    pub entropy: &'a dyn Entropy,
    pub settings: &'a Settings,
    pub actor: Actor,
    pub occasion: Occasion,
    pub spawner: &'a dyn Spawner,
    pub remarks: &'a dyn Remarks,
    pub texts: &'a Texts,
    /// Passwords that may not be used here, besides the common ones.
    pub extra_list: &'a dyn ExtraList,
    /// What is overdue at the start of each writing transaction is concluded by this: guesses without an outcome, which
    /// are counted floors above.
    pub conclude_overdue: ConcludeOverdue,
    /// Whether its writing transactions follow each other closely: one sweep of what is over is enough for many.
    pub in_a_row: bool,
}

/// A writing transaction under way. A flow hands it on whole; what only reads takes the store alone.
pub struct Transaction<'a> {
    pub(crate) env: &'a Env<'a>,
    pub(crate) store: &'a mut dyn Tx,
    /// When it began, as all of it sees the time.
    pub(crate) now: Timestamp,
    /// Why nothing can be recorded in it: it reads alone.
    pub(crate) unrecorded: Option<Unwritable>,
}

/// Concludes, within a writing transaction, what is overdue at that time.
pub type ConcludeOverdue = fn(&mut Transaction<'_>) -> Result<(), FlowError>;

/// Who acts, from the kernel (security O1).
#[derive(Debug, Clone)]
pub struct Actor {
    pub uid: u32,
    pub name: String,
    pub role: Role,
    /// Whether the store's file belongs to the actor.
    pub owner: bool,
    /// The uid that the store's file belongs to, who is an admin always.
    pub store_owner: Option<u32>,
    pub host: String,
    pub process: u32,
    /// What budgets of a place are counted by: the uid, and an address where the config trusts it (security K6).
    pub source: String,
    /// What the actor sits at. Nothing, where a portal does not tell.
    pub place: Option<Place>,
}

/// Whether this is an operator's act, and what the operator said about why.
#[derive(Debug, Clone, Default)]
pub struct Occasion {
    /// False for what people do for themselves, operators included.
    pub operating: bool,
    pub reason: Option<String>,
    pub ticket: Option<String>,
    /// Nobody is told of what changes: `--no-notify`, which every event of it carries.
    pub silent: bool,
    /// It is done for a row of an import, which every event of it carries.
    pub importing: bool,
    /// Only what would happen is asked for: a refusal of that is no refused attempt.
    pub dry_run: bool,
    /// The batch that it belongs to.
    pub batch: Option<String>,
    /// Whoever is looked up was looked up before for the same act, which was recorded.
    pub revisits: bool,
}

/// Starts the handing over of messages, outside the time of the one who asked (security E4).
pub trait Spawner {
    /// Called after every transaction that queued a message, a decoy's too. It cannot fail towards the caller:
    /// the message waits for the next run, and `doctor` tells.
    fn wake(&self);
}

/// Tells whoever acts what they must know of how it was done.
pub trait Remarks {
    fn remark(&self, sentence: &str);
}

impl Env<'_> {
    /// How a USER and an address are read here, by whoever acts.
    pub fn reader(&self) -> Reader {
        let operator = self.occasion.operating && self.actor.role != Role::Stranger;
        Reader { region: self.settings.contacts.region, ids: operator, former_numbers: operator }
    }

    /// This environment with other keys: after a rotation, before the next start.
    pub(crate) fn with_keys<'k>(&'k self, keys: &'k KeyRing) -> Env<'k> {
        Env { keys, actor: self.actor.clone(), occasion: self.occasion.clone(), ..*self }
    }

    /// This environment for transactions that follow each other closely.
    pub(crate) fn in_a_row(&self) -> Env<'_> {
        Env { in_a_row: true, actor: self.actor.clone(), occasion: self.occasion.clone(), ..*self }
    }

    /// This environment for what was judged before, and is looked at once more.
    pub fn looking_again(&self) -> Env<'_> {
        let occasion = Occasion { dry_run: true, revisits: true, ..self.occasion.clone() };
        Env { occasion, actor: self.actor.clone(), ..*self }
    }

    /// This environment for what belongs to a batch, whose people were looked up when it began.
    pub(crate) fn of_batch(&self, id: &str) -> Env<'_> {
        let occasion = Occasion { batch: Some(id.to_owned()), revisits: true, ..self.occasion.clone() };
        Env { occasion, actor: self.actor.clone(), ..*self }
    }

    /// This environment for what a row of an import says.
    pub(crate) fn importing(&self) -> Env<'_> {
        let occasion = Occasion { importing: true, ..self.occasion.clone() };
        Env { actor: self.actor.clone(), occasion, ..*self }
    }

    /// Whoever made a record, for what becomes of it: whose transaction that is in is no matter.
    pub(crate) fn in_place_of<'e>(&'e self, record: &Event, source: &str) -> Env<'e> {
        let operating = record.operator.is_some();
        let address = record.read(Detail::From);
        let actor = Actor {
            name: record.actor.clone(),
            role: if operating { Role::Support } else { Role::Stranger },
            owner: false,
            host: record.host.clone(),
            process: record.process,
            source: source.to_owned(),
            place: address.map(Place::Address),
            ..self.actor.clone()
        };
        Env { actor, occasion: Occasion { operating, ..Occasion::default() }, ..*self }
    }

    /// Whether a stored tag is that of these parts, in constant time; a key that is gone matches nothing.
    pub(crate) fn tag_matches(&self, key_id: &str, purpose: Purpose, parts: &[&[u8]], tag: &[u8]) -> bool {
        key_id.parse().is_ok_and(|key| self.keys.verify_mac(key, purpose, parts, tag).unwrap_or(false))
    }
}
