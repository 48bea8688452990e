//! The options of every command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::ui::{ColorChoice, Format};

/// Options of every command.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Globals {
    /// Use this config file instead of the default one
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Use this store: a path, or sqlite:PATH
    #[arg(long, global = true, value_name = "URL")]
    pub(super) store: Option<OsString>,
    /// Set the output format; the default is `REGAIN_OUTPUT`, or else a table
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(super) output: Option<Format>,
    /// Never prompt; fail and name the option to use instead
    #[arg(long, global = true)]
    pub(super) no_input: bool,
    /// Confirm without a prompt, including where you would type a name
    #[arg(short, long, global = true)]
    pub(super) yes: bool,
    /// Show what would happen, without changing anything
    #[arg(short = 'n', long, global = true)]
    pub(super) dry_run: bool,
    /// Give the reason for the operation records
    #[arg(long, global = true, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Give the ticket number for the operation records
    #[arg(long, global = true, value_name = "ID")]
    pub(super) ticket: Option<String>,
    /// Print no notes and no success messages, only results and errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Print details to standard error: what is read, opened and queried; -q overrides it
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Choose when to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorChoice,
}

impl Globals {
    /// Nothing given, and nothing to be said or asked.
    pub(super) fn silent() -> Self {
        Self { no_input: true, quiet: true, color: ColorChoice::Never, ..Self::default() }
    }
}
