//! The command.

use clap::Args;

use super::stage::Stage;
use super::story;
use crate::cli::shared::{Context, Failure};

/// Tell and run the whole story on a throw-away store
///
/// An account, a user who forgot the password, a CAPTCHA, a code in a local mailbox, a new password and a sign-in with
/// it; then a user without any contact, who is reset by the administrator. You answer the real prompts; nothing of it
/// stays behind.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain demo\n  regain demo --auto | less")]
pub(in crate::cli) struct Demo {
    /// Answer every question by itself, for a pipe; exits 0 only if every step really worked
    #[arg(long)]
    auto: bool,
}

pub(in crate::cli) fn run(arguments: &Demo, context: &Context<'_>) -> Result<(), Failure> {
    if !arguments.auto && !context.prompts().are_possible() {
        return Err(Failure::NoTerminal { option: "--auto" });
    }
    let stage = Stage::set(context, arguments.auto)?;
    story::tell(&stage)
}
