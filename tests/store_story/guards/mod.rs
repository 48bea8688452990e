//! Each guard by itself: what a statement changes or finds misses no condition of it, and what misses one condition is
//! left alone. The story has them all in passing; here one that is left out fails a test.

mod appeals;
mod callers;
mod code_ends;
mod codes;
mod messages;
mod people;
mod requests;
mod times;
mod tokens;

use regain::domain::user::User;
use regain::store::sqlite::Sqlite;
use regain::store::{Engine, StoreError, Tx};

use super::support;
use super::support::*;

/// What makes a row miss a condition, or none.
pub(super) type Change<T> = fn(&mut T);

/// A row by what is particular about it, and whether a statement takes it.
pub(super) type Case<T> = (&'static str, Change<T>, bool);

/// A store with the root user and the IAM users `alice` and `bob` of one account, and two requests of Alice's. Here the
/// engine is named, and nowhere else.
pub(super) struct Ground {
    store: Box<dyn Engine>,
    // Removed when the store is closed.
    _folder: tempfile::TempDir,
}

impl Ground {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::create(&folder.path().join("regain.db")).unwrap();
        let ground = Self { store: Box::new(store), _folder: folder };
        let acme = account("acc_a", "Acme");
        ground.write(|tx| {
            tx.insert_account(&acme, "acme", "acme")?;
            for (id, name) in [("usr_root", ""), ("usr_alice", "alice"), ("usr_bob", "bob")] {
                insert(tx, &user(id, &acme, name))?;
            }
            tx.insert_request(&request("req_1", Some("usr_alice")))?;
            tx.insert_request(&request("req_2", Some("usr_alice")))
        });
        ground
    }

    #[track_caller]
    pub(super) fn write<T>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
        support::write(&*self.store, body)
    }

    #[track_caller]
    pub(super) fn read<T>(&self, body: impl FnMut(&mut dyn Tx) -> Result<T, StoreError>) -> T {
        support::read(&*self.store, body)
    }

    pub(super) fn user(&self, id: &str) -> User {
        self.read(|tx| tx.user_by_id(id)).unwrap()
    }
}
