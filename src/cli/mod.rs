//! One file a noun: arguments → flow → report. No SQL and no policy here.
//!
//! A new subcommand is one new file and two lines in `command.rs`: the variant, and its line in `run`.

mod account;
mod admin_reset;
mod appeal;
mod audit;
mod carry_out;
mod change_contact;
mod codes;
mod command;
mod completing;
mod completions;
mod config;
mod contact;
mod context;
mod courier;
mod delivery;
mod delivery_test;
mod demo;
mod device;
mod disown;
mod doctor;
mod exit;
mod failure;
mod faq;
#[cfg(test)]
mod guidance_tests;
mod hand_out;
mod init;
mod input;
mod login;
mod man;
mod mfa;
mod new_password;
mod notices;
mod parse;
mod password;
mod policy;
mod proofs;
mod protect;
mod receipt;
mod register;
mod request;
mod second;
mod several;
mod store;
mod store_failure;
mod support;
mod texts;
mod transports;
mod user;
mod verify;
mod views;
mod words;

pub use command::main;
