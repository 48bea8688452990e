//! `regain batch resume`

use std::path::PathBuf;

use clap::Args;

use crate::cli::shared::batch::{Asked, Begins, RunArgs, Source, carry_out};
use crate::cli::shared::stdin::is_stdin;
use crate::cli::shared::{Failure, Session, people, secret_output};
use crate::domain::batch::digest;
use crate::flow::batch::{self, Order, Work};
use crate::flow::{FlowError, Refusal, SecretDestination};

/// Go on with a batch that was interrupted
///
/// Each person is done once, however often it is interrupted. Those whom somebody changed since the batch began are left
/// as they are, and reported. Secrets go where they went before: give --secrets-to again, unless they are sealed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain batch resume leavers-march --dry-run\n  \
                        regain batch resume leavers-march --secrets-to passwords.jsonl\n  \
                        regain batch resume bat_… people.txt --secrets-to passwords.jsonl --failed-to failed.txt")]
pub(in crate::cli) struct Resume {
    /// The ID or name of the batch
    #[arg(value_name = "ID|NAME")]
    batch: String,
    /// The list or file that the batch was begun with, unchanged; - is standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    run: RunArgs,
    /// Write passwords and setup tokens to a new file that only you can read; for sealed ones, - is standard output
    #[arg(long, value_name = "FILE")]
    secrets_to: Option<PathBuf>,
}

pub(super) fn run(arguments: &Resume, session: &mut Session<'_>) -> Result<(), Failure> {
    let found = batch::find(&session.operating(), arguments.batch.trim())?;
    let Some(order) = Order::read(&found.options) else {
        return Err(FlowError::from(Refusal::BatchOfOtherVersion { id: found.id }).into());
    };
    batch::resumable(&session.operating(), &found)?;
    session.take_up(&order);
    let session = &*session;
    let sealed = !found.recipients.is_empty();
    let secrets_to = arguments.secrets_to.as_deref();
    let into_file =
        matches!(&order.work, Work::ResetPassword(options) if options.destination == SecretDestination::File);
    if into_file && !sealed && secrets_to.is_none() && !session.context.globals.dry_run {
        return Err(Failure::usage_with(
            "this batch writes its secrets to a file",
            "give --secrets-to FILE; with the name that it had, the file of a killed batch is continued",
        )
        .of("--secrets-to"));
    }
    if !sealed {
        secret_output::no_pipe(secrets_to)?;
    } else if secrets_to.is_some_and(is_stdin) {
        session.context.printer.results_aside();
    }
    let (mut list, mut source) = (None, None);
    match (&order.work, arguments.file.as_deref()) {
        (Work::ImportUsers { format, map, .. }, Some(path)) => {
            source = Some(Source::open(session.context, path, format.parse().ok(), map)?);
        }
        (_, Some(path)) => list = Some(people::bytes(session.context, path)?),
        (_, None) => {}
    }
    let input = match &source {
        Some(source) => Some(source.digest()?),
        None => list.as_deref().map(digest),
    };
    let recipients = found.recipients.clone();
    let asked = Asked {
        command: "",
        order,
        begins: Begins::Again(Box::new(found)),
        input,
        list: list.as_deref(),
        source: source.as_ref(),
        run: &arguments.run,
        recipients,
    };
    carry_out(session, &asked, secrets_to)
}
