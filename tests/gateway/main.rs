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
mod spool;
#[allow(dead_code, unreachable_pub, reason = "shared with other test binaries")]
#[path = "../cli/support.rs"]
mod support;
mod tls;
