//! A store with people in it, a clock set by hand, and an eye on what no flow gives away.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use regain::config::{CaptchaMode, Settings};
use regain::domain::address::{Address, Channel};
use regain::domain::contact::{Confirmation, Contact};
use regain::domain::entropy::{Entropy, EntropyError};
use regain::domain::message::Message;
use regain::domain::operator::Role;
use regain::domain::password::NoList;
use regain::domain::policy::{PasswordPolicy, Preset};
use regain::domain::time::Clock;
use regain::domain::user::User;
use regain::flow::reset;
use regain::flow::{Actor, Env, Occasion, Remarks, Spawner};
use regain::hasher::{Cost, Hasher};
use regain::keyring::{KeyRing, Sealed};
use regain::store::{Engine, StoreError, Transactions, Tx};

use crate::rows::{self, at};
use crate::site::{RawStore, Row, engine};

/// A clock that is set by hand, to whole seconds.
pub(crate) struct HandClock(pub(crate) Cell<i64>);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        at(self.0.get())
    }

    fn pause(&self, length: jiff::SignedDuration) {
        self.0.set(self.0.get() + length.as_secs());
    }
}

/// The same bytes in every run, so that a failure comes again (`SplitMix64`).
pub(crate) struct Repeatable(AtomicU64);

impl Entropy for Repeatable {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for byte in bytes {
            const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
            let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56) as u8;
        }
        Ok(())
    }
}

pub(crate) struct Nobody;

impl Spawner for Nobody {
    fn wake(&self) {}
}

impl Remarks for Nobody {
    fn remark(&self, _: &str) {}
}

/// Whom requests name: two people with contacts, one without, and nobody.
pub(crate) const PEOPLE: [&str; 4] = ["acme/alice", "acme/bob", "acme/carol", "acme/nobody"];

pub(crate) struct World {
    // Removed when dropped, after everything in it.
    pub(crate) store: Box<dyn Engine>,
    /// Looks at what no flow gives away.
    raw: RawStore,
    pub(crate) keys: KeyRing,
    pub(crate) clock: HandClock,
    pub(crate) entropy: Repeatable,
    pub(crate) settings: Settings,
    pub(crate) texts: regain::texts::Texts,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regain.db");
        let store = engine::create(&path);
        let (clock, entropy) = (HandClock(Cell::new(0)), Repeatable(AtomicU64::new(7)));
        let mut settings = Settings::parse("").unwrap();
        settings.captcha.mode = CaptchaMode::Work;
        settings.captcha.bits = 4;
        // Budgets have tests of their own; here they would hide everything else.
        settings.budgets.contact_per_hour = 10_000;
        settings.budgets.contact_per_day = 10_000;
        settings.budgets.source_per_hour = 10_000;
        let site = Self {
            raw: RawStore::open(&path),
            keys: KeyRing::generate(&entropy, &clock).unwrap(),
            store,
            clock,
            entropy,
            settings,
            texts: regain::texts::Texts::default(),
            _folder: folder,
        };
        site.settle();
        site
    }

    pub(crate) fn settle(&self) {
        let acme = rows::account("acc", "acme");
        let simple = PasswordPolicy {
            blocklist: false,
            minimum_guesses_log10: 0,
            ..PasswordPolicy::preset(Preset::Nist)
        };
        let policy = serde_json::to_string(&simple).unwrap();
        self.write(|tx| {
            tx.insert_account(&acme, "acme", "acme")?;
            tx.set_policy("acc", "password", &policy)?;
            for (person, name) in ["alice", "bob", "carol"].into_iter().enumerate() {
                rows::insert(tx, &rows::user(&format!("usr_{person}"), &acme, name))?;
            }
            for person in 0..2 {
                for channel in Channel::ALL.iter().copied() {
                    let address = address_of(person, channel, 0);
                    let contact = Contact {
                        id: format!("con_{person}_{channel}"),
                        user_id: format!("usr_{person}"),
                        channel,
                        address: address.as_str().to_owned(),
                        key: address.key().to_owned(),
                        verified_at: Some(at(0)),
                        usable_from: at(0),
                        bound_at: at(0),
                        security: false,
                        confirmation: Confirmation::Owner,
                    };
                    tx.insert_contact(&contact, &address.skeleton(), address.is_ascii())?;
                }
            }
            Ok(())
        });
        // The first flow to write is where the store's memory of the time begins.
        reset::cancel(&self.env(), "none").unwrap_err();
    }

    pub(crate) fn write<T>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
        let store = self.store.as_ref();
        store.write(body).unwrap()
    }

    pub(crate) fn env(&self) -> Env<'_> {
        Env {
            store: self.store.as_ref(),
            keys: &self.keys,
            // The lowest that is allowed at all (RFC 9106 for the shape, the hasher's bounds for the numbers).
            hasher: Hasher::new(Cost { memory_kib: 4096, iterations: 1, parallelism: 1 }, false, &self.keys),
            clock: &self.clock,
            entropy: &self.entropy,
            settings: &self.settings,
            actor: Actor {
                uid: 1000,
                name: "tester".to_owned(),
                role: Role::Admin,
                owner: true,
                store_owner: Some(1000),
                host: "here".to_owned(),
                process: 1,
                source: "uid:1000".to_owned(),
                place: None,
            },
            occasion: Occasion::default(),
            spawner: &Nobody,
            remarks: &Nobody,
            texts: &self.texts,
            extra_list: &NoList,
            conclude_overdue: regain::flow::conclude_overdue_attempts,
            in_a_row: false,
        }
    }

    pub(crate) fn user(&self, person: usize) -> Option<User> {
        let store = self.store.as_ref();
        store.read(|tx| tx.user_by_id(&format!("usr_{person}"))).unwrap()
    }

    /// The newest code of a request: its id, its digits and to whom it goes; `None` inside is nobody.
    pub(crate) fn newest_code(&self, request: &str) -> (String, String, Option<String>) {
        let code = self.raw.rows("codes").into_iter().rfind(|code| code["request_id"] == request).unwrap();
        let message = self.raw.rows("outbox").into_iter().find(|row| row["code_id"] == code["id"]).unwrap();
        let sealed =
            Sealed { key_id: message.text("key_id").parse().unwrap(), bytes: message.bytes("sealed") };
        let opened = self.keys.open(&sealed, message.text("id").as_bytes()).unwrap();
        let message = Message::from_bytes(&opened).unwrap();
        let digits =
            message.body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).unwrap().to_owned();
        (code.text("id").to_owned(), digits, Some(message.to.clone()).filter(|to| !to.is_empty()))
    }

    /// Of each code, the tries left, whether it can be tried, and whether it was used.
    pub(crate) fn lives(&self) -> HashMap<String, (i64, bool, bool)> {
        let life = |code: &Row| (code.number("tries_left"), code["open"] == 1, code["state"] == "used");
        self.raw.rows("codes").iter().map(|code| (code.text("id").to_owned(), life(code))).collect()
    }
}

/// The address that a person has after so many changes.
pub(crate) fn address_of(person: usize, channel: Channel, changes: u32) -> Address {
    match channel {
        Channel::Email => Address::email(&format!("person{person}-{changes}@acme.example")).unwrap(),
        Channel::Mobile => {
            Address::mobile(&format!("+49151{:08}", 100_000 * (person + 1) + changes as usize)).unwrap()
        }
    }
}
