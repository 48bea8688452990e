//! Transports against servers that are really there: one of Debian's, and one of our own that misbehaves.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod certificates;
mod down;
mod exim;
mod programs;
mod remedies;
mod reuse;
mod scripted;
mod settings;
mod site;
mod stages;
#[allow(dead_code, unreachable_pub, reason = "shared with other test binaries")]
#[path = "../cli/support.rs"]
mod support;
