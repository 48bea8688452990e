//! `regain delivery receipt`: what a gateway's callback hands in.

use std::io::Read;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::cli::shared::{Context, Failure, Planned, runner};
use crate::domain::receipt::{Arrival, Status, Verdict};
use crate::flow;
use crate::guidance::capitalised;
use crate::ui::{Column, Row, column, stdin};

/// No callback says more.
const LONGEST: u64 = 64 * 1024;
const STATES: &str =
    "give delivered, undelivered or pending, or the word for it of Kannel, SMPP, Twilio or Vonage";

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain delivery receipt msg_… --state delivered\n  \
                        echo '{\"id\": \"SM1\", \"state\": \"failed\", \"words\": \"30003\"}' | \
                        regain delivery receipt --stdin")]
pub(in crate::cli) struct Receipt {
    /// The ID of the message, either from regain or from the gateway
    #[arg(value_name = "ID", required_unless_present = "stdin", conflicts_with = "stdin")]
    id: Option<String>,
    /// Set the status: delivered, undelivered, pending, or the gateway's own word
    #[arg(long, value_name = "STATE", required_unless_present = "stdin", conflicts_with = "stdin")]
    state: Option<String>,
    /// Add the gateway's explanation
    #[arg(long, value_name = "TEXT", conflicts_with = "stdin")]
    words: Option<String>,
    /// Read a JSON object from standard input, with id, state and optionally words
    #[arg(long)]
    stdin: bool,
}

/// A receipt as JSON. Kannel's states are numbers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    id: String,
    state: State,
    words: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum State {
    Word(String),
    Number(u32),
}

/// What is known of a message after a receipt.
#[derive(Debug, Serialize)]
struct NotedView {
    id: String,
    arrival: Option<Arrival>,
    outcome: &'static str,
}

impl Row for NotedView {
    const COLUMNS: &'static [Column<Self>] = &[
        column("message", |row| row.id.clone()),
        column("arrival", |row| row.arrival.map_or("pending", Arrival::as_str).to_owned()),
        column("outcome", |row| row.outcome.to_owned()),
    ];
}

pub(in crate::cli) fn run(arguments: Receipt, context: &Context<'_>) -> Result<(), Failure> {
    let given = read(arguments)?;
    let word = match &given.state {
        State::Word(word) => word.clone(),
        State::Number(number) => number.to_string(),
    };
    let status = Status::parse(&word)
        .ok_or_else(|| Failure::usage_with("regain does not know this state of a message", STATES))?;
    let session = context.open()?;
    let receipt = flow::Receipt { id: &given.id, status, words: given.words.as_deref() };
    let noted = flow::note_receipt(&session.operating(), &receipt, context.globals.dry_run)?;
    let (sentence, arrival, outcome) = told_of(&noted);
    let changed = matches!(noted.verdict, Verdict::Noted(_));
    let view = NotedView { id: noted.message, arrival, outcome };
    if context.globals.dry_run {
        return runner::preview(context, Planned::of(view), &[sentence], changed);
    }
    context.printer.done(&format!("{}.", capitalised(&sentence)));
    Ok(context.printer.written(&view, changed)?)
}

fn read(arguments: Receipt) -> Result<Given, Failure> {
    if let (Some(id), Some(state)) = (arguments.id, arguments.state) {
        return Ok(Given { id, state: State::Word(state), words: arguments.words });
    }
    let none = || {
        Failure::usage_with(
            "standard input holds no receipt",
            "write one JSON object to it: {\"id\": \"…\", \"state\": \"…\", \"words\": \"…\"}",
        )
    };
    let mut text = String::new();
    stdin::claim_text()?.take(LONGEST).read_to_string(&mut text).map_err(|_| none())?;
    // Its own words would repeat what was given, which a stranger to this machine may have written.
    serde_json::from_str(&text).map_err(|_| none())
}

fn told_of(noted: &flow::Noted) -> (String, Option<Arrival>, &'static str) {
    let id = &noted.message;
    match noted.verdict {
        Verdict::Noted(Arrival::Delivered) => {
            (format!("the message {id} arrived"), Some(Arrival::Delivered), "noted")
        }
        Verdict::Noted(Arrival::Undelivered) => {
            (format!("the message {id} did not arrive"), Some(Arrival::Undelivered), "noted")
        }
        Verdict::Known(arrival) => {
            (format!("nothing new about the message {id}: {arrival}"), Some(arrival), "known")
        }
        Verdict::Late => (
            format!("nothing changes: the message {id} arrived, whatever this receipt says"),
            Some(Arrival::Delivered),
            "late",
        ),
        Verdict::Pending => (format!("nothing changes: the message {id} is on its way"), None, "pending"),
    }
}
