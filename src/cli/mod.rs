//! A noun, a folder: arguments → flow → report, with the rows that it prints. No SQL and no policy here.
//!
//! `start` runs the `tree`, which knows the nouns; they know what is `shared`, and that knows none of them. A new
//! subcommand is a file in the noun's folder and two lines in its `command.rs`: the variant, and its line in `run`.

mod account;
mod admin_reset;
mod appeal;
mod audit;
mod batch;
mod codes;
mod completing;
mod completions;
mod config;
mod contact;
mod delivery;
mod demo;
mod device;
mod doctor;
mod faq;
mod globals;
#[cfg(test)]
mod guidance_tests;
mod hash;
mod init;
mod login;
mod man;
mod mfa;
mod parse;
mod password;
mod policy;
mod request;
mod shared;
mod start;
mod store;
mod support;
mod texts;
mod tree;
mod user;
mod verify;
mod version;

pub use start::main;
