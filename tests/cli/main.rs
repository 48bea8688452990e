//! Every command as a person or a script calls it: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod admin_reset;
mod admin_reset_bounds;
mod admin_reset_several;
mod codes;
mod codes_withheld;
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
mod user_create;
