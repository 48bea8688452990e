//! `regain batch secrets`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::shared::stdin::is_stdin;
use crate::cli::shared::{Failure, Session, secret_output};
use crate::flow::batch;

/// Write the sealed secrets of a batch again
///
/// They were sealed with --secrets-for, and only whoever has the private key can open them. They are there until `store
/// purge` deletes the batch.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain batch secrets bat_… --secrets-to secrets.age\n  \
                        regain batch secrets bat_… | age -d -i key.txt")]
pub(in crate::cli) struct Secrets {
    /// The ID or name of the batch
    #[arg(value_name = "ID|NAME")]
    batch: String,
    /// Write them to a new file; - is standard output (the default)
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

pub(super) fn run(arguments: &Secrets, session: &Session<'_>) -> Result<(), Failure> {
    let (context, env) = (session.context, session.operating());
    context.no_dry_run()?;
    let found = batch::find(&env, arguments.batch.trim())?;
    let file = arguments.secrets_to.as_deref().unwrap_or(Path::new("-"));
    if !is_stdin(file) {
        context.own_file("leave it out, and redirect the output").map_err(|no| no.of("--secrets-to"))?;
    }
    if found.recipients.is_empty() {
        return Err(Failure::Flow(crate::flow::Missing::SealedSecrets(found.id).into()));
    }
    secret_output::write_sealed(context, &env, &found.id, Some(file))
}
