//! Transports against servers that are really there: one of Debian's, and one of our own that misbehaves.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod certificates;
mod down;
mod exim;
mod mail_site;
mod programs;
mod remedies;
mod reuse;
mod scripted;
mod settings;

#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod stages;
