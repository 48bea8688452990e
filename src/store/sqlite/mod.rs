//! The embedded engine: SQLite in one file, beside its write-ahead log.

mod accounts;
mod appeals;
mod audit;
mod batches;
mod budgets;
mod callers;
mod codes;
mod columns;
mod connect;
mod contacts;
mod copies;
mod credentials;
mod errors;
mod issued;
mod looking;
mod meta;
mod migrate;
mod open;
mod outbox;
#[cfg(test)]
mod plans_tests;
mod proofs;
mod receipts;
mod requests;
mod rows;
mod staged;
mod tokens;
mod transactions;
mod users;

pub use copies::remove_logs;
pub use migrate::SCHEMA;
pub use open::{Sqlite, engine_version};
pub use staged::{FORMER, STAGED, Staged};
