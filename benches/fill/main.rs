//! Fills a store that `regain init` made, for the benches: so many of all that grows in one.
//!
//!     cargo bench --bench fill -- FOLDER COUNT [people|traffic|records|backlog …]
//!
//! FOLDER holds `config` and `data` as the XDG variables name them. The IAM users go into the account `acme`, which must
//! be there. Rows are written through the store's own traits, so nothing of the schema is repeated here; the events
//! make one chain with those before them. What lives for minutes only (attempts, proofs of operation protection,
//! registrations, forms) does not grow, and is left out.

#![allow(clippy::unwrap_used, missing_docs)]

mod people;
mod records;
mod traffic;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use regain::domain::account::Account;
use regain::domain::entropy::SystemEntropy;
use regain::domain::store_url::StoreUrl;
use regain::domain::time::{Clock, SystemClock, before};
use regain::keyring::{KeyRing, Purpose};
use regain::store::{self, Durability, Engine, StoreError, Transactions, Tx};

type Step = Result<(), StoreError>;

const BATCH: u64 = 20_000;
/// What is to live lives longer than any bench takes.
const LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

struct Fill<'f> {
    store: &'f dyn Engine,
    keys: &'f KeyRing,
    now: Timestamp,
    count: u64,
    acme: Account,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    // Without a folder it is only tried out whether it builds and runs.
    let Some((folder, count)) = arguments.first().zip(arguments.get(1)) else { return };
    let folder = Path::new(folder);
    let store = store::open(&StoreUrl::from(folder.join("data/regain/regain.db"))).unwrap();
    store.set_durability(Durability::Process).unwrap();
    let text = std::fs::read_to_string(folder.join("config/regain/regain.key")).unwrap();
    let keys = KeyRing::parse(&text).unwrap();
    let acme = store.read(|tx| tx.account_by_key("acme")).unwrap().unwrap();
    let store = store.as_ref();
    let fill = Fill { store, keys: &keys, now: SystemClock.now(), count: count.parse().unwrap(), acme };
    let wanted = |what: &str| arguments.len() == 2 || arguments[2..].iter().any(|kind| kind == what);
    if wanted("people") {
        fill.people();
    }
    if wanted("traffic") {
        fill.traffic();
    }
    if wanted("records") {
        fill.records();
    }
    if wanted("backlog") {
        fill.backlog();
    }
    store.compact().unwrap();
}

fn id(kind: &str, at: u64) -> String {
    format!("{kind}_{at:024}")
}

impl Fill<'_> {
    fn each(&self, count: u64, mut row: impl FnMut(&mut dyn Tx, u64) -> Step) {
        for first in (0..count).step_by(usize::try_from(BATCH).unwrap()) {
            let last = count.min(first + BATCH);
            self.store.write(|tx| (first..last).try_for_each(|at| row(tx, at))).unwrap();
        }
    }

    /// When this one came: one a second until now.
    fn at(&self, at: u64) -> Timestamp {
        before(self.now, SignedDuration::from_secs((self.count - at).cast_signed()))
    }

    fn tag(&self, what: &str, at: u64) -> Vec<u8> {
        self.keys.mac(Purpose::Identifier, &[what.as_bytes(), &at.to_be_bytes()]).1.to_vec()
    }

    fn sealed(&self, plain: &[u8], context: &str) -> (String, Vec<u8>) {
        let sealed = self.keys.seal(plain, context.as_bytes(), &SystemEntropy).unwrap();
        (sealed.key_id.to_string(), sealed.bytes)
    }
}
