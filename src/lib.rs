//! regain gets people back into their accounts: password recovery for a cloud's identity service.
//!
//! The layers, from above; each uses only those below it (docs/architecture.md has the whole house, and
//! `tests/architecture/` holds it to that):
//!
//! - [`cli`]: arguments → flow → report, an exit code for everything that can go wrong.
//! - [`ui`]: the terminal and both streams; nothing else prints or asks.
//! - [`flow`]: one story a file, such as a reset or an appeal, over an [`flow::Env`] of everything it needs.
//! - [`store`], [`delivery`], [`hasher`], [`keyring`], [`texts`], [`config`], [`os`]: what a story works with.
//! - [`exchange`]: files of people in the formats of other programs.
//! - [`guidance`]: every sentence that names a command, by the typed reason.
//! - [`domain`]: plain data and pure judgements, without a clock, a file or a random number of its own.
//!
//! CONTRIBUTING.md says where a command, a transport, a policy field, a table or a requirement begins.

#[cfg(test)]
extern crate self as regain;

pub mod cli;
pub mod config;
pub mod delivery;
pub mod domain;
pub mod exchange;
pub mod flow;
pub mod guidance;
pub mod hasher;
pub mod keyring;
pub mod os;
pub mod store;
pub mod texts;
pub mod ui;
