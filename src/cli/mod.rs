//! One file a noun: arguments → flow → report. No SQL and no policy here.
//!
//! A new subcommand is one new file and two lines in `command.rs`: the variant, and its line in `run`.

mod account;
mod audit;
mod carry_out;
mod command;
mod completing;
mod completions;
mod config;
mod contact;
mod context;
mod courier;
mod doctor;
mod exit;
mod failure;
mod init;
mod input;
mod man;
mod parse;
mod request;
mod store;
mod views;
mod words;

pub use command::main;
