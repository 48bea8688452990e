//! Starts the handing over of messages in a process of its own (security E4).

use std::ffi::OsString;

use crate::config::{Config, Environment};
use crate::flow::Courier;
use crate::os::spawn_detached;

/// A detached `delivery run --once`, unless the config leaves that to a service.
pub(super) struct Detached {
    enabled: bool,
    arguments: Vec<OsString>,
    environment: Vec<(&'static str, OsString)>,
}

impl Detached {
    pub(super) fn new(config: &Config, environment: &Environment) -> Self {
        let mut arguments: Vec<OsString> =
            ["delivery", "run", "--once", "--detached"].map(OsString::from).to_vec();
        arguments.extend(config.locations.worker_arguments());
        Self {
            enabled: config.settings.delivery.background,
            arguments,
            environment: environment.for_worker(config.locations.foreign),
        }
    }
}

impl Courier for Detached {
    fn wake(&self) {
        if self.enabled {
            // The message is safe in the store: the next run, or the service, takes it. `doctor` tells of a
            // queue that does not move.
            let _ = spawn_detached(&self.arguments, &self.environment);
        }
    }
}
