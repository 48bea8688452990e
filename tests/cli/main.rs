//! Every command as a person or a script calls it: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod admin_reset;
mod codes;
mod contact;
mod delivery;
mod help;
mod init;
mod parse;
mod request;
mod setup;
mod steps;
mod support;
mod user;
