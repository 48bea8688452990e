//! The options of a command that can be for many.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::shared::stdin::is_stdin;
use crate::cli::shared::{Context, Failure};
use crate::domain::batch;
use crate::os::NewFile;
use crate::ui::SinkError;

/// The most rows that are done all or none: so many changes wait for each other in memory.
pub(super) const ATOMIC: u64 = 1_000;

/// How a batch goes, whichever it is.
#[derive(Debug, Args, Default)]
pub(in crate::cli) struct RunArgs {
    /// Stop after more than N failed rows, or after more than P percent of the rows
    #[arg(long, value_name = "N|P%")]
    max_failures: Option<String>,
    /// Use at most N processor cores for hashing
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Write the rows that failed to a new file, in the format of the list, with the reasons
    #[arg(long, value_name = "FILE")]
    pub(super) failed_to: Option<PathBuf>,
}

/// How a batch begins.
#[derive(Debug, Args, Default)]
pub(in crate::cli) struct BatchArgs {
    /// Name the batch, so that it is done once
    #[arg(long, value_name = "NAME")]
    batch: Option<String>,
    /// Continue the unfinished batch with this name, or with the same people and options
    #[arg(long)]
    pub(in crate::cli) resume: bool,
    /// Do it for all people or for none; at most 1000
    #[arg(long)]
    pub(in crate::cli) atomic: bool,
    #[command(flatten)]
    pub(in crate::cli) run: RunArgs,
}

/// How many rows may fail before a batch stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Rows(u64),
    Percent(u64),
}

impl BatchArgs {
    /// Refuses what is for several where it is about one.
    pub(in crate::cli) fn only_for_several(&self) -> Result<(), Failure> {
        let given = [
            ("--batch", self.batch.is_some()),
            ("--resume", self.resume),
            ("--atomic", self.atomic),
            ("--max-failures", self.run.max_failures.is_some()),
            ("--failed-to", self.run.failed_to.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((option, _)) => {
                let message = format!("{option} is for several people, and this is one USER");
                Err(Failure::usage_with(message, "leave it out, or name people with --from").of(option))
            }
            None => Ok(()),
        }
    }

    /// The name, if one was given.
    pub(super) fn name(&self) -> Result<Option<String>, Failure> {
        let name = self.batch.as_deref().map(batch::parse_name).transpose();
        name.map_err(|error| Failure::usage(error.to_string()).of("--batch"))
    }
}

impl RunArgs {
    /// Refuses what cannot be, before anything is read.
    pub(in crate::cli) fn check(&self, context: &Context<'_>) -> Result<(), Failure> {
        self.limit()?;
        let Some(path) = &self.failed_to else { return Ok(()) };
        context
            .own_file("leave --failed-to out: the report names the rows")
            .map_err(|no| no.of("--failed-to"))?;
        if is_stdin(path) {
            let hint = "name a new file; the report goes to standard output";
            return Err(Failure::usage_with("--failed-to takes a new file", hint).of("--failed-to"));
        }
        if path.exists() || path.is_symlink() {
            return Err(Failure::Sink(SinkError::Exists(path.clone())).of("--failed-to"));
        }
        // Whether it can be written is found out before anything is done, and not after it.
        NewFile::create(path).map(drop).map_err(|error| Failure::from(error).of("--failed-to"))
    }

    /// After how many failures it stops.
    pub(super) fn limit(&self) -> Result<Option<Limit>, Failure> {
        let Some(text) = &self.max_failures else { return Ok(None) };
        let (number, limit): (&str, fn(u64) -> Limit) = match text.trim().strip_suffix('%') {
            Some(number) => (number, Limit::Percent),
            None => (text.trim(), Limit::Rows),
        };
        match number.trim().parse() {
            Ok(number) if number <= 100 || limit(number) == Limit::Rows(number) => Ok(Some(limit(number))),
            _ => Err(Failure::usage_with(
                "--max-failures takes a number of rows, or a percentage",
                "such as 10, or 5%; 0 stops at the first failure",
            )
            .of("--max-failures")),
        }
    }

    /// How many threads hash, where it was said.
    pub(in crate::cli) fn jobs(&self) -> Option<NonZeroUsize> {
        self.jobs
    }

    pub(super) fn failed_to(&self) -> Option<&Path> {
        self.failed_to.as_deref()
    }
}

impl Limit {
    /// Whether so many failures are too many, of so many rows.
    pub(super) fn is_exceeded(self, failed: u64, rows: u64) -> bool {
        match self {
            Self::Rows(most) => failed > most,
            Self::Percent(most) => failed * 100 > most * rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> Option<Limit> {
        let args = RunArgs { max_failures: Some(text.to_owned()), ..RunArgs::default() };
        args.limit().ok().flatten()
    }

    #[test]
    fn failures_are_limited_by_number_or_share() {
        assert_eq!(limit("0"), Some(Limit::Rows(0)));
        assert_eq!(limit(" 250 "), Some(Limit::Rows(250)));
        assert_eq!(limit("5%"), Some(Limit::Percent(5)));
        for wrong in ["", "%", "-1", "101%", "1.5", "ten"] {
            assert_eq!(limit(wrong), None, "{wrong}");
        }
        assert!(!Limit::Rows(2).is_exceeded(2, 3) && Limit::Rows(2).is_exceeded(3, 3));
        assert!(!Limit::Percent(50).is_exceeded(5, 10) && Limit::Percent(50).is_exceeded(6, 10));
        assert!(Limit::Percent(0).is_exceeded(1, 1_000));
    }
}
