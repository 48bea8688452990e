//! `regain delivery run`: the worker that hands messages over

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use jiff::SignedDuration;
use signal_hook::consts::{SIGINT, SIGTERM};

use super::status;
use crate::cli::shared::spawner::WORKERS;
use crate::cli::shared::{Context, Failure, Planned, Session, runner};
use crate::domain::time::{SystemClock, counted, span_for_people};
use crate::domain::{Clock, Role};
use crate::flow::{self, Delivered, FlowError, SEEN, Stay, TAKES, Terms};
use crate::guidance::notes;
use crate::keyring::KeyringError;
use crate::os::WorkersPlace;
use crate::ui::{Column, Format, Row, column};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regain delivery run           # send everything in the queue now\n  \
                        regain delivery run --once    # from a timer: send what is due\n  \
                        regain delivery run --watch   # run as a service")]
pub(in crate::cli) struct Run {
    /// Stop when nothing is due now or within seconds; without it, messages waiting for a retry are sent at once, too
    #[arg(long, conflicts_with = "watch")]
    once: bool,
    /// Keep running until SIGTERM
    #[arg(long)]
    watch: bool,
    /// Started by another regain command: leave its session
    #[arg(long, hide = true)]
    pub(super) detached: bool,
}

impl Row for Delivered {
    const COLUMNS: &'static [Column<Self>] = &[
        column("handed over", |row| row.handed_over.to_string()),
        column("postponed", |row| row.postponed.to_string()),
        column("failed", |row| row.failed.to_string()),
        column("dropped", |row| row.dropped.to_string()),
    ];
    const FIELDS: &'static [&'static str] = &["handed_over", "postponed", "failed", "dropped"];
}

/// Whoever can open the store may run it; only operators are told how it went, because it tells a real
/// message from a failed one (security E1).
pub(super) fn run(arguments: &Run, context: &Context<'_>) -> Result<(), Failure> {
    if arguments.detached {
        return serve(context);
    }
    let session = context.open()?;
    if context.globals.dry_run {
        return preview(&session);
    }
    let stop = until_told()?;
    let stay = if arguments.watch { Stay::Watch } else { Stay::Once };
    if !(arguments.once || arguments.watch) {
        // By hand: after a repair nobody wants to wait for the end of a pause. A timer's --once keeps to it.
        flow::retry_now(&session.oneself())?;
    }
    let (session, done) = hand_over(context, session, stay, &stop, &AtomicBool::new(false))?;
    if session.actor.role == Role::Stranger {
        return Ok(());
    }
    context.printer.done(&sentence(done));
    context.printer.written(&done, done != Delivered::default())?;
    if done.failed > 0 {
        return Err(FlowError::Delivery("some messages were given up").into());
    }
    let Some((count, at)) = flow::waiting(&session.oneself())? else { return Ok(()) };
    let messages = format!("{} {}", counted(count, "message"), if count == 1 { "waits" } else { "wait" });
    let wait = at.duration_since(SystemClock.now()).max(SignedDuration::from_secs(1));
    let hint = notes::waiting(&messages, &span_for_people(wait));
    let told_to_stop = arguments.watch || stop.load(Ordering::Relaxed);
    if !told_to_stop && flow::left_behind(&session.oneself())? > 0 {
        return Err(FlowError::LeftBehind { hint }.into());
    }
    context.printer.hint(&hint);
    Ok(())
}

/// What a run would take, a sentence a channel; people see how the channels stand.
fn preview(session: &Session<'_>) -> Result<(), Failure> {
    if session.context.printer.format() == Format::Table {
        return status::run(session);
    }
    let channels = flow::delivery_status(&session.operating())?.into_iter().filter(|of| of.waiting > 0);
    let effects = channels.map(|of| {
        let messages = counted(of.waiting, "message");
        format!("{messages} by {} would be handed over", of.channel)
    });
    let effects: Vec<String> = effects.collect();
    if effects.is_empty() {
        let effects = ["no message is waiting".to_owned()];
        return runner::preview(session.context, Planned::of(Delivered::default()), &effects, false);
    }
    runner::preview(session.context, Planned::<Delivered>::unknown(), &effects, true)
}

/// Set by a signal. The message in hand is finished first: killed in the middle, it might go out twice.
fn until_told() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&stop))
            .context("the signals of the worker could not be watched")?;
    }
    Ok(stop)
}

/// Hands over what is due, and reads the keys again where a message needs a newer one.
fn hand_over<'c>(
    context: &'c Context<'c>,
    mut session: Session<'c>,
    stay: Stay,
    stop: &AtomicBool,
    leave: &AtomicBool,
) -> Result<(Session<'c>, Delivered), Failure> {
    let (mut lost, mut done) = (Vec::new(), Delivered::default());
    let mut transports = session.transports();
    loop {
        let terms = Terms { stay, stop, leave, lost: &lost };
        match flow::deliver(&session.oneself(), &mut transports, &terms, &mut done) {
            Err(FlowError::Keyring(KeyringError::UnknownKey { id })) => {
                session = context.open()?;
                if !session.keys.holds(id) {
                    lost.push(id);
                }
            }
            ended => {
                ended?;
                return Ok((session, done));
            }
        }
    }
}

/// The worker that a command starts. Everybody on this machine sees it come and go, so both are the same whether it has
/// a message or a decoy: where there is a place it comes, takes messages for a while, and goes when the last of them
/// would have been handed over (security E1, E4). The place, too, is free again after a time that tells nothing.
fn serve(context: &Context<'_>) -> Result<(), Failure> {
    let begun = Instant::now();
    let session = context.open()?;
    let store = session.config.locations.store.file();
    // Those that have the places see the message: each looks once more after its own is free.
    let Some(place) = WorkersPlace::take(store, WORKERS) else { return Ok(()) };
    let (stop, leave) = (until_told()?, Arc::new(AtomicBool::new(false)));
    let over = Arc::clone(&leave);
    std::thread::spawn(move || {
        std::thread::sleep(TAKES.saturating_sub(begun.elapsed()));
        drop(place);
        over.store(true, Ordering::SeqCst);
    });
    let ended = hand_over(context, session, Stay::Watch, &stop, &leave).map(drop);
    while begun.elapsed() < SEEN && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(NAP);
    }
    ended
}

/// How long it takes at most to notice that it should stop.
const NAP: Duration = Duration::from_millis(100);

fn sentence(done: Delivered) -> String {
    let messages = |count: u64| counted(count, "message");
    let mut parts = vec![format!("Handed over {}", messages(done.handed_over))];
    if done.postponed > 0 {
        let tries = if done.postponed == 1 { "try" } else { "tries" };
        parts.push(format!("{} {tries} failed", done.postponed));
    }
    if done.failed > 0 {
        parts.push(format!("gave up {}", messages(done.failed)));
    }
    if done.dropped > 0 {
        parts.push(format!("dropped {} whose codes had ended", messages(done.dropped)));
    }
    parts.join("; ") + "."
}
