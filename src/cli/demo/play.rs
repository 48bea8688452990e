//! The command.

use clap::Args;

use super::stage::Stage;
use super::story;
use crate::cli::shared::{Context, Failure};

/// Walk through a complete password recovery on a temporary store
///
/// The demo creates an account and a user who forgot the password. It continues with a CAPTCHA, a code in a local
/// mailbox, a new password and a sign-in with it. Then the administrator resets the password of a user without any
/// contact. You answer the real prompts. Everything is deleted at the end.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain demo\n  regain demo --auto | less")]
pub(in crate::cli) struct Demo {
    /// Answer every prompt automatically, for use in a pipe; exit with 0 only if every step worked
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
