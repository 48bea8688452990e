//! A run of the worker, with what is due once a day around it.

use crate::delivery::Transports;
use crate::flow::foundation::{Env, FlowError};
use crate::flow::messages::outcome::Delivered;
use crate::flow::messages::worker::{self, Terms};
use crate::flow::story::maintenance::{purge_due, upkeep_due};

/// Hands over what is due (see [`Terms`]), counts it in `done`, and does what is due once a day. An unknown key ends it:
/// the key file is to be read again.
pub fn deliver(
    env: &Env<'_>,
    transports: &mut Transports,
    terms: &Terms<'_>,
    done: &mut Delivered,
) -> Result<(), FlowError> {
    // First: what it queues goes out in this run.
    upkeep_due(env)?;
    worker::deliver(env, transports, terms, done, idle)?;
    purge_due(env).map(drop)
}

fn idle(env: &Env<'_>) -> Result<(), FlowError> {
    upkeep_due(env)?;
    purge_due(env).map(drop)
}
