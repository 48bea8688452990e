//! The embedded engine: SQLite in one file, beside its write-ahead log.

mod accounts;
mod appeals;
mod attempts;
mod audit;
mod budgets;
mod callers;
mod care;
mod codes;
mod columns;
mod contacts;
mod credentials;
mod devices;
mod errors;
mod meta;
mod mfa;
mod migrate;
mod open;
mod outbox;
mod proofs;
mod receipts;
mod requests;
mod rows;
mod tokens;
mod users;

pub use care::{FORMER, STAGED, Staged, remove_logs};
pub use open::{SCHEMA, Sqlite};
