//! The identity store as flows see it: traits over plain data. An engine lies beneath each; nothing outside
//! `store/sqlite/` knows SQLite.
//!
//! Not found is `None`. A change that did not touch exactly the rows it should have is an error
//! ([`ensure_rows`]), so that nothing is lost in silence.

mod appeals;
mod batches;
mod callers;
mod engine;
mod error;
mod open;
mod outbox;
mod proofs;
mod receipts;
mod tables;
mod tokens;

pub mod sqlite;

pub use appeals::Appeals;
pub use batches::{Batches, RowsOf};
pub use callers::{Challenges, Notices};
pub use engine::{Durability, Engine, Mode, Parts, Transactions};
pub use error::{Cause, Duplicate, Result, StoreError, Unwritable, ensure_rows};
pub use open::{
    FORMER, SCHEMA, STAGED, Staged, create, engine_version, furnish, open, open_read_only, stage,
};
pub use outbox::{Disposition, Left, Outbox, Traffic};
pub use proofs::{Attempts, Devices, Mfa, Proofs, Registration, Registrations};
pub use receipts::{Receipts, ReferenceMac};
pub use tables::{
    Accounts, Audit, Budgets, Codes, CodesOf, Contacts, Credentials, EventFilter, Inspected, LiveCode,
    LiveRequests, Meta, Requests, Rows, Search, Tally, Tx, UserPlace, Users,
};
pub use tokens::{IssuedFilter, Tokens, TokensOf};

/// What every engine passes, here so that its statements are judged.
#[cfg(test)]
#[path = "../../tests/store_story/main.rs"]
mod story_tests;
