//! Conversations at a real pseudo-terminal, as a person has them. Each stands in `snapshots/` as a play to be read:
//! the screen at the end, what was typed visibly in it, what was typed hidden nowhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should stop right there"
)]

mod appeal;
mod callers;
mod change;
mod contact;
mod esc;
mod identities;
mod login;
mod mfa;
mod operator;
mod person;
mod play;
mod playing;
mod protection;
mod reset;
mod secrets;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod stops;
mod tables;
mod terminal;
