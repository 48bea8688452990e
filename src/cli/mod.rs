//! One file a noun: arguments → flow → report. No SQL and no policy here.
//!
//! A new subcommand is one new file and two lines in `command.rs`: the variant, and its line in `run`.

mod account;
mod admin_reset;
mod carry_out;
mod codes;
mod command;
mod contact;
mod context;
mod courier;
mod exit;
mod failure;
mod hand_out;
mod init;
mod input;
mod new_password;
mod parse;
mod password;
mod request;
mod several;
mod user;
mod views;
mod words;

pub use command::main;
