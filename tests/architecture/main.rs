//! The house rules that a compiler does not check (docs/architecture.md), by reading the source; and that what the
//! project says of itself is so.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod circles;
mod engines;
mod floors;
mod habits;
mod imports;
mod pages;
mod proofs;
mod readme;
mod rooms;
mod source;
mod supply;
