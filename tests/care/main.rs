//! Care for the store: records, copies, keys, purging, and what the doctor says of broken things.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod caring;
mod copies;
mod damage;
mod doctor;
mod records;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod tampering;
mod upkeep;

use caring::*;
