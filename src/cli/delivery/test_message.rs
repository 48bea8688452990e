//! `regain delivery test`

use clap::Args;
use serde::Serialize;

use crate::cli::shared::{Context, Failure, input};
use crate::delivery::Stage;
use crate::domain::{Address, Channel};
use crate::flow::{self, Env, FlowError, TestedStage};
use crate::ui::{Column, Row, column, prose};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain delivery test --email postmaster@example.com\n  \
                        regain delivery test --to-me\n  \
                        regain delivery test --mobile +4915112345678 --dry-run   # shows the route, sends nothing")]
#[group(required = true, multiple = true)]
pub(in crate::cli) struct Test {
    /// Send an email to this address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Send an SMS to this number
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
    /// Send to the contacts of the user with your name, or else to your mailbox on this machine
    #[arg(long)]
    to_me: bool,
}

/// A stage of the way.
#[derive(Debug, Serialize)]
struct StageView {
    #[serde(flatten)]
    tested: TestedStage,
    #[serde(skip)]
    mark: &'static str,
}

impl Row for StageView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("channel", |row| row.tested.channel.to_string()),
        column("stage", |row| row.tested.stage.to_string()),
        column("result", |row| row.mark.to_owned()),
        prose("words", |row| row.tested.words.clone().unwrap_or_default()),
        prose("what to do", |row| row.tested.remedy.clone().unwrap_or_default()),
    ];
}

pub(in crate::cli) fn run(arguments: &Test, context: &Context<'_>) -> Result<(), Failure> {
    let session = context.open()?;
    let env = session.operating();
    flow::authorize_test(&env)?;
    let to = addresses(arguments, &env, || flow::own_addresses(&env))?;
    let mut transports = session.transports();
    let mut tested = Vec::new();
    for address in &to {
        if context.globals.dry_run {
            let stages = flow::stages_of(&mut transports, address.channel());
            let stage = |stage: &Stage| TestedStage {
                channel: address.channel(),
                stage: *stage,
                passed: None,
                words: None,
                remedy: None,
            };
            tested.extend(stages.iter().map(stage));
        } else {
            tested.extend(flow::send_test(&env, &mut transports, address)?);
        }
    }
    let failed = tested.iter().find(|stage| stage.passed == Some(false));
    let failed = failed.map(|failed| {
        let remedy = failed.remedy.clone().unwrap_or_default();
        FlowError::Untested { stage: failed.stage.as_str(), remedy }
    });
    let program = context.printer.program();
    let marks = context.printer.is_utf8();
    let view = |tested: TestedStage| StageView {
        mark: if context.globals.dry_run { "not tried" } else { mark(tested.passed, marks) },
        tested: TestedStage { remedy: tested.remedy.map(|remedy| program.name_in(&remedy)), ..tested },
    };
    context.printer.list(tested.into_iter().map(view), "")?;
    if let Some(failed) = failed {
        return Err(failed.into());
    }
    let names: Vec<&str> = to.iter().map(Address::as_str).collect();
    let names = names.join(" and ");
    context.printer.done(&if context.globals.dry_run {
        format!("This is the way to {names}; nothing was sent.")
    } else {
        format!("A test message to {names} was accepted. Check whether it arrives.")
    });
    Ok(())
}

fn mark(passed: Option<bool>, marks: bool) -> &'static str {
    match (passed, marks) {
        (Some(true), true) => "✓ passed",
        (Some(true), false) => "passed",
        (Some(false), true) => "✗ failed",
        (Some(false), false) => "failed",
        (None, _) => "not reached",
    }
}

fn addresses(
    arguments: &Test,
    env: &Env<'_>,
    own: impl FnOnce() -> Result<Vec<Address>, FlowError>,
) -> Result<Vec<Address>, Failure> {
    let mut to = Vec::new();
    for (channel, given) in [(Channel::Email, &arguments.email), (Channel::Mobile, &arguments.mobile)] {
        if let Some(given) = given {
            to.push(input::address(env, channel, given)?);
        }
    }
    if arguments.to_me {
        to.extend(own()?);
    }
    if to.is_empty() {
        return Err(Failure::usage_with(
            "neither your user name nor your host gives you an address",
            "name one: --email ADDRESS or --mobile NUMBER",
        ));
    }
    Ok(to)
}
