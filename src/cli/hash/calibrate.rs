//! `regain hash calibrate`

use anyhow::Context as _;
use clap::Args;
use jiff::SignedDuration;
use serde::Serialize;

use crate::cli::shared::{Context, Failure};
use crate::config::Intent;
use crate::domain::entropy::SystemEntropy;
use crate::domain::hash_cost::Cost;
use crate::domain::time::SystemClock;
use crate::domain::{Role, Task, span};
use crate::flow::FlowError;
use crate::hasher::{self, Measured};
use crate::keyring::KeyRing;
use crate::ui::{Column, Format, Row};

/// Measure this machine and propose the parameters of a password hash
///
/// The output is lines for the config. Nothing is changed. A longer hash makes stolen hashes harder to guess, and every
/// sign-in as much slower. Run it on the machine that serves sign-ins, while it is as busy as usual.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain hash calibrate --target 250ms\n  regain hash calibrate -o json")]
pub(in crate::cli) struct Calibrate {
    /// How long a hash may take, such as 250ms or 1s
    #[arg(long, value_name = "TIME", default_value = "250ms")]
    target: String,
}

/// Shorter than any hash that is safe, and longer than anybody waits.
const TARGETS: std::ops::RangeInclusive<SignedDuration> =
    SignedDuration::from_millis(10)..=SignedDuration::from_secs(5);

fn target(text: &str) -> Result<SignedDuration, Failure> {
    let milliseconds = || text.strip_suffix("ms")?.parse::<u32>().ok();
    let read = match milliseconds() {
        Some(count) => Some(SignedDuration::from_millis(count.into())),
        None => span::parse(text).ok(),
    };
    read.filter(|span| TARGETS.contains(span)).ok_or_else(|| {
        Failure::usage("a target is a time from 10ms to 5s, such as 250ms or 1s").of("--target")
    })
}

/// What is proposed, and what applies now, for programs.
#[derive(Debug, Serialize)]
struct Proposal {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
    takes_ms: i64,
    target_ms: i64,
    memory_kib_now: u32,
    iterations_now: u32,
    parallelism_now: u32,
    takes_ms_now: i64,
}

impl Row for Proposal {
    const COLUMNS: &'static [Column<Self>] = &[];
}

pub(super) fn run(arguments: &Calibrate, context: &Context<'_>) -> Result<(), Failure> {
    let target = target(&arguments.target)?;
    let config = context.load(Intent::Use)?;
    // Through somebody else's process only an admin reads its config; the store records that others tried.
    if config.locations.foreign && context.role(&config) != Role::Admin {
        context.open()?.operating().authorize(Task::ManageStore, None)?;
    }
    let hash = &config.settings.hash;
    let cost =
        Cost { memory_kib: hash.memory_kib, iterations: hash.iterations, parallelism: hash.parallelism };
    let printer = &context.printer;
    // What is measured is thrown away with the key.
    let keys =
        KeyRing::generate(&SystemEntropy, &SystemClock).context("no key could be made to measure with")?;
    let now = hasher::measure(cost, &keys, &SystemClock).map_err(FlowError::from)?;
    let found = hasher::calibrate(target, &keys, &SystemClock).map_err(FlowError::from)?;
    if printer.format() == Format::Table {
        let Cost { memory_kib, iterations, parallelism } = found.cost;
        printer.text(&format!(
            "[hash]\nmemory_kib = {memory_kib}\niterations = {iterations}\nparallelism = {parallelism}\n"
        ))?;
    } else {
        printer.one(&proposal(target, found, now))?;
    }
    printer.note(&format!(
        "A hash takes {} ms now, and would take {} ms with these lines in the config. Nothing was changed.",
        now.takes.as_millis(),
        found.takes.as_millis()
    ));
    if found.takes > target {
        printer.warn("even the cheapest hash that is safe takes longer than that on this machine");
    }
    Ok(())
}

fn proposal(target: SignedDuration, found: Measured, now: Measured) -> Proposal {
    let whole = |span: SignedDuration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    Proposal {
        memory_kib: found.cost.memory_kib,
        iterations: found.cost.iterations,
        parallelism: found.cost.parallelism,
        takes_ms: whole(found.takes),
        target_ms: whole(target),
        memory_kib_now: now.cost.memory_kib,
        iterations_now: now.cost.iterations,
        parallelism_now: now.cost.parallelism,
        takes_ms_now: whole(now.takes),
    }
}
