//! The only room that writes to stdout or stderr and reads the terminal.
//!
//! stdout is data: one [`report::Row`] renders as table, JSON, JSONL and CSV. Everything else (notes, prompts,
//! progress, errors) is stderr.

pub mod color;
mod csv;
pub mod escape;
mod json;
pub mod picture;
pub mod printer;
pub mod progress;
pub mod report;
mod table;

pub use color::{ColorChoice, Environment};
pub use printer::{Format, OutputError, Printer, Settings};
pub use report::{ErrorReport, ListWriter, Row};
