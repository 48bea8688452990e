//! The only room that writes to stdout or stderr and reads the terminal.
//!
//! stdout is data: one [`Row`] renders as table, JSON, JSONL and CSV. Everything else (notes, prompts,
//! progress, errors) is stderr. Secrets come in by [`prompt::Prompts`] or [`stdin`], and go out by
//! [`secrets_out::SecretSink`] alone.

mod ask_error;
mod bars;
mod brief;
mod color;
mod course;
mod csv;
mod desk;
mod error_report;
pub mod escape;
mod fold;
mod json;
mod keys;
mod line;
mod list;
mod menu;
pub mod picture;
mod preview;
pub mod printer;
pub mod progress;
pub mod prompt;
mod qr;
pub mod report;
mod reset_dialog;
mod row;
mod scratch;
mod secret_prompt;
pub mod secrets_out;
pub mod stdin;
mod table;
pub mod terminal;

pub use ask_error::AskError;
pub use brief::Brief;
pub use color::{ColorChoice, Environment};
pub use error_report::ErrorReport;
pub use list::ListWriter;
pub use printer::{Format, OutputError, Printer, Settings, tell_of_bug};
pub use prompt::{AUTHENTICATOR_HELP, NEW_AUTHENTICATOR_HELP};
pub use prompt::{CodePrompt, Prompts};
pub use report::json_line;
pub use reset_dialog::{
    ContactHelp, DialogError, Heard, ON_THE_WAY, ResetDialog, is_of_password, not_accepted,
};
pub use row::{Column, Row, column, prose, spare};
pub use scratch::Scratch;
pub use secrets_out::{Handed, SecretKind, SecretLines, SecretSink, SinkError, lines_of};
pub use stdin::{SecretInputError, StdinSecrets};
pub use terminal::{BetweenRows, die_by, yield_to_signal};
