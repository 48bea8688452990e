//! A small world for tests of flows: a store on disk, a clock that is moved by hand, a mailbox that is read by
//! unsealing the outbox.

use std::cell::Cell;
use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::config::Settings;
use crate::domain::account::{Account, Kind, Status};
use crate::domain::contact::Confirmation;
use crate::domain::device::Place;
use crate::domain::entropy::SystemEntropy;
use crate::domain::event::Event;
use crate::domain::message::Message;
use crate::domain::password::NoList;
use crate::domain::time::after;
use crate::domain::{
    AccessMode, Address, Clock, Contact, Credential, Failures, LoginProtection, Name, Principal, Role,
    Secret, User, outbox,
};
use crate::flow::foundation::{Actor, Change, Confirmed, Env, Occasion, Remarks, Spawner};
use crate::flow::story::policy::{Group, PolicyChanges, SetPolicy};
use crate::hasher::{Cost, Hasher};
use crate::keyring::{KeyRing, Sealed};
use crate::store::sqlite::Sqlite;
use crate::store::{EventFilter, StoreError, Transactions};
use crate::texts::Texts;

pub(crate) const PASSWORD: &str = "quiet lemon orbits a violin";
const CHEAP: Cost = Cost { memory_kib: 4_096, iterations: 1, parallelism: 1 };

struct Hands(Cell<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.0.get()
    }

    fn pause(&self, length: SignedDuration) {
        self.0.set(after(self.0.get(), length));
    }
}

struct NoCourier;

impl Spawner for NoCourier {
    fn wake(&self) {}
}

impl Remarks for NoCourier {
    fn remark(&self, _: &str) {}
}

