//! The identity store as flows see it: traits over plain data. An engine lies beneath each; nothing outside
//! `store/sqlite/` knows SQLite.
//!
//! Not found is `None`. A change that did not touch exactly the rows it should have is an error
//! ([`ensure_rows`]), so that nothing is lost in silence.

mod appeals;
mod attempts;
mod callers;
mod devices;
mod engine;
mod error;
mod mfa;
mod open;
mod outbox;
mod proofs;
mod receipts;
mod tables;

pub mod sqlite;

pub use appeals::Appeals;
pub use attempts::Attempts;
pub use callers::{Challenges, Notices};
pub use devices::{Devices, Registration, Registrations};
pub use engine::{Durability, Engine, Mode, Transactions};
pub use error::{Cause, Duplicate, StoreError, ensure_rows};
pub use mfa::Mfa;
pub use open::{FORMER, SCHEMA, STAGED, Staged, create, furnish, open, open_read_only, stage};
pub use outbox::{Disposition, Outbox, Traffic};
pub use proofs::Proofs;
pub use receipts::{Receipts, ReferenceMac};
pub use tables::{
    Accounts, Audit, Budgets, Codes, CodesOf, Contacts, Credentials, EventFilter, Inspected, LiveCode,
    LiveRequests, Meta, Requests, Rows, Search, Tally, Tokens, Tx, UserPlace, Users,
};
