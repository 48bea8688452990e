//! Gateways and SMS daemons: real ones started here on loopback, and scripted ones that answer as the providers'
//! documentation says, or misbehave. Nothing here is left out where a program is missing: `tests/run` installs it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(unreachable_pub, reason = "rooms of one test binary")]

mod doctor;
mod kannel;
mod misbehaving;
mod people;
mod providers;
mod receipts;
mod scripted;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod spool;
mod tls;
