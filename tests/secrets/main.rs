//! T1, K2, U3: planted secrets are looked for everywhere they must not be.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod appeals;
mod operators;
mod proofs;
mod resets;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod thieves;
mod traces;