/// The account `acme` with the IAM user `acme/alice`, whose password is [`PASSWORD`].
pub(crate) struct World {
    _folder: tempfile::TempDir,
    store: Sqlite,
    keys: KeyRing,
    pub(crate) settings: Settings,
    clock: Hands,
    texts: Texts,
    pub(crate) cost: Cost,
    /// Where they are who act.
    pub(crate) source: String,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Hands(Cell::new("2026-11-21T12:00:00Z".parse().unwrap()));
        let mut world = Self {
            store: Sqlite::create(&folder.path().join("regain.db")).unwrap(),
            keys: KeyRing::generate(&SystemEntropy, &clock).unwrap(),
            settings: Settings::parse("").unwrap(),
            _folder: folder,
            clock,
            texts: Texts::default(),
            cost: CHEAP,
            source: "uid:1000".to_owned(),
        };
        // Time passes where a test says so.
        world.settings.sources.slow_most = SignedDuration::ZERO;
        let now = world.clock.now();
        let account = Account {
            id: "acc_1".to_owned(),
            name: "acme".to_owned(),
            kind: Kind::Cloud,
            status: Status::Enabled,
            user_quota: None,
            users: 0,
            created_at: now,
        };
        let hash = world.env().hasher.hash(&Secret::from(PASSWORD), &SystemEntropy).unwrap();
        let alice = User {
            id: "usr_1".to_owned(),
            account_id: account.id.clone(),
            account: account.name.clone(),
            account_status: Status::Enabled,
            account_kind: account.kind,
            name: "alice".to_owned(),
            root: false,
            status: Status::Enabled,
            description: None,
            access_mode: AccessMode::Default,
            login_protection: LoginProtection::None,
            credential: Credential {
                hash: Some(hash),
                must_change: false,
                changed_at: Some(now),
                expires_at: None,
                leans_on_mfa: false,
                epoch: 1,
            },
            failures: Failures::default(),
            disowned: None,
            last_login_at: None,
            created_at: now,
            external_id: None,
            mfa: false,
            contacts: Vec::new(),
            pending: Vec::new(),
        };
        world.with(|tx| {
            tx.insert_account(&account, "acme", "acme")?;
            tx.insert_user(&alice, "alice", "alice")
        });
        world
    }

    pub(crate) fn env(&self) -> Env<'_> {
        Env {
            store: &self.store,
            keys: &self.keys,
            hasher: Hasher::new(self.cost, false, &self.keys),
            clock: &self.clock,
            entropy: &SystemEntropy,
            settings: &self.settings,
            actor: Actor {
                uid: 1000,
                name: "someone".to_owned(),
                role: Role::Admin,
                owner: true,
                store_owner: Some(1000),
                host: "host".to_owned(),
                place: Some(Place::Machine {
                    machine: "0123456789abcdef".to_owned(),
                    host: "host".to_owned(),
                    uid: 1000,
                    user: "someone".to_owned(),
                }),
                process: 1,
                source: self.source.clone(),
            },
            occasion: Occasion::default(),
            spawner: &NoCourier,
            remarks: &NoCourier,
            texts: &self.texts,
            extra_list: &NoList,
            conclude_overdue: crate::flow::conclude_overdue_attempts,
            in_a_row: false,
        }
    }

    pub(crate) fn with<T>(&self, body: impl FnMut(&mut dyn crate::store::Tx) -> Result<T, StoreError>) -> T {
        let engine: &dyn crate::store::Engine = &self.store;
        engine.write(body).unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn tick(&self, seconds: i64) {
        self.clock.0.set(after(self.clock.now(), SignedDuration::from_secs(seconds)));
    }

    pub(crate) fn wait(&self, minutes: i64) {
        self.clock.0.set(after(self.clock.now(), SignedDuration::from_mins(minutes)));
    }

    pub(crate) fn alice(&self) -> User {
        self.with(|tx| tx.user_by_key("acme", "alice")).unwrap()
    }

    /// Writes what `change` makes of Alice's credential.
    pub(crate) fn credential(&self, change: impl FnOnce(&mut Credential)) {
        let mut credential = self.alice().credential;
        change(&mut credential);
        credential.epoch += 1;
        assert!(self.with(|tx| tx.set_credential("usr_1", &credential)));
    }

    /// Writes what `change` makes of Alice herself.
    pub(crate) fn user(&self, change: impl FnOnce(&mut User)) {
        let mut alice = self.alice();
        change(&mut alice);
        self.with(|tx| tx.update_user(&alice, "alice", "alice"));
    }

    /// Binds a verified contact to Alice.
    pub(crate) fn bind(&self, text: &str) {
        self.bind_to("usr_1", text);
    }

    /// Binds a verified contact to somebody.
    pub(crate) fn bind_to(&self, user_id: &str, text: &str) {
        let address = address(text);
        let contact = Contact {
            id: format!("con_{text}"),
            user_id: user_id.to_owned(),
            channel: address.channel(),
            address: address.as_str().to_owned(),
            key: address.key().to_owned(),
            verified_at: Some(self.now()),
            usable_from: self.now(),
            bound_at: self.now(),
            security: false,
            confirmation: Confirmation::Owner,
        };
        self.with(|tx| tx.insert_contact(&contact, &address.skeleton(), address.is_ascii()));
    }

    pub(crate) fn set_policy<P: Group>(&self, fields: &[(&str, &str)]) {
        let (env, acme) = (self.env(), Name::parse("acme").unwrap());
        let yes = Confirmed::by(true).unwrap();
        let changes = PolicyChanges::<P> { preset: None, fields };
        SetPolicy::plan(&env, &acme, changes).unwrap().commit(&env, yes).unwrap();
    }

    /// Every message that waits, oldest first of its kind; they wait no more.
    pub(crate) fn mail(&self) -> Vec<(outbox::Kind, Message)> {
        let now = self.now();
        let lease =
            |tx: &mut dyn crate::store::Tx| tx.lease(now, after(now, SignedDuration::MAX), "test", &[]);
        let (mut mail, mut ids) = (Vec::new(), HashSet::new());
        while let Some(row) = self.with(lease) {
            assert!(ids.insert(row.id.clone()), "a message was leased twice: {}", row.id);
            let sealed = Sealed { key_id: row.key_id.parse().unwrap(), bytes: row.sealed.clone() };
            let plain = self.keys.open(&sealed, row.id.as_bytes()).unwrap();
            mail.push((row.kind, Message::from_bytes(&plain).unwrap()));
        }
        mail
    }

    /// The code in the one code message that waits, which went to this address.
    pub(crate) fn code_sent_to(&self, to: &str) -> Secret {
        let codes: Vec<_> = self.mail().into_iter().filter(|(kind, _)| *kind == outbox::Kind::Code).collect();
        assert_eq!(codes.len(), 1);
        assert_eq!(codes[0].1.to, to);
        let run = codes[0].1.body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
        Secret::from(run.unwrap())
    }

    /// The latest record: action, outcome, code.
    pub(crate) fn last_event(&self) -> (String, String, Option<String>) {
        let event: Event = self.with(|tx| tx.events(&EventFilter::default(), 1)).remove(0);
        (event.action, event.outcome, event.code)
    }
}

pub(crate) fn who(text: &str) -> Principal {
    Principal::parse(text).unwrap()
}

pub(crate) fn address(text: &str) -> Address {
    if text.contains('@') { Address::email(text).unwrap() } else { Address::mobile(text).unwrap() }
}

/// Digits that are not those.
pub(crate) fn wrong(digits: &Secret) -> Secret {
    Secret::from(if digits.expose() == "000000" { "000001" } else { "000000" })
}
