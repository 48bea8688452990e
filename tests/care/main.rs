//! Care for the store: records, copies, keys, purging, and what the doctor says of broken things.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod copies;
mod damage;
mod doctor;
mod records;
mod site;
mod tampering;
mod upkeep;
