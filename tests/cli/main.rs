//! Every command as a person or a script calls it: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod contact;
mod delivery;
mod help;
mod init;
mod mfa;
mod parse;
mod request;
mod steps;
#[allow(dead_code, unreachable_pub, reason = "shared with other test binaries")]
mod support;
mod user;
