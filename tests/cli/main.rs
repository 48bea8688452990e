//! Every command as a person or a script calls it: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod admin_reset;
mod admin_reset_bounds;
mod admin_reset_several;
mod appeal;
mod audit;
mod bad_input;
mod callers;
mod ceiling;
mod codes;
mod codes_explain;
mod codes_withheld;
mod config;
mod contact;
mod contact_change;
mod delivery;
mod demo;
mod devices;
mod diagnose;
mod disown;
mod doctor;
mod faq;
mod hashes;
mod help;
mod identities;
mod init;
mod mfa;
mod notices;
mod parse;
mod password;
mod policy;
mod protection;
mod register;
mod request;
mod setup;
mod sign_in;
mod stdin_lines;
mod steps;
mod store;
#[allow(dead_code, unreachable_pub, reason = "shared with other test binaries")]
mod support;
mod texts;
mod user;
mod user_create;
