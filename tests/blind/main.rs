//! E1: self-service tells strangers nothing. The same steps, for people who differ in everything but what was
//! typed, must look the same from outside and leave as many rows.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod appeals;
mod calls;
mod hashes;
mod references;
mod registrations;
mod resets;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod walks;
