//! regain gets people back into their accounts: password recovery for a cloud's identity service.
//!
//! The layers, from above; each uses only those below it (docs/architecture.md has the whole house, and
//! `tests/architecture.rs` holds it to that):
//!
//! - [`cli`]: arguments → flow → report, an exit code for everything that can go wrong.
//! - [`ui`]: the terminal and both streams; nothing else prints or asks.
//! - [`flow`]: one story a file, such as a reset or an appeal, over an [`flow::Env`] of everything it needs.
//! - [`store`], [`delivery`], [`hasher`], [`keyring`], [`texts`], [`config`], [`os`]: what a story works with.
//! - [`domain`]: plain data and pure judgements, without a clock, a file or a random number of its own.
//!
//! Where to begin:
//!
//! - *A subcommand*: a file in the folder of its noun in `cli/` with a clap `Args` and a `run`, a variant and its line in `run` of
//!   the `command.rs` beside it, a flow that does it.
//!   What an operator changes is a [`flow::Change`]: planned, described, confirmed, committed.
//! - *A setting*: a row in the table of `config/schema.rs`, and a field; documentation and limits are made from it.
//! - *A transport*: a file in `delivery/` that implements [`delivery::Transport`], a variant of the config's setting, and
//!   a line where `cli/shared/transports.rs` makes them.
//! - *A table or an engine*: the traits in `store/` say what is kept, `store/sqlite/` how; `tests/store_story` is one story
//!   that every engine passes. A schema changes by one more file in `store/sqlite/migrations/`.

pub mod cli;
pub mod config;
pub mod delivery;
pub mod domain;
pub mod flow;
pub mod hasher;
pub mod keyring;
pub mod os;
pub mod store;
pub mod texts;
pub mod ui;
