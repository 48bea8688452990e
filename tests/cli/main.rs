//! Every command as a person or a script calls it: what it prints, where, and how it ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod admin_reset;
mod admin_reset_bounds;
mod admin_reset_several;
mod appeal;
mod appeal_decided;
mod audit;
mod bad_input;
mod bad_surroundings;
mod budgets_apart;
mod callers;
mod ceiling;
mod codes;
mod codes_explain;
mod codes_fates;
mod codes_withheld;
mod config;
mod contact;
mod contact_change;
mod delivery;
mod demo;
mod devices;
mod diagnose;
mod diagnose_advice;
mod disown;
mod doctor;
mod faq;
mod hashes;
mod help;
mod identities;
mod init;
mod lookups;
mod mfa;
mod mfa_codes;
mod notices;
mod parse;
mod password;
mod policy;
mod protection;
mod register;
mod request;
mod setup;
mod sign_in;
#[allow(dead_code, unreachable_pub, unused_imports, reason = "shared: each test binary uses its part")]
#[path = "../site/mod.rs"]
mod site;
mod stdin_lines;
mod steps;
mod store;
mod strangers;
mod surroundings;
mod texts;
mod user;
mod user_create;
mod user_revoke;
