//! `--no-notify`: an operator keeps a change from those it is about.

use clap::Args;

use super::failure::Failure;

/// Whether the person hears of the change.
#[derive(Debug, Args)]
pub(in crate::cli) struct NoNotify {
    /// Tell nobody of the change; takes a --reason, and is recorded
    #[arg(long)]
    no_notify: bool,
}

impl NoNotify {
    /// Whether nobody is told, for which there must be a reason.
    pub(in crate::cli) fn suppresses(&self, reason: Option<&str>) -> Result<bool, Failure> {
        if self.no_notify && reason.is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Failure::usage_with(
                "--no-notify needs a reason",
                "say with --reason TEXT why nobody is told; it is recorded",
            ));
        }
        Ok(self.no_notify)
    }
}
