//! `--no-notify`: an operator keeps a change from those it is about.

use clap::Args;

use super::context::Context;
use super::failure::Failure;

/// Whether the person hears of the change.
#[derive(Debug, Args)]
pub(in crate::cli) struct Notices {
    /// Tell nobody of the change; takes a --reason, and is recorded
    #[arg(long)]
    no_notify: bool,
}

impl Notices {
    /// Whether nobody is told, for which there must be a reason.
    pub(in crate::cli) fn withheld(&self, context: &Context<'_>) -> Result<bool, Failure> {
        let reason = context.globals.reason.as_deref().map(str::trim);
        if self.no_notify && reason.is_none_or(str::is_empty) {
            return Err(Failure::usage_with(
                "--no-notify needs a reason",
                "say with --reason TEXT why nobody is told; it is recorded",
            ));
        }
        Ok(self.no_notify)
    }
}
