//! Starts the handing over of messages in a process of its own (security E4).

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::process::Child;
use std::time::Instant;

use crate::config::{Config, Environment};
use crate::flow::{Spawner, TAKES};
use crate::os::spawn_detached;
use crate::ui::Printer;

/// How many workers take messages at a time: of one command, and at a store.
pub(in crate::cli) const WORKERS: usize = 3;

/// A detached `delivery run --once`, unless the config leaves that to a service.
pub(in crate::cli) struct Detached<'p> {
    printer: &'p Printer,
    enabled: bool,
    /// Those that were started, and when, as far as they take messages.
    workers: RefCell<Vec<(Instant, Child)>>,
    /// Whether a message was left to those that run.
    left: Cell<bool>,
    arguments: Vec<OsString>,
    environment: Vec<(&'static str, OsString)>,
}

impl<'p> Detached<'p> {
    pub(in crate::cli) fn new(config: &Config, environment: &Environment, printer: &'p Printer) -> Self {
        let mut arguments: Vec<OsString> =
            ["delivery", "run", "--once", "--detached"].map(OsString::from).to_vec();
        arguments.extend(config.locations.worker_arguments());
        Self {
            printer,
            enabled: config.settings.delivery.background,
            workers: RefCell::default(),
            left: Cell::new(false),
            arguments,
            environment: environment.for_worker(config.locations.foreign),
        }
    }
}

impl Spawner for Detached<'_> {
    fn wake(&self) {
        if !self.enabled {
            return;
        }
        let mut workers = self.workers.borrow_mut();
        // Each takes messages for as long from when it has begun, which was later.
        workers.retain_mut(|(started, worker)| {
            started.elapsed() < TAKES && matches!(worker.try_wait(), Ok(None))
        });
        if workers.len() >= WORKERS {
            self.left.set(true);
            return;
        }
        // The message is safe in the store: the next run, or the service, takes it. `doctor` tells of a queue
        // that does not move.
        let started = Instant::now();
        let spawned = spawn_detached(&self.arguments, &self.environment);
        self.printer.detail(|| match &spawned {
            Ok(worker) => format!("started: a delivery worker, process {}", worker.id()),
            Err(error) => format!("not started: a delivery worker: failed to {error}"),
        });
        workers.extend(spawned.map(|worker| (started, worker)));
    }
}

impl Drop for Detached<'_> {
    fn drop(&mut self) {
        if self.left.get() {
            let _ = spawn_detached(&self.arguments, &self.environment);
        }
    }
}
