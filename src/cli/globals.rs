//! The options of every command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::ui::{ColorChoice, Format};

/// Options of every command.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Globals {
    /// The config file, instead of the usual one
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The store: a path, or sqlite:PATH
    #[arg(long, global = true, value_name = "URL")]
    pub(super) store: Option<OsString>,
    /// How results are shown; without it, as `REGAIN_OUTPUT` says, or as a table
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(super) output: Option<Format>,
    /// Never ask: fail and name the option that would have answered
    #[arg(long, global = true)]
    pub(super) no_input: bool,
    /// Answer yes to "Go on?", or what is to be typed instead
    #[arg(short, long, global = true)]
    pub(super) yes: bool,
    /// Show what would happen, and change nothing
    #[arg(short = 'n', long, global = true)]
    pub(super) dry_run: bool,
    /// Why, for the operation records
    #[arg(long, global = true, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// The ticket this is for, for the operation records
    #[arg(long, global = true, value_name = "ID")]
    pub(super) ticket: Option<String>,
    /// No notes and no word of success; errors are still told
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Tell on standard error what is read, opened and asked; -q silences that, too
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: ColorChoice,
}

impl Globals {
    /// Nothing given, and nothing to be said or asked.
    pub(super) fn silent() -> Self {
        Self { no_input: true, quiet: true, color: ColorChoice::Never, ..Self::default() }
    }
}
